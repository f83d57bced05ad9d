import LicenceCode
import OpenSSL
import TestSupport
import Testing

/// COSE_Sign1 (RFC 9052): the one form that is written, and every other refused.
@Suite struct COSETests {
    let signer: Signer
    let message: COSESign1

    init() throws {
        signer = try Signer()
        var invention = Invention(seed: 31)
        message = try signer.code(invention.claims()).cose
    }

    static let algorithm = hex("01 26")
    static let keyID = hex("04 42 012c")
    static let type = hex("10 781e") + Array("application/licet-licence+cose".utf8)

    @Test func comesBackFromItsOwnBytes() throws {
        let back = try COSESign1(encoded: message.encoded)
        #expect(back == message)
        #expect(back.encoded == message.encoded)
        #expect(back.isSigned(by: signer.key.publicKey))
    }

    /// Tag 18, an array of four, the protected header as bytes, an empty map, two byte strings.
    @Test func isTheStandardForm() throws {
        #expect(message.encoded.starts(with: [0xD2, 0x84, 0x58, UInt8(message.header.encoded.count)]))
        #expect(message.header.encoded.starts(with: [0xA5, 0x01, 0x26, 0x03]))
        #expect(message.encoded.suffix(66).starts(with: [0x58, 0x40]))
        #expect(message.header.keyID == [0x01, 0x2C])
        #expect(message.header.type == "application/licet-licence+cose")
    }

    /// RFC 9052, section 4.4: context, protected header, no external data, payload.
    @Test func signsTheSigStructure() {
        let header = message.header.encoded
        var writer = CBORWriter()
        writer.byteString(message.payload)
        let expected =
            hex("84 6a") + Array("Signature1".utf8) + [0x58, UInt8(header.count)] + header + [0x40] + writer.bytes
        #expect(COSESign1.toBeSigned(header: message.header, payload: message.payload) == expected)
    }

    /// The header of a message that would be accepted, label by label, to spoil.
    private func encoded(
        tag: String = "d2",
        labels: [[UInt8]] = [],
        replacing: [[UInt8]]? = nil,
        unprotected: String = "a0",
        signature: [UInt8]? = nil,
        tail: [UInt8] = []
    ) -> [UInt8] {
        let usual = [Self.algorithm, Self.keyID, Self.type]
        let items = (replacing ?? usual) + labels
        let header = [0xA0 | UInt8(items.count)] + items.flatMap { $0 }
        var bytes = hex(tag) + [0x84]
        for part in [header, message.payload, signature ?? message.signature] {
            var writer = CBORWriter()
            writer.byteString(part)
            bytes += writer.bytes
            if part == header { bytes += hex(unprotected) }
        }
        return bytes + tail
    }

    private func refusal(_ bytes: [UInt8]) -> CodeError.Code? {
        CodeError.code { () throws(CodeError) in _ = try COSESign1(encoded: bytes) }
    }

    @Test func takesTheMessageThatTheOtherTestsSpoil() {
        #expect(refusal(encoded()) == nil)
    }

    @Test(arguments: [
        ("11 00", "a label that is not used"), ("18 1f 00", "a later label"), ("18 21 41 00", "x5chain"),
        ("18 22 41 00", "x5t"), ("20 00", "a private label"),
    ])
    func refusesUnknownLabels(label: String, what: Comment) {
        #expect(refusal(encoded(labels: [hex(label)])) == .wrongHeader, what)
    }

    @Test(arguments: ["3a00010000 40", "3a00010000 581f", "3a00010000 00", "3a00010001 5820"])
    func refusesAPackingThatIsNoDigest(label: String) {
        let padding = [UInt8](repeating: 0, count: label.hasSuffix("1f") ? 31 : label.hasSuffix("20") ? 32 : 0)
        #expect(refusal(encoded(labels: [hex(label) + padding])) != nil)
        #expect(refusal(encoded(labels: [hex("3a00010000 5820") + [UInt8](repeating: 0, count: 32)])) == nil)
    }

    @Test(arguments: [("26", Algorithm.es256), ("27", .edDSA), ("3a00010001", .sm2)])
    func readsTheThreeAlgorithms(identifier: String, algorithm: Algorithm) throws {
        let read = try COSESign1(encoded: encoded(replacing: [[1] + hex(identifier), Self.keyID, Self.type]))
        #expect(read.header.algorithm == algorithm)
        #expect(read.header.encoded.starts(with: [0xA3, 0x01] + hex(identifier)))
        // What ES256 signed is no signature of another, nor of the same key under another name.
        #expect(!read.isSigned(by: signer.key.publicKey))
    }

    // MARK: - x5bag (RFC 9360)

    private static func bag(_ count: Int) -> [UInt8] {
        let one = hex("43 300100")
        return hex("18 20") + (count == 1 ? [] : [0x80 | UInt8(count)]) + Array(repeating: one, count: count).joined()
    }

    @Test(arguments: [1, 2, 16])
    func readsABagOfCertificates(count: Int) throws {
        let bytes = encoded(labels: [
            count < 16 ? Self.bag(count) : hex("18 20 90") + Self.bag(15).dropFirst(3) + hex("43 300100")
        ])
        let read = try COSESign1(encoded: bytes)
        #expect(read.header.certificates == Array(repeating: hex("300100"), count: count))
        #expect(read.encoded == bytes)
    }

    @Test(arguments: [
        ("18 20 80", "none"), ("18 20 81 43300100", "one in an array"),
        ("18 20 91" + String(repeating: "40", count: 17), "17"),
        ("18 20 99 0100" + String(repeating: "40", count: 256), "256"),
    ])
    func refusesABagOfAnotherSize(label: String, what: Comment) {
        #expect(refusal(encoded(labels: [hex(label)])) == .wrongHeader, what)
    }

    @Test(arguments: ["18 20 00", "18 20 60", "18 20 a0", "18 20 82 4000", "18 20 f6"])
    func refusesABagOfAnythingButBytes(label: String) {
        #expect(refusal(encoded(labels: [hex(label)])) == .wrongType)
    }

    @Test(arguments: ["18 20 9f 40 40 ff", "18 20 98 02 40 40", "18 20 5f 40 ff", "18 20 58 01 00"])
    func refusesABagInAnotherForm(label: String) {
        #expect(refusal(encoded(labels: [hex(label)])) == .notDeterministic)
    }

    @Test func aBagIsSigned() throws {
        let signed = try COSESign1(
            payload: [1],
            contentType: nil,
            type: "t",
            keyID: [1],
            certificates: [[1], [2]],
            key: signer.key
        )
        #expect(signed.isSigned(by: signer.key.publicKey))
        for bag in [[], [[1]], [[2], [1]], [[1], [2], [3]]] as [[[UInt8]]] {
            let header = COSEHeader(algorithm: .es256, contentType: nil, keyID: [1], type: "t", certificates: bag)
            let other = COSESign1(header: header, payload: [1], signature: signed.signature)
            #expect(!other.isSigned(by: signer.key.publicKey))
        }
    }

    @Test func refusesACriticalLabel() {
        let headers = [Self.algorithm, hex("02 81 18 20"), Self.keyID, Self.type]
        #expect(refusal(encoded(replacing: headers)) == .wrongHeader)
    }

    @Test func refusesALabelThatIsText() {
        #expect(refusal(encoded(labels: [hex("63 616263 00")])) == .wrongType)
    }

    @Test(arguments: ["a1 01 26", "a1 04 42 012c", "a1 18 20 00"])
    func refusesAnUnprotectedHeader(unprotected: String) {
        #expect(refusal(encoded(unprotected: unprotected)) == .wrongHeader)
    }

    /// The algorithm outside the protected header alone is as good as none.
    @Test func refusesAnAlgorithmThatIsNotProtected() {
        let bytes = encoded(replacing: [Self.keyID, Self.type], unprotected: "a1 01 26")
        #expect(refusal(bytes) == .wrongHeader)
    }

    @Test func refusesAHeaderWithoutAlgorithmKeyOrType() {
        for missing in 0..<3 {
            var headers = [Self.algorithm, Self.keyID, Self.type]
            headers.remove(at: missing)
            #expect(refusal(encoded(replacing: headers)) == .wrongHeader)
        }
        #expect(refusal(encoded(replacing: [])) == .wrongHeader)
    }

    @Test(arguments: [
        ("01 3822", "ES384"), ("01 05", "HMAC"), ("01 390100", "RS256"), ("01 00", "none"),
        ("01 32", "Ed25519 of RFC 9864"), ("01 2e", "ES256K"), ("01 3a00010000", "another private number"),
        ("01 3a00010002", "another private number"),
    ])
    func refusesAlgorithmsThatAreNotUsed(algorithm: String, what: Comment) {
        #expect(refusal(encoded(replacing: [hex(algorithm), Self.keyID, Self.type])) == .unknownAlgorithm, what)
    }

    @Test(arguments: ["d1", "d8 62", "d0", "d8 12", "", "d9d9f7d2", "d2d2"])
    func refusesAnotherTag(tag: String) {
        #expect(refusal(encoded(tag: tag)) != nil)
    }

    @Test func refusesAnotherNumberOfParts() {
        var bytes = encoded()
        bytes[1] = 0x83
        #expect(refusal(bytes) == .wrongType)
        bytes[1] = 0x85
        #expect(refusal(bytes + [0x40]) == .wrongType)
    }

    @Test func refusesADetachedPayload() {
        let header = message.header.encoded
        let bytes = hex("d2 84 58") + [UInt8(header.count)] + header + hex("a0 f6 5840") + message.signature
        #expect(refusal(bytes) == .wrongType)
    }

    @Test func refusesASignatureInDEROrOfAnotherLength() {
        #expect(refusal(encoded(signature: TwinSignature.der(message.signature))) == .wrongType)
        #expect(refusal(encoded(signature: message.signature + [0])) == .wrongType)
        #expect(refusal(encoded(signature: message.signature.dropLast())) == .wrongType)
        #expect(refusal(encoded(signature: [])) == .wrongType)
    }

    @Test func refusesLabelsOutOfOrderOrTwice() {
        #expect(refusal(encoded(replacing: [Self.keyID, Self.algorithm, Self.type])) == .notDeterministic)
        #expect(
            refusal(encoded(replacing: [Self.algorithm, Self.algorithm, Self.keyID, Self.type])) == .notDeterministic
        )
    }

    @Test func refusesTrailingBytesOutsideAndInsideTheHeader() {
        #expect(refusal(encoded(tail: [0])) == .trailingBytes)
        let header = message.header.encoded + [0]
        var writer = CBORWriter()
        writer.byteString(header)
        let rest = message.encoded.dropFirst(4 + header.count - 1)
        #expect(refusal(hex("d2 84") + writer.bytes + rest) == .trailingBytes)
    }

    @Test(arguments: ["application/licet-trust-list+cose", "application/licet-status-list+cose", "", "licence"])
    func aSignatureHoldsForOneTypeOnly(type: String) {
        let header = COSEHeader(
            algorithm: .es256,
            contentType: message.header.contentType,
            keyID: message.header.keyID,
            type: type,
            packing: message.header.packing
        )
        let other = COSESign1(header: header, payload: message.payload, signature: message.signature)
        #expect(!other.isSigned(by: signer.key.publicKey))
    }

    @Test func aSignatureHoldsForOnePackingOnly() {
        for packing in [nil, Digest(of: [1])] {
            let header = COSEHeader(
                algorithm: .es256,
                contentType: message.header.contentType,
                keyID: message.header.keyID,
                type: message.header.type,
                packing: packing
            )
            let other = COSESign1(header: header, payload: message.payload, signature: message.signature)
            #expect(!other.isSigned(by: signer.key.publicKey))
        }
    }

    @Test func aSignatureHoldsForOneKeyNumberAndContentTypeOnly() {
        for (keyID, contentType) in [
            ([1, 0x2D], message.header.contentType), ([0, 1, 0x2C], message.header.contentType),
            (message.header.keyID, nil), (message.header.keyID, "application/licet-claims-v2+cbor"),
        ] where contentType != message.header.contentType || keyID != message.header.keyID {
            let header = COSEHeader(
                algorithm: .es256,
                contentType: contentType,
                keyID: keyID,
                type: message.header.type,
                packing: message.header.packing
            )
            let other = COSESign1(header: header, payload: message.payload, signature: message.signature)
            #expect(!other.isSigned(by: signer.key.publicKey))
        }
    }

    @Test func anyFlippedBitIsRefused() throws {
        for bit in 0..<message.encoded.count * 8 {
            var bytes = message.encoded
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let flipped = try? COSESign1(encoded: bytes) else { continue }
            #expect(!flipped.isSigned(by: signer.key.publicKey), "bit \(bit)")
        }
    }
}
