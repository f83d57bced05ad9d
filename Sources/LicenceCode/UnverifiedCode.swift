package import OpenSSL

/// A licence code, format version 1, taken apart but not believed: no signature was checked yet.
///
/// ```
/// byte 0   0001 aa tt   version 1; aa algorithm (0 ES256, 1 EdDSA, 2 SM2); tt coding of the texts
/// number   issuer       number of the key in the trust list
/// …        claims       packed
/// 64 bytes signature    raw
/// ```
///
/// ``cose`` rebuilds the standard COSE_Sign1 that the signature belongs to.
package struct UnverifiedCode: Hashable {
    package let algorithm: Algorithm
    package let issuerNumber: IssuerNumber
    /// What the code says.
    package let claims: Claims
    /// How its texts are carried.
    package let coding: TextCoding
    /// All that is transported, except the signature.
    package let packed: [UInt8]
    package let signature: [UInt8]

    /// The COSE content type of the claims.
    package static let contentType = "application/licet-claims+cbor"
    /// The COSE `typ` of every licence code.
    package static let type = "application/licet-licence+cose"
    /// The greatest number of bytes, more than a QR symbol of version 40 carries at the lowest error correction.
    package static let maximumBytes = 3_000

    private static let version: UInt8 = 1

    /// Packs `claims` into a code whose signature, all zeros, is still to be made.
    ///
    /// - Throws: ``CodeError/Code/tooLong`` for more than ``maximumBytes``.
    package init(unsigned claims: Claims, algorithm: Algorithm, issuerNumber: IssuerNumber) throws(CodeError) {
        let (coding, body) = try claims.packed()
        var writer = PackedWriter()
        writer.append([Self.version << 4 | algorithm.transportNumber << 2 | coding.rawValue])
        writer.number(UInt64(issuerNumber.value))
        writer.append(body)
        self.algorithm = algorithm
        self.issuerNumber = issuerNumber
        self.claims = claims
        self.coding = coding
        packed = writer.bytes
        signature = [UInt8](repeating: 0, count: algorithm.signatureSize)
        let count = packed.count + signature.count
        guard count <= Self.maximumBytes else {
            throw CodeError(.tooLong, "the code takes \(count) bytes, more than the largest QR symbol holds")
        }
    }

    private init(_ code: UnverifiedCode, signature: [UInt8]) {
        algorithm = code.algorithm
        issuerNumber = code.issuerNumber
        claims = code.claims
        coding = code.coding
        packed = code.packed
        self.signature = signature
    }

    /// The same code with another signature, raw and of the size that the algorithm has.
    package func signed(with signature: [UInt8]) -> UnverifiedCode {
        precondition(signature.count == algorithm.signatureSize, "a signature has one size")
        return UnverifiedCode(self, signature: signature)
    }

    /// The standard message that is signed, with every byte that the transport leaves out.
    package var cose: COSESign1 { COSESign1(header: header, payload: claims.encoded, signature: signature) }

    private var header: COSEHeader {
        COSEHeader(
            algorithm: algorithm,
            contentType: Self.contentType,
            keyID: issuerNumber.bigEndian,
            type: Self.type,
            packing: Digest(of: packed)
        )
    }

    /// The bytes that the signature is made of.
    package var toBeSigned: [UInt8] { COSESign1.toBeSigned(header: header, payload: claims.encoded) }

    /// What names this licence in lists and logs: the SHA-256 of what was signed, so that (r, n−s) is the same licence.
    package var digest: Digest { Digest(of: toBeSigned) }

    // MARK: - Transport

    package var bytes: [UInt8] { packed + signature }

    /// The bytes as decimal digits.
    package var digits: String { DigitText.digits(of: bytes) }

    package init(bytes: [UInt8]) throws(CodeError) {
        guard bytes.count <= Self.maximumBytes else {
            throw CodeError(.tooLong, "the code is too long for a QR symbol")
        }
        guard let first = bytes.first, first >> 4 == Self.version else {
            throw CodeError(.unknownVersion, "the code is of no format version that is known here")
        }
        guard let algorithm = Algorithm(transportNumber: first >> 2 & 3) else {
            throw CodeError(.unknownAlgorithm, "the code names a signature algorithm that is not known here")
        }
        guard let coding = TextCoding(rawValue: first & 3) else {
            throw CodeError(.unknownCoding, "the code names a coding of its texts that is not known here")
        }
        let packed = bytes.dropLast(algorithm.signatureSize)
        guard packed.count > 1 else { throw CodeError(.truncated, "the code ends too early") }
        var reader = PackedReader(packed.dropFirst())
        guard let issuerNumber = IssuerNumber(try reader.number(upTo: IssuerNumber.maximum, of: "the issuer number"))
        else {
            throw CodeError(.impossibleClaim, "there is no issuer number 0")
        }
        self.algorithm = algorithm
        self.issuerNumber = issuerNumber
        self.coding = coding
        self.packed = Array(packed)
        signature = Array(bytes.suffix(algorithm.signatureSize))
        claims = try Claims(packed: reader.rest, coding: coding)
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
    package init(text: String) throws(CodeError) { try self.init(digits: Self.digits(inText: text)) }

    /// What stands in the text of a symbol behind its prefix; digits, unless it is no code.
    package static func digits(inText text: String) throws(CodeError) -> Substring {
        guard text.utf8.count <= 8_192 else { throw CodeError(.tooLong, "the text is too long for a licence code") }
        return try CodePrefix.digits(in: text)
    }
}

extension Algorithm {
    /// The two bits of byte 0.
    var transportNumber: UInt8 {
        switch self {
        case .es256: 0
        case .edDSA: 1
        case .sm2: 2
        }
    }

    init?(transportNumber: UInt8) {
        guard let found = Self.allCases.first(where: { $0.transportNumber == transportNumber }) else { return nil }
        self = found
    }
}
