package import OpenSSL

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
    /// Label −65537, of the private range: the SHA-256 of the packed bytes that carry a licence, so that they are signed too.
    package let packing: Digest?

    package init(algorithm: Algorithm, contentType: String?, keyID: [UInt8], type: String, packing: Digest? = nil) {
        self.algorithm = algorithm
        self.contentType = contentType
        self.keyID = keyID
        self.type = type
        self.packing = packing
    }

    private enum Label {
        static let algorithm = 1
        static let contentType = 3
        static let keyID = 4
        static let type = 16
        static let packing = -65_537
    }

    package var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.map(3 + (contentType == nil ? 0 : 1) + (packing == nil ? 0 : 1))
        writer.int(Label.algorithm)
        writer.int(algorithm.coseIdentifier)
        if let contentType {
            writer.int(Label.contentType)
            writer.text(contentType)
        }
        writer.int(Label.keyID)
        writer.byteString(keyID)
        writer.int(Label.type)
        writer.text(type)
        if let packing {
            writer.int(Label.packing)
            writer.byteString(packing.bytes)
        }
        return writer.bytes
    }

    /// Reads these labels; any other, `crit` (2) among them, is refused.
    init(encoded bytes: [UInt8]) throws(CodeError) {
        var algorithm: Algorithm?
        var contentType: String?
        var keyID: [UInt8]?
        var type: String?
        var packing: Digest?
        var reader = CBORReader(bytes)
        try reader.map { label, reader throws(CodeError) in
            switch label {
            case Label.algorithm:
                let identifier = try reader.int()
                algorithm = Algorithm(coseIdentifier: identifier)
                guard algorithm != nil else {
                    throw CodeError(.unknownAlgorithm, "COSE algorithm \(identifier) is not used here")
                }
            case Label.contentType: contentType = try reader.text()
            case Label.keyID: keyID = try reader.byteString()
            case Label.type: type = try reader.text()
            case Label.packing: packing = Digest(bytes: try reader.byteString(count: 32))
            default: throw CodeError(.wrongHeader, "header label \(label) is not understood")
            }
        }
        try reader.finish()
        guard let algorithm, let keyID, let type else {
            throw CodeError(.wrongHeader, "the protected header lacks alg, kid or typ")
        }
        self.init(algorithm: algorithm, contentType: contentType, keyID: keyID, type: type, packing: packing)
    }
}
