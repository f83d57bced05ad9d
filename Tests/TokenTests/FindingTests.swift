import Foundation
import OpenSSL
import TestSupport
import Testing
import Token

struct FindingTests {
    @Test(arguments: [Algorithm.es256, .edDSA])
    func aKeyIsFoundAgainByItsURI(algorithm: Algorithm) throws {
        let made = try SoftHSM.open(.finding).generateKey(algorithm: algorithm, label: "found again")
        let uri = try TokenURI(made.uri.description)
        let token = try Token(uri)
        try token.logIn(pin: SoftHSM.pin(), isUnattended: true)
        let key = try token.key(uri)
        #expect(key.publicKey.subjectPublicKeyInfo == made.publicKey.subjectPublicKeyInfo)
        #expect(key.uri == made.uri)
        #expect(made.publicKey.verifies(try key.signature(of: [1, 2, 3]), of: [1, 2, 3]))
        #expect(try token.key(made.publicKey.id).uri == made.uri)
    }

    @Test func aKeyIsFoundAgainInAnotherProcess() async throws {
        let uri = try SoftHSM.open(.again).generateKey(algorithm: .es256, label: "elsewhere").uri.description
        await #expect(processExitsWith: .success) { [uri = uri as String] in
            let uri = try TokenURI(uri)
            let token = try Token(uri)
            try token.logIn(pin: SoftHSM.pin(), isUnattended: true)
            let key = try token.key(uri)
            let signature = try key.signature(of: [1, 2, 3])
            try #require(key.publicKey.verifies(signature, of: [1, 2, 3]))
        }
    }

    @Test func aKeyOfAnotherToolIsTaken() throws {
        let made = try SoftHSM.pkcs11Tool(
            .otherTool,
            ["--keypairgen", "--key-type", "EC:prime256v1", "--id", "4142", "--label", "of another tool"]
        )
        #expect(made.status == 0, "\(made.errors)")
        let key = try SoftHSM.open(.otherTool).key(SoftHSM.uri(.otherTool, id: [0x41, 0x42]))
        #expect(key.uri.object == "of another tool")
        #expect(try key.signature(of: []).count == 64)
    }

    @Test func aKeyThatMayLeaveOrIsOfAnotherCurveIsRefused() throws {
        for (id, kind, options) in [
            ("51", "EC:prime256v1", ["--extractable"]), ("52", "EC:secp384r1", []), ("53", "RSA:2048", []),
        ] {
            let made = try SoftHSM.pkcs11Tool(.mayLeave, ["--keypairgen", "--key-type", kind, "--id", id] + options)
            #expect(made.status == 0, "\(made.errors)")
        }
        let token = try SoftHSM.open(.mayLeave)
        for id in [UInt8(0x51), 0x52, 0x53] {
            #expect(code { try token.key(SoftHSM.uri(.mayLeave, id: [id])) } == .unsupported)
        }
    }

    @Test func aModuleThatIsNotThereIsNamed() throws {
        let error = try #require(throws: TokenError.self) {
            try Token(TokenURI("pkcs11:token=a?module-path=/nowhere/token.so"))
        }
        #expect(error.code == .module)
        #expect(error.reason.contains("/nowhere/token.so"))
    }

    @Test func whatIsNoModuleIsRefused() throws {
        try TemporaryFolder.with { folder in
            let text = folder.appending(path: "text.so")
            try Data("no library".utf8).write(to: text)
            #expect(code { try Token(TokenURI(token: "a", modulePath: text.path)) } == .module)
            #expect(code { try Token(TokenURI(token: "a", modulePath: folder.path)) } == .module)
        }
        let library = try FileManager.default.contentsOfDirectory(atPath: "/lib").first { $0.hasSuffix("-linux-gnu") }
        let libc = "/lib/\(library ?? "")/libc.so.6"
        #expect(code { try Token(TokenURI(token: "a", modulePath: libc)) } == .module)
    }

    @Test func theEnvironmentNamesTheModuleWhereTheURIDoesNot() throws {
        let uri = try TokenURI(token: "finding")
        let module = try SoftHSM.shared.get().module
        _ = try Token(uri, environment: [TokenURI.moduleVariable: module])
        let error = try #require(throws: TokenError.self) { try Token(uri, environment: [:]) }
        #expect(error.code == .module)
        #expect(error.reason.contains("LICET_PKCS11_MODULE"))
        #expect(code { try Token(uri, environment: [TokenURI.moduleVariable: ""]) } == .module)
        #expect(code { try Token(uri, environment: [TokenURI.moduleVariable: "libsofthsm2.so"]) } == .module)
    }

    @Test func aTokenThatIsNotThereIsReportedWithThoseThatAre() throws {
        let module = try SoftHSM.shared.get().module
        let error = try #require(throws: TokenError.self) { try Token(TokenURI(token: "nowhere", modulePath: module)) }
        #expect(error.code == .noToken)
        #expect(error.reason.contains("token=nowhere"))
        #expect(error.reason.contains("serial number"))
        #expect(code { try Token(TokenURI(token: "finding", serial: "x", modulePath: module)) } == .noToken)
        #expect(code { try Token(TokenURI(token: "finding", model: "x", modulePath: module)) } == .noToken)
        #expect(code { try Token(TokenURI(token: "finding", slot: 3, modulePath: module)) } == .noToken)
    }

    @Test func ofTwoTokensOfOneLabelTheSerialNumberTells() throws {
        let error = try #require(throws: TokenError.self) { try Token(SoftHSM.uri(.namesakes)) }
        #expect(error.code == .severalTokens)
        let found = try #require(error.reason.firstMatch(of: /serial number ([0-9a-f]{16})/))
        let module = try SoftHSM.shared.get().module
        _ = try Token(TokenURI(token: "namesakes", serial: String(found.output.1), modulePath: module))
    }

    @Test func aKeyThatIsNotThereIsReportedWithThoseThatAre() throws {
        let token = try SoftHSM.open(.finding)
        let made = try token.generateKey(algorithm: .es256, label: "there")
        let error = try #require(throws: TokenError.self) { try token.key(SoftHSM.uri(.finding, id: [9, 9])) }
        #expect(error.code == .noKey)
        #expect(error.reason.contains("id=%09%09"))
        #expect(code { try token.key(SoftHSM.uri(.finding, id: made.uri.id, object: "nowhere")) } == .noKey)
        #expect(code { try token.key(SoftHSM.uri(.finding)) } == .uri)
    }

    @Test func ofTwoKeysOfOneIdentifierTheLabelTells() throws {
        for (label, id) in [("first", "6161"), ("second", "6161"), ("third", "6262"), ("third", "6262")] {
            _ = try SoftHSM.pkcs11Tool(
                .sameNames,
                ["--keypairgen", "--key-type", "EC:prime256v1", "--id", id, "--label", label]
            )
        }
        let token = try SoftHSM.open(.sameNames)
        #expect(code { try token.key(SoftHSM.uri(.sameNames, id: [0x61, 0x61])) } == .severalKeys)
        #expect(code { try token.key(SoftHSM.uri(.sameNames, object: "third")) } == .severalKeys)
        let first = try #require(throws: TokenError.self) {
            try token.key(SoftHSM.uri(.sameNames, id: [0x61, 0x61], object: "first"))
        }
        #expect(first.code == .severalKeys)
        #expect(first.reason.contains("public keys"))
    }
}
