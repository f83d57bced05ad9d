package import OpenSSL

/// A signed message, COSE_Sign1 (RFC 9052, section 4.2), with tag 18, nothing unprotected and no external data.
package struct COSESign1: Hashable {
    package let header: COSEHeader
    package let payload: [UInt8]
    /// Raw, of the size that the header's algorithm has.
    package let signature: [UInt8]

    package init(header: COSEHeader, payload: [UInt8], signature: [UInt8]) {
        self.header = header
        self.payload = payload
        self.signature = signature
    }

    /// Signs `payload` with `key`; the header's algorithm is the key's.
    package init(
        payload: [UInt8],
        contentType: String?,
        type: String,
        keyID: [UInt8],
        certificates: [[UInt8]] = [],
        key: any Signer
    ) throws {
        header = COSEHeader(
            algorithm: key.algorithm,
            contentType: contentType,
            keyID: keyID,
            type: type,
            certificates: certificates
        )
        self.payload = payload
        signature = try key.signature(of: Self.toBeSigned(header: header, payload: payload))
    }

    /// The `Sig_structure` of RFC 9052, section 4.4: what a signature is made of.
    package static func toBeSigned(header: COSEHeader, payload: [UInt8]) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(4)
        writer.text("Signature1")
        writer.byteString(header.encoded)
        writer.byteString([])
        writer.byteString(payload)
        return writer.bytes
    }

    package func isSigned(by key: PublicKey) -> Bool {
        header.algorithm == key.algorithm
            && key.verifies(signature, of: Self.toBeSigned(header: header, payload: payload))
    }

    package var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.tag(18)
        writer.array(4)
        writer.byteString(header.encoded)
        writer.map(0)
        writer.byteString(payload)
        writer.byteString(signature)
        return writer.bytes
    }

    /// Reads what ``encoded`` writes, and nothing else.
    package init(encoded bytes: [UInt8]) throws(CodeError) {
        var reader = CBORReader(bytes)
        guard try reader.tag() == 18, try reader.array() == 4 else {
            throw CodeError(.wrongType, "expected COSE_Sign1: tag 18 and an array of four")
        }
        header = try COSEHeader(encoded: reader.byteString())
        try reader.map { _, _ throws(CodeError) in
            throw CodeError(.wrongHeader, "the unprotected header is not empty")
        }
        payload = try reader.byteString()
        signature = try reader.byteString(count: header.algorithm.signatureSize)
        try reader.finish()
    }
}
