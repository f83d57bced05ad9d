package import OpenSSL

/// The bytes of a licence code, format version 1, taken apart but not believed: no signature was checked yet.
///
/// ```
/// byte 0   0001 aa cc   version 1; algorithm (0 ES256); compression (0 none, 1 DEFLATE with dictionary 1)
/// bytes    issuer       number of the key in the trust list, base 128, high groups first, bit 7 set on all but the last
/// bytes    payload      the claims, compressed or not
/// 64 bytes signature    raw
/// ```
///
/// ``cose`` rebuilds the standard COSE_Sign1 that the signature belongs to.
package struct UnverifiedCode: Hashable {
    package let algorithm: Algorithm
    package let issuerNumber: IssuerNumber
    package let compression: Compression
    /// The claims as they are signed.
    package let payload: [UInt8]
    package let signature: [UInt8]

    /// How the claims were made smaller.
    package enum Compression: UInt8 {
        case none = 0
        case dictionary1 = 1

        /// The COSE content type that tells it.
        package var contentType: String {
            switch self {
            case .none: "application/licet-claims-v1+cbor"
            case .dictionary1: "application/licet-claims-v1+cbor+deflate"
            }
        }
    }

    /// The COSE `typ` of every licence code.
    package static let type = "application/licet-licence+cose"
    /// The greatest number of bytes, more than a QR symbol of version 40 carries at the lowest error correction.
    package static let maximumBytes = 3_000
    /// The greatest number of bytes of a payload that fits in them whatever the issuer number and the algorithm.
    package static let maximumPayloadBytes = maximumBytes - 68
    /// The greatest number of bytes that claims may have when decompressed.
    package static let maximumClaimBytes = 49_152

    package init(
        algorithm: Algorithm,
        issuerNumber: IssuerNumber,
        compression: Compression,
        payload: [UInt8],
        signature: [UInt8]
    ) {
        self.algorithm = algorithm
        self.issuerNumber = issuerNumber
        self.compression = compression
        self.payload = payload
        self.signature = signature
    }

    /// The standard message that is signed, with every byte that the transport leaves out.
    package var cose: COSESign1 { COSESign1(header: header, payload: payload, signature: signature) }

    private var header: COSEHeader {
        COSEHeader(
            algorithm: algorithm,
            contentType: compression.contentType,
            keyID: issuerNumber.bigEndian,
            type: Self.type
        )
    }

    /// The bytes that the signature is made of.
    package var toBeSigned: [UInt8] { COSESign1.toBeSigned(header: header, payload: payload) }

    /// What names this licence in lists and logs: the SHA-256 of what was signed, so that (r, n−s) is the same licence.
    package var digest: Digest { Digest(of: toBeSigned) }

    /// Reads the claims, trusting nobody.
    package func claims() throws(CodeError) -> Claims {
        switch compression {
        case .none: try Claims(encoded: payload)
        case .dictionary1:
            try Claims(
                encoded: Deflate.decompressed(
                    payload,
                    .raw(dictionary: PresetDictionary.version1),
                    limit: Self.maximumClaimBytes
                )
            )
        }
    }

    // MARK: - Transport

    package var bytes: [UInt8] {
        [0x10 | algorithm.transportNumber << 2 | compression.rawValue] + issuerNumber.base128 + payload + signature
    }

    /// The bytes as decimal digits.
    package var digits: String { DigitText.digits(of: bytes) }

    package init(bytes: [UInt8]) throws(CodeError) {
        guard bytes.count <= Self.maximumBytes else {
            throw CodeError(.tooLong, "the code is too long for a QR symbol")
        }
        guard let first = bytes.first, first >> 4 == 1 else {
            throw CodeError(.unknownVersion, "the code is of no format version that is known here")
        }
        guard let algorithm = Algorithm(transportNumber: first >> 2 & 3) else {
            throw CodeError(.unknownAlgorithm, "the code names a signature algorithm that is not known here")
        }
        guard let compression = Compression(rawValue: first & 3) else {
            throw CodeError(.unknownCompression, "the code names a compression that is not known here")
        }
        let (issuerNumber, used) = try IssuerNumber.read(base128: bytes.dropFirst())
        let body = bytes.dropFirst(1 + used)
        guard body.count > algorithm.signatureSize else { throw CodeError(.truncated, "the code ends too early") }
        self.init(
            algorithm: algorithm,
            issuerNumber: issuerNumber,
            compression: compression,
            payload: Array(body.dropLast(algorithm.signatureSize)),
            signature: Array(body.suffix(algorithm.signatureSize))
        )
    }

    /// Reads decimal digits, as they stand behind a ``CodePrefix``.
    package init(digits: some StringProtocol) throws(CodeError) {
        guard digits.utf8.count <= 8_000 else { throw CodeError(.tooLong, "the code is too long for a QR symbol") }
        guard let bytes = DigitText.bytes(of: digits) else {
            throw CodeError(.notACode, "not a licence code: one is decimal digits that do not begin with 0")
        }
        try self.init(bytes: bytes)
    }

    /// Reads the text of a symbol: `HTTPS://HOST/L/<digits>`, `LICET:<digits>`, or the digits alone.
    package init(text: String) throws(CodeError) {
        guard text.utf8.count <= 8_192 else { throw CodeError(.tooLong, "the text is too long for a licence code") }
        try self.init(digits: CodePrefix.digits(in: text))
    }
}

extension Algorithm {
    /// The two bits of byte 0.
    var transportNumber: UInt8 {
        switch self {
        case .es256: 0
        }
    }

    init?(transportNumber: UInt8) {
        guard let found = Self.allCases.first(where: { $0.transportNumber == transportNumber }) else { return nil }
        self = found
    }
}
