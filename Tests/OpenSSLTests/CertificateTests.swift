import Foundation
import OpenSSL
import TestSupport
import Testing

@Suite struct CertificateTests {
    let root: Root
    let leaf: Certificate

    init() throws {
        root = try Root(key: PrivateKey(algorithm: .es256))
        leaf = try root.leaf(of: PrivateKey(algorithm: .es256).publicKey)
    }

    @Test(arguments: Algorithm.allCases)
    func theToolAcceptsTheChain(algorithm: Algorithm) throws {
        let root = try Root(key: PrivateKey(algorithm: algorithm))
        let leaf = try root.leaf(of: PrivateKey(algorithm: algorithm).publicKey)
        try TemporaryFolder.with { folder in
            // The tool tells the identifier to the leaf only, so that it cannot check the root's own signature with SM2.
            let ownSignature =
                algorithm == .sm2 ? ["-vfyopt", "distid:1234567812345678"] : ["-check_ss_sig"]
            let files = try ["-CAfile", root.certificate.written(to: folder), leaf.written(to: folder)]
            let result = try Tool.run(
                "openssl",
                ["verify", "-x509_strict", "-purpose", "any"] + ownSignature + files
            )
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.text.hasSuffix(": OK\n"))
        }
    }

    @Test func theToolRefusesTheChainOfAnotherRoot() throws {
        let other = try Root(key: PrivateKey(algorithm: .es256))
        try TemporaryFolder.with { folder in
            let files = try [other.certificate, leaf].map { try $0.written(to: folder) }
            #expect(try Tool.run("openssl", ["verify", "-CAfile"] + files).status != 0)
        }
    }

    @Test(arguments: [
        "Version: 3 (0x2)", "CA:TRUE\n", "Digital Signature, Certificate Sign\n",
        "X509v3 Basic Constraints: critical", "X509v3 Key Usage: critical", "Signature Algorithm: ecdsa-with-SHA256",
        "Issuer: O = 滁州市市场监督管理局, CN = Root", "Subject: O = 滁州市市场监督管理局, CN = Root",
        "Not Before: Mar 18 08:00:00 2026 GMT", "Not After : Mar 18 07:59:59 2051 GMT",
    ])
    func theRootSays(fact: String) throws {
        #expect(try root.certificate.text().contains(fact))
    }

    @Test(arguments: [
        "Version: 3 (0x2)", "CA:FALSE", "X509v3 Key Usage: critical\n                Digital Signature\n",
        "X509v3 Basic Constraints: critical", "Issuer: O = 滁州市市场监督管理局, CN = Root",
        "Subject: O = 天长市市场监督管理局, CN = 341181", "Not After : Mar 18 07:59:59 2031 GMT",
    ])
    func aLeafSays(fact: String) throws {
        #expect(try leaf.text().contains(fact))
    }

    @Test func keyIdentifiersNameTheSubjectAndTheIssuer() throws {
        let ofRoot = try root.certificate.identifiers()
        let ofLeaf = try leaf.identifiers()
        #expect(ofRoot.authority == ofRoot.subject)
        #expect(ofLeaf.authority == ofRoot.subject)
        #expect(ofLeaf.subject != ofRoot.subject)
        // 20 bytes, of SHA-1 (RFC 5280, section 4.2.1.2).
        for identifier in [ofRoot.subject, ofLeaf.subject] { #expect(identifier.count == 59, "\(identifier)") }
    }

    @Test func onlyTheRootIsAnAuthority() {
        #expect(root.certificate.isAuthority)
        #expect(!leaf.isAuthority)
    }

    @Test func knowsItsIssuer() throws {
        #expect(leaf.isIssued(by: root.certificate))
        #expect(root.certificate.isIssued(by: root.certificate))
        #expect(!root.certificate.isIssued(by: leaf))
        #expect(!leaf.isIssued(by: leaf))
    }

    /// The same names and another key: the name alone says nothing.
    @Test func isNotIssuedByANamesake() throws {
        let namesake = try Root(key: PrivateKey(algorithm: .es256))
        #expect(!leaf.isIssued(by: namesake.certificate))
    }

    @Test func aCertificateThatALeafSignedIsOfNobody() throws {
        let rogue = try PrivateKey(algorithm: .es256)
        let middle = try root.leaf(of: rogue.publicKey)
        let template = CertificateTemplate(
            role: .leaf,
            subject: .named(organisation: "x", commonName: "x"),
            validity: 0...1
        )
        let forged = try template.certificate(of: rogue.publicKey, signedBy: rogue, issuer: middle)
        #expect(!forged.isIssued(by: middle))
        #expect(!forged.isIssued(by: root.certificate))
    }

    @Test(arguments: [0...0, -5_364_662_400...0, 1_773_820_800...2_562_739_199, 0...253_402_300_799])
    func keepsItsFirstAndLastSecond(validity: ClosedRange<Int64>) throws {
        let template = CertificateTemplate(
            role: .root,
            subject: .named(organisation: "x", commonName: "y"),
            validity: validity
        )
        let certificate = try template.certificate(of: root.key.publicKey, signedBy: root.key, issuer: nil)
        #expect(certificate.validity == validity)
    }

    @Test func serialNumbersAreLongAndDiffer() throws {
        let serials = try (0..<8).map { _ in try root.leaf(of: root.key.publicKey).serial() }
        #expect(Set(serials).count == serials.count)
        for serial in serials { #expect((24...32).contains(serial.utf8.count)) }
    }

    @Test func comesBackFromDERAndPEM() throws {
        #expect(try Certificate(der: leaf.der) == leaf)
        #expect(try Certificate(pem: leaf.pem) == leaf)
        #expect(try Certificate(der: leaf.der).publicKey.id == leaf.publicKey.id)
    }

    @Test func refusesBytesBehindACertificate() {
        #expect(throws: OpenSSLError.self) { try Certificate(der: leaf.der + [0]) }
        #expect(throws: OpenSSLError.self) { try Certificate(der: leaf.der + leaf.der) }
    }

    @Test func refusesEveryTruncation() {
        for count in 0..<leaf.der.count {
            #expect(throws: OpenSSLError.self) { try Certificate(der: Array(leaf.der.prefix(count))) }
        }
    }

    /// What still parses is another certificate, and the root did not sign it.
    @Test func noFlippedBitIsBelieved() throws {
        for bit in 0..<leaf.der.count * 8 {
            var bytes = leaf.der
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let flipped = try? Certificate(der: bytes), flipped != leaf else { continue }
            #expect(!flipped.isIssued(by: root.certificate), "bit \(bit)")
        }
    }

    @Test func refusesAValidityThatEndsBeforeItBegins() throws {
        let time: [UInt8] = [0x17, 0x0D]
        let first = try #require(leaf.der.firstRange(of: time)).upperBound
        let last = first + 15
        #expect(leaf.der[last - 2..<last].elementsEqual(time))
        let (from, to) = (leaf.der[first..<first + 13], leaf.der[last..<last + 13])
        var exchanged = leaf.der
        exchanged.replaceSubrange(first..<first + 13, with: to)
        exchanged.replaceSubrange(last..<last + 13, with: from)
        let error = #expect(throws: OpenSSLError.self) { try Certificate(der: exchanged) }
        #expect(error?.call.contains("validity") == true)
    }
}
