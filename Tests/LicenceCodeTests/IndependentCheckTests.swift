import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// A program that shares nothing with Licet reads what Licet writes, and refuses what Licet refuses.
@Suite(.pythonEnvironment) struct IndependentCheckTests {
    let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func anotherProgramReadsTheSameClaims(root: Algorithm, office: Algorithm) throws {
        let authority = try TestAuthority(root: root, office: office)
        var invention = Invention(seed: 61)
        let count = root == .es256 && office == .es256 ? 40 : 8
        let claims = try (0..<count).map { try invention.claims($0.isMultiple(of: 4) ? .core : .full) }
        let codes = try claims.map { try authority.signer.code($0) }
        let answers = try authority.check(codes.map(\.cose.encoded))
        #expect(answers.status == 0, "\(answers.errors)")
        #expect(answers.lines.count == claims.count)
        for (claims, answer) in zip(claims, answers.lines) {
            #expect(answer.error == nil)
            #expect(answer.issuer == authority.signer.number.value)
            #expect(answer.office == 341_181)
            #expect(answer.claims == NamedClaims(claims))
        }
    }

    @Test(arguments: Algorithm.allCases)
    func anotherProgramReadsTheSameLists(algorithm: Algorithm) throws {
        let authority = try TestAuthority(root: algorithm, office: algorithm)
        let values: [(index: Int, status: ListedStatus)] = [(0, .valid), (3, .revoked), (6, .suspended), (9, .dormant)]
        let status = StatusList(claims: authority.claims("status/341181-1"), size: 10, entries: values)
        let entries = [0, 3, 200, 70_000].map { (index: $0, digest: Digest(of: [UInt8($0 & 0xFF)])) }
        let issued = IssuedList(claims: authority.claims("issued/341181-1"), entries: entries)
        let (key, number) = (authority.listSigner.key, authority.listSigner.number)
        let files = [try status.signed(by: key, number: number), try issued.signed(by: key, number: number)]
        let answers = try authority.check([], lists: files)
        #expect(answers.status == 0, "\(answers.errors)")
        #expect(answers.lines.map(\.subject) == ["status/341181-1", "issued/341181-1"])
        #expect(answers.lines.first?.values == [0, 15, 15, 1, 15, 15, 2, 15, 15, 14])
        let expected = entries.map { ("\($0.index)", $0.digest.bytes.prefix(10).hexadecimal) }
        #expect(answers.lines.last?.entries == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test(arguments: Algorithm.allCases)
    func anotherProgramRefusesListsOfTheWrongKey(algorithm: Algorithm) throws {
        let authority = try TestAuthority(root: .es256, office: algorithm)
        let list = IssuedList(claims: authority.claims("issued/341181-1"), entries: [])
        let (key, number) = (authority.listSigner.key, authority.listSigner.number)
        var flipped = try list.signed(by: key, number: number)
        flipped[flipped.count - 1] ^= 1
        let files = try [
            flipped, list.signed(by: authority.signer.key, number: number),
            list.signed(by: authority.signer.key, number: authority.signer.number),
        ]
        let answers = try authority.check([], lists: files)
        #expect(
            answers.lines.map { $0.error ?? "believed" } == [
                "the signature does not verify", "the signature does not verify", "the key signs no lists",
            ]
        )
    }

    /// Both ways over two roll-overs, from a root of each algorithm to the next.
    @Test func anotherProgramFollowsTheRootsAsWeDo() throws {
        let first = try TestAuthority(root: .es256, office: .es256)
        let second = try TestAuthority(root: .sm2, office: .edDSA, generation: 2, number: 310)
        let third = try TestAuthority(root: .edDSA, office: .sm2, generation: 3, number: 320)
        let bag = try [
            first.cross(to: second), second.cross(to: first), second.cross(to: third), third.cross(to: second),
        ]
        let authorities = [first, second, third]
        let keys = try authorities.map { try $0.trustedKey($0.signer, purpose: .licences) }
        var invention = Invention(seed: 67)
        let codes = try authorities.map { try $0.signer.code(invention.claims()).cose.encoded }
        let list = try third.trustList(of: keys, crossCertificates: bag)
        for reader in authorities {
            let answers = try reader.check(codes, trustList: list)
            #expect(answers.status == 0, "\(answers.errors)")
            #expect(answers.lines.map(\.issuer) == [300, 310, 320])
            #expect(try TrustList(list, root: reader.root).keys == keys)
        }
        let oneWay = try third.trustList(of: keys, crossCertificates: [bag[0], bag[2]])
        #expect(try first.check(codes, trustList: oneWay).status == 0)
        #expect(try third.check(codes, trustList: oneWay).errors.contains("is not of this root"))
        let gap = try third.trustList(of: [keys[2]], crossCertificates: [bag[0], bag[1]])
        #expect(try first.check(codes, trustList: gap).errors.contains("is of another root"))
    }

    @Test(arguments: Algorithm.allCases)
    func anotherProgramRefusesAKeyWhoseCertificateSaysLess(algorithm: Algorithm) throws {
        let authority = try TestAuthority(root: algorithm, office: algorithm)
        let honest = try authority.trustedKey(authority.signer, purpose: .licences)
        for (key, reason) in [
            (try honest.with(divisions: [DivisionCode(341_181), DivisionCode(350_000)]), "another place or kind"),
            (honest.with(purpose: .lists), "another purpose"),
        ] {
            let answers = try authority.check([], trustList: authority.trustList(of: [key]))
            #expect(answers.status == 1)
            #expect(answers.errors.contains(reason))
        }
    }

    /// Every verdict of the vectors, from libraries instead of our own arithmetic.
    @Test func otherLibrariesComeToTheVerdictsOfTheVectors() throws {
        let script = """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import second_decoder as second
            from asn1crypto import keys as asn1
            from independent_check import Key
            vectors = json.load(open(sys.argv[1] + "/Vectors/codes.json", encoding="utf-8"))
            keys = {key["issuer"]: Key(asn1.PublicKeyInfo.load(bytes.fromhex(key["publicKey"])))
                    for key in vectors["keys"] if key["purpose"] == "licences"}
            layout = second.Layout(sys.argv[1] + "/Vectors/dictionary-1.bin", sys.argv[2])
            counted = 0
            for vector in vectors["valid"] + vectors["refused"]:
                if vector["verdict"] not in ("valid signature", "forged"):
                    continue
                code = layout.read(vector.get("text") or vector["digits"])
                key = keys[code.issuer]
                believed = (-7, -8, -65538)[code.algorithm] == key.cose and key.verifies(code.signature, code.to_be_signed)
                if believed != (vector["verdict"] == "valid signature"):
                    sys.exit(vector["name"])
                counted += 1
            print(counted)
            """
        let result = try PythonEnvironment.run(["-B", "-c", script, ArticleTests.tests.path, ArticleTests.article.path])
        #expect(result.status == 0, "\(result.text)\(result.errors)")
        #expect(try #require(Int(result.text.filter(\.isNumber))) > 400)
    }

    /// The article's CDDL (RFC 8610), read by a library that knows nothing else of Licet.
    @Test func claimsAndHeadersAreThoseOfTheSchema() throws {
        let script = """
            import re, sys
            from pycddl import Schema
            article = open(sys.argv[1], encoding="utf-8").read()
            claims, message = re.findall(r"```cddl\\n(.*?)```", article, re.DOTALL)
            header = "header = " + message.partition("header = ")[2]
            for name in sys.argv[2:]:
                data = open(name, "rb").read()
                Schema(claims if name.endswith(".claims") else header).validate_cbor(data)
                for broken in (data[:-1], b"\\xa0"):
                    try:
                        Schema(claims if name.endswith(".claims") else header).validate_cbor(broken)
                    except Exception:
                        continue
                    sys.exit("the schema takes anything")
            """
        var invention = Invention(seed: 66)
        try TemporaryFolder.with { folder in
            var files: [String] = []
            let signers = try Algorithm.allCases.map { try Signer(algorithm: $0) }
            for number in 0..<30 {
                let code = try signers[number % 3].code(invention.claims(number.isMultiple(of: 3) ? .core : .full))
                for (name, bytes) in [("claims", code.claims.encoded), ("header", code.cose.header.encoded)] {
                    let file = folder.appending(path: "\(number).\(name)")
                    try Data(bytes).write(to: file)
                    files.append(file.path)
                }
            }
            let result = try PythonEnvironment.run(["-c", script, ArticleTests.article.path] + files)
            #expect(result.status == 0, "\(result.text)\(result.errors)")
        }
    }

    private static let publication = ArticleTests.root.appending(
        path: "Sources/Publication/Publication.docc/Publication.md"
    )

    /// The CDDL of the article on publications.
    @Test func trustListsAreThoseOfTheSchema() throws {
        let script = """
            import re, sys
            import cbor2
            from pycddl import Schema
            schema = re.search(r"```cddl\\n(.*?)```", open(sys.argv[1], encoding="utf-8").read(), re.DOTALL)[1]
            claims, header = schema.partition("header = ")[0], "header = " + schema.partition("header = ")[2]
            for name in sys.argv[2:]:
                protected, _, payload, _ = cbor2.loads(open(name, "rb").read()).value
                Schema(claims).validate_cbor(payload)
                Schema(header).validate_cbor(protected)
                spoiled = cbor2.loads(payload)
                del spoiled[6][0][3]
                one = cbor2.dumps({**cbor2.loads(protected), 32: [b"one"]})
                for broken, rules in ((cbor2.dumps(spoiled), claims), (payload[:-1], claims), (one, header)):
                    try:
                        Schema(rules).validate_cbor(broken)
                    except Exception:
                        continue
                    sys.exit("the schema takes anything")
            """
        let other = try TestAuthority(root: .sm2, office: .edDSA, generation: 2, number: 310)
        let bag = [try authority.cross(to: other), try other.cross(to: authority)]
        let keys = [try authority.trustedKey(authority.signer, purpose: .licences).retired]
        try TemporaryFolder.with { folder in
            let files = try (0...2).map { count in
                let file = folder.appending(path: "\(count)")
                let issuer = count == 1 ? other : authority
                let list = try issuer.trustList(of: keys, crossCertificates: Array(bag.prefix(count)))
                try Data(list).write(to: file)
                return file.path
            }
            let result = try PythonEnvironment.run(["-c", script, Self.publication.path] + files)
            #expect(result.status == 0, "\(result.text)\(result.errors)")
        }
    }

    /// The ASN.1 of the article, compiled by a library that knows nothing else of Licet.
    @Test func theJurisdictionIsThatOfTheSchema() throws {
        let source = ArticleTests.root.appending(path: "Sources/Publication/Trust/Jurisdiction.swift")
        let comment = try String(contentsOf: source, encoding: .utf8)
        let article = try String(contentsOf: Self.publication, encoding: .utf8)
        let schema = try #require(article.firstMatch(of: /```asn1\n(.*?)```/.dotMatchesNewlines())?.output.1)
        for line in schema.split(separator: "\n") { #expect(comment.contains("/// \(line)\n")) }
        let script = """
            import sys
            import asn1tools
            schema = asn1tools.compile_string(sys.argv[1], "der")
            value = {"divisions": sys.argv[2].split(), "kinds": sys.argv[3].split()}
            made = schema.encode("Jurisdiction", value)
            print(made.hex(), schema.decode("Jurisdiction", made) == value)
            """
        for (divisions, kinds) in [
            ([341_181], Set(LicenceKind.allCases)), ([341_181, 340_000, 100_000], [.company]),
            (Array(341_100..<341_200), [.branch, .partnership]),
        ] {
            let jurisdiction = Jurisdiction(divisions: try divisions.map { try DivisionCode($0) }, kinds: kinds)
            let names = kinds.map(\.rawValue).sorted().joined(separator: " ")
            let arguments = [String(schema), divisions.map(String.init).joined(separator: " "), names]
            let result = try PythonEnvironment.run(["-c", script] + arguments)
            #expect(result.text == "\(jurisdiction.der.hexadecimal) True\n", "\(result.errors)")
        }
    }

    @Test func anotherProgramRefusesForgeries() throws {
        var invention = Invention(seed: 63)
        let code = try authority.signer.code(invention.claims())
        var flipped = code.cose.encoded
        flipped[flipped.count - 1] ^= 1
        let header = COSEHeader(
            algorithm: .es256,
            contentType: UnverifiedCode.contentType,
            keyID: code.issuerNumber.bigEndian,
            type: "application/licet-status-list+cose",
            packing: code.cose.header.packing
        )
        let forgeries = try [
            flipped,
            COSESign1(header: header, payload: code.claims.encoded, signature: code.signature).encoded,
            // A key of nobody; a key of another purpose; the same key under a number that it does not have.
            Signer(number: authority.signer.number.value).code(invention.claims()).cose.encoded,
            authority.listSigner.code(invention.claims()).cose.encoded,
            Signer(number: 77).code(invention.claims()).cose.encoded,
            code.cose.encoded + [0],
        ]
        let answers = try authority.check(forgeries)
        #expect(answers.status == 1)
        #expect(
            answers.lines.map { $0.error ?? "believed" } == [
                "the signature does not verify", "not application/licet-licence+cose", "the signature does not verify",
                "the key signs no licences", "no key 4d in the trust list", "bytes follow the CBOR",
            ]
        )
    }

    @Test func anotherProgramRefusesTheTrustListOfAnotherRoot() throws {
        var invention = Invention(seed: 64)
        let code = try authority.signer.code(invention.claims()).cose.encoded
        let answers = try authority.check([code], trustList: TestAuthority().trustList)
        #expect(answers.status == 1)
        #expect(answers.errors.contains("is of another root"))
        #expect(answers.lines.isEmpty)
    }

    @Test func anotherProgramRefusesACertificateThatTheRootDidNotSign() throws {
        var invention = Invention(seed: 65)
        let other = try TestAuthority()
        let code = try other.signer.code(invention.claims()).cose.encoded
        let list = try authority.trustList(of: [other.trustedKey(other.signer, purpose: .licences)])
        let answers = try authority.check([code], trustList: list)
        #expect(answers.status == 1)
        #expect(answers.errors.contains("is not of this root"))
    }
}
