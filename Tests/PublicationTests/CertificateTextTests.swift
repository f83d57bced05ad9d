import Foundation
import Licence
import OpenSSL
import Publication
import TestSupport
import Testing

/// What the `openssl` tool reads in each kind of certificate, of each algorithm.
@Suite struct CertificateTextTests {
    enum Kind: CaseIterable { case root, secondRoot, cross, lists, licences }

    /// One certificate of each kind, in order of ``Kind``; they are of two roots, of which the first vouches for the second.
    struct Chain {
        let old, new: Generation
        let certificates: [Certificate]

        init(_ first: Algorithm, _ second: Algorithm) throws {
            old = try Generation(1, first)
            new = try Generation(2, second)
            let keys = [try new.trusted(1, .lists), try new.trusted(2, .licences)]
            certificates = [old.certificate, new.certificate, try old.cross(to: new)] + keys.map(\.certificate)
        }

        subscript(kind: Kind) -> Certificate {
            Kind.allCases.firstIndex(of: kind).map { certificates[$0] } ?? old.certificate
        }
    }

    /// What the tool calls an algorithm's signatures.
    private static func name(_ algorithm: Algorithm) -> String {
        switch algorithm {
        case .es256: "ecdsa-with-SHA256"
        case .edDSA: "ED25519"
        case .sm2: "SM2-with-SM3"
        }
    }

    private func printed(_ certificate: Certificate, _ arguments: [String]) throws -> String {
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "certificate")
            try Data(certificate.pem).write(to: file)
            let result = try Tool.run("openssl", arguments + ["-in", file.path])
            #expect(result.status == 0, "\(result.errors)")
            return result.text
        }
    }

    /// The text, with its lines' indentation gone.
    private func lines(_ certificate: Certificate) throws -> [String] {
        try printed(certificate, ["x509", "-noout", "-text", "-nameopt", "oneline,utf8,-esc_msb"])
            .split(separator: "\n").map {
                String($0.trimmingPrefix { $0 == " " }.reversed().trimmingPrefix { $0 == " " }.reversed())
            }
    }

    private static let arc = "2.25.115663871616652374781692969615636316075"

    @Test(arguments: Algorithm.allCases, Kind.allCases)
    func theToolReadsInEachWhatItIsFor(algorithm: Algorithm, kind: Kind) throws {
        let chain = try Chain(algorithm, algorithm)
        let text = try lines(chain[kind])
        func value(below name: String) -> String? {
            text.firstIndex(of: name).map { text[$0 + 1] }
        }
        #expect(text.contains("Version: 3 (0x2)"))
        #expect(text.filter { $0 == "Signature Algorithm: \(Self.name(algorithm))" }.count == 2)
        #expect(text.contains("Not Before: Mar 17 22:00:00 2025 GMT"))
        #expect(text.contains("Not After : Mar 18 10:00:00 2027 GMT"))
        let isAuthority = [.root, .secondRoot, .cross].contains(kind)
        #expect(value(below: "X509v3 Basic Constraints: critical") == (isAuthority ? "CA:TRUE" : "CA:FALSE"))
        #expect(
            value(below: "X509v3 Key Usage: critical")
                == (isAuthority ? "Digital Signature, Certificate Sign" : "Digital Signature")
        )
        let issuer = kind == .root || kind == .cross ? "滁州市 Root" : "滁州市 Root 2"
        let subject =
            switch kind {
            case .root: "滁州市 Root"
            case .secondRoot, .cross: "滁州市 Root 2"
            case .lists: "滁州市 Lists"
            case .licences: "天长市市场监督管理局"
            }
        #expect(text.contains("Issuer: O = 滁州市, CN = \(issuer)"))
        #expect(text.contains("Subject: O = 滁州市, CN = \(subject)"))
        let usage: String? =
            switch kind {
            case .root, .secondRoot, .cross: nil
            case .licences: "\(Self.arc).2.1"
            case .lists: "\(Self.arc).2.2"
            }
        #expect(value(below: "X509v3 Extended Key Usage: critical") == usage)
        #expect(text.contains { $0.hasPrefix("\(Self.arc).1:") } == (kind == .licences))
        let count = text.filter { $0.hasPrefix("X509v3 ") && !$0.hasPrefix("X509v3 extensions") }.count
        #expect(count == (isAuthority ? 4 : 5))
    }

    @Test(arguments: Algorithm.allCases)
    func keyIdentifiersChainEachToItsIssuer(algorithm: Algorithm) throws {
        let chain = try Chain(algorithm, .es256)
        func identifiers(_ kind: Kind) throws -> (subject: String, authority: String) {
            let text = try lines(chain[kind])
            func value(_ name: String) -> String { text.firstIndex(of: name).map { text[$0 + 1] } ?? "no \(name)" }
            return (value("X509v3 Subject Key Identifier:"), value("X509v3 Authority Key Identifier:"))
        }
        let (root, second, cross) = try (identifiers(.root), identifiers(.secondRoot), identifiers(.cross))
        #expect(root.subject == root.authority)
        #expect(second.subject == second.authority)
        #expect(second.subject != root.subject)
        #expect(cross.subject == second.subject)
        #expect(cross.authority == root.subject)
        for kind in [Kind.lists, .licences] {
            let leaf = try identifiers(kind)
            #expect(leaf.authority == second.subject)
            #expect(![root.subject, second.subject].contains(leaf.subject))
        }
        #expect(root.subject.utf8.count == 59)
    }

    @Test(arguments: Kind.allCases)
    func namesAreUTF8(kind: Kind) throws {
        let text = try printed(Chain(.es256, .es256)[kind], ["asn1parse"])
        #expect(text.components(separatedBy: "UTF8STRING").count == 5)
        #expect(!text.contains("PRINTABLESTRING") && !text.contains("BMPSTRING"))
    }

    // MARK: - The jurisdiction

    /// The lines of the extension's DER: depth, tag, and what stands in it.
    private func jurisdiction(divisions: [Int], kinds: Set<LicenceKind>) throws -> [String] {
        let certificate = try Issuer().certificate(
            of: PrivateKey(algorithm: .es256),
            divisions: divisions,
            kinds: kinds
        )
        let outer = try printed(certificate, ["asn1parse"]).split(separator: "\n")
        let place = try #require(outer.firstIndex { $0.hasSuffix("OBJECT            :\(Self.arc).1") })
        // Not critical: the octets follow the name at once.
        let octets = outer[place + 1]
        #expect(octets.contains("OCTET STRING"))
        let offset = String(try #require(octets.firstMatch(of: /^ *([0-9]+):/)?.output.1))
        return try printed(certificate, ["asn1parse", "-strparse", offset]).split(separator: "\n").map { line in
            let match = line.firstMatch(of: /d=([0-9]+) .*(?:cons|prim): ([A-Z0-9]+) *(:.*)?$/)
            return match.map { "\($0.output.1) \($0.output.2)\($0.output.3 ?? "")" } ?? String(line)
        }
    }

    @Test func theExtensionIsWhatItsSchemaSays() throws {
        let lines = try jurisdiction(divisions: [341_181, 340_000], kinds: [.partnership, .branch, .company])
        #expect(
            lines == [
                "0 SEQUENCE", "1 SEQUENCE", "2 NUMERICSTRING:341181", "2 NUMERICSTRING:340000", "1 SEQUENCE",
                "2 UTF8STRING:branch", "2 UTF8STRING:company", "2 UTF8STRING:partnership",
            ]
        )
    }

    /// Lengths of one, two and three bytes (X.690, section 8.1.3).
    @Test(arguments: [1, 15, 16, 17, 31, 32, 40, 200])
    func theExtensionHoldsAsManyDivisionsAsThereAre(count: Int) throws {
        let divisions = (0..<count).map { 341_100 + $0 }
        let lines = try jurisdiction(divisions: divisions, kinds: [.company])
        let expected = ["0 SEQUENCE", "1 SEQUENCE"] + divisions.map { "2 NUMERICSTRING:\($0)" }
        #expect(lines == expected + ["1 SEQUENCE", "2 UTF8STRING:company"])
    }

    /// The root of each algorithm, and the key of each.
    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func theToolVerifiesEveryKindOfCertificate(first: Algorithm, second: Algorithm) throws {
        let chain = try Chain(first, second)
        try TemporaryFolder.with { folder in
            func file(_ name: String, _ certificate: Certificate) throws -> String {
                let file = folder.appending(path: name)
                try Data(certificate.pem).write(to: file)
                return file.path
            }
            let (old, new, cross) = try (
                file("old", chain[.root]), file("new", chain[.secondRoot]), file("cross", chain[.cross])
            )
            let leaves = try [file("lists", chain[.lists]), file("licences", chain[.licences])]
            func verifies(_ arguments: [String], signedWith algorithm: Algorithm) throws -> Bool {
                let options = ["verify", "-x509_strict", "-purpose", "any", "-attime", "\(Instant.noon.seconds)"]
                // The tool tells the identifier of SM2 to the last certificate of a chain only.
                let identifier = algorithm == .sm2 ? ["-vfyopt", "distid:1234567812345678"] : []
                return try Tool.run("openssl", options + identifier + arguments).status == 0
            }
            #expect(try verifies(["-CAfile", old, cross], signedWith: first))
            for leaf in leaves {
                #expect(try verifies(["-CAfile", new, leaf], signedWith: second))
                #expect(try !verifies(["-CAfile", old, leaf], signedWith: second))
                let chained = try verifies(["-CAfile", old, "-untrusted", cross, leaf], signedWith: second)
                #expect(chained == (first != .sm2))
                // It is for nothing that others do.
                for purpose in ["sslserver", "sslclient", "smimesign"] {
                    #expect(try !verifies(["-purpose", purpose, "-CAfile", new, leaf], signedWith: second))
                }
            }
        }
    }
}
