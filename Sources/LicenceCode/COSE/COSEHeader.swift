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
    /// Label 32, `x5bag` (RFC 9360): certificates in DER, in no order.
    package let certificates: [[UInt8]]
    /// Label −65537, of the private range: the SHA-256 of the packed bytes that carry a licence, so that they are signed too.
    package let packing: Digest?

    /// How many certificates a bag may hold.
    private static let maximumCertificates = 16

    package init(
        algorithm: Algorithm,
        contentType: String?,
        keyID: [UInt8],
        type: String,
        certificates: [[UInt8]] = [],
        packing: Digest? = nil
    ) {
        self.algorithm = algorithm
        self.contentType = contentType
        self.keyID = keyID
        self.type = type
        self.certificates = certificates
        self.packing = packing
    }

    private enum Label {
        static let algorithm = 1
        static let contentType = 3
        static let keyID = 4
        static let type = 16
        static let certificates = 32
        static let packing = -65_537
    }

    package var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.map(3 + (contentType == nil ? 0 : 1) + (certificates.isEmpty ? 0 : 1) + (packing == nil ? 0 : 1))
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
        if !certificates.isEmpty {
            writer.int(Label.certificates)
            // One stands alone, several in an array (RFC 9360, section 2).
            if certificates.count > 1 { writer.array(certificates.count) }
            for certificate in certificates { writer.byteString(certificate) }
        }
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
        var certificates: [[UInt8]] = []
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
            case Label.certificates:
                let isAlone = !reader.isArray
                let count = isAlone ? 1 : try reader.array()
                guard isAlone || (2...Self.maximumCertificates).contains(count) else {
                    throw CodeError(.wrongHeader, "a bag of \(count) certificates is not read")
                }
                for _ in 0..<count { certificates.append(try reader.byteString()) }
            case Label.packing: packing = Digest(bytes: try reader.byteString(count: 32))
            default: throw CodeError(.wrongHeader, "header label \(label) is not understood")
            }
        }
        try reader.finish()
        guard let algorithm, let keyID, let type else {
            throw CodeError(.wrongHeader, "the protected header lacks alg, kid or typ")
        }
        self.init(
            algorithm: algorithm,
            contentType: contentType,
            keyID: keyID,
            type: type,
            certificates: certificates,
            packing: packing
        )
    }
}
