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
    package init(payload: [UInt8], contentType: String?, type: String, keyID: [UInt8], key: PrivateKey) throws {
        header = COSEHeader(algorithm: key.algorithm, contentType: contentType, keyID: keyID, type: type)
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

/// The protected header of every COSE_Sign1 of Licet.
package struct COSEHeader: Hashable {
    /// Label 1.
    package let algorithm: Algorithm
    /// Label 3.
    package let contentType: String?
    /// Label 4.
    package let keyID: [UInt8]
    /// Label 16 (RFC 9596): what the whole message is, so that none can be shown as another.
    package let type: String

    package init(algorithm: Algorithm, contentType: String?, keyID: [UInt8], type: String) {
        self.algorithm = algorithm
        self.contentType = contentType
        self.keyID = keyID
        self.type = type
    }

    package var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.map(contentType == nil ? 3 : 4)
        writer.int(1)
        writer.int(algorithm.coseIdentifier)
        if let contentType {
            writer.int(3)
            writer.text(contentType)
        }
        writer.int(4)
        writer.byteString(keyID)
        writer.int(16)
        writer.text(type)
        return writer.bytes
    }

    /// Reads the four labels; any other, `crit` (2) among them, is refused.
    init(encoded bytes: [UInt8]) throws(CodeError) {
        var algorithm: Algorithm?
        var contentType: String?
        var keyID: [UInt8]?
        var type: String?
        var reader = CBORReader(bytes)
        try reader.map { label, reader throws(CodeError) in
            switch label {
            case 1:
                let identifier = try reader.int()
                algorithm = Algorithm(coseIdentifier: identifier)
                guard algorithm != nil else {
                    throw CodeError(.unknownAlgorithm, "COSE algorithm \(identifier) is not used here")
                }
            case 3: contentType = try reader.text()
            case 4: keyID = try reader.byteString()
            case 16: type = try reader.text()
            default: throw CodeError(.wrongHeader, "header label \(label) is not understood")
            }
        }
        try reader.finish()
        guard let algorithm, let keyID, let type else {
            throw CodeError(.wrongHeader, "the protected header lacks alg, kid or typ")
        }
        self.init(algorithm: algorithm, contentType: contentType, keyID: keyID, type: type)
    }
}
