import Foundation
import OpenSSL
import TestSupport
import Testing

/// Keys, signatures and certificates that the `openssl` tool made are read here and believed.
@Suite struct OutsideKeyTests {
    private static let identifier = "distid:1234567812345678"
    private let message = Array("天长市晨光食品有限公司".utf8)

    private func openssl(_ arguments: [String]) throws {
        let result = try Tool.run("openssl", arguments)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
    }

    /// Makes a key in `file`.
    private func makeKey(_ algorithm: Algorithm, _ file: URL) throws {
        let kind =
            switch algorithm {
            case .es256: ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
            case .edDSA: ["ED25519"]
            case .sm2: ["SM2"]
            }
        try openssl(["genpkey", "-out", file.path, "-algorithm"] + kind)
    }

    private func publicKey(of file: URL) throws -> PublicKey {
        let made = try Tool.run("openssl", ["pkey", "-in", file.path, "-pubout", "-outform", "DER"])
        return try PublicKey(subjectPublicKeyInfo: [UInt8](made.output))
    }

    @Test(arguments: Algorithm.allCases)
    func verifiesWhatTheToolSigned(algorithm: Algorithm) throws {
        try TemporaryFolder.with { folder in
            let (key, file, signature) = (
                folder.appending(path: "key"), folder.appending(path: "message"), folder.appending(path: "signature")
            )
            try makeKey(algorithm, key)
            try Data(message).write(to: file)
            let options: [String] =
                switch algorithm {
                case .es256: ["-digest", "sha256"]
                case .edDSA: []
                case .sm2: ["-digest", "sm3", "-pkeyopt", Self.identifier]
                }
            let sign = ["pkeyutl", "-sign", "-inkey", key.path, "-in", file.path, "-out", signature.path, "-rawin"]
            let publicKey = try publicKey(of: key)
            #expect(publicKey.algorithm == algorithm)
            for _ in 0..<8 {
                try openssl(sign + options)
                let native = [UInt8](try Data(contentsOf: signature))
                let raw = algorithm == .edDSA ? native : TwinSignature.raw(native)
                #expect(publicKey.verifies(raw, of: message))
                #expect(!publicKey.verifies(raw, of: message + [0]))
            }
        }
    }

    /// The tool's own default is no identifier at all; such a signature is of another message.
    @Test func refusesWhatTheToolSignedWithAnotherIdentifier() throws {
        try TemporaryFolder.with { folder in
            let (key, file, signature) = (
                folder.appending(path: "key"), folder.appending(path: "message"), folder.appending(path: "signature")
            )
            try makeKey(.sm2, key)
            try Data(message).write(to: file)
            for options in [
                [], ["-pkeyopt", "distid:ALICE123@YAHOO.COM"], ["-pkeyopt", "hexdistid:1234567812345678"],
            ] {
                let sign = ["pkeyutl", "-sign", "-inkey", key.path, "-in", file.path, "-out", signature.path]
                try openssl(sign + ["-rawin", "-digest", "sm3"] + options)
                let raw = TwinSignature.raw([UInt8](try Data(contentsOf: signature)))
                #expect(try !publicKey(of: key).verifies(raw, of: message))
            }
        }
    }

    @Test(arguments: Algorithm.allCases)
    func opensAKeyThatTheToolEncrypted(algorithm: Algorithm) throws {
        try TemporaryFolder.with { folder in
            let (plain, sealed) = (folder.appending(path: "plain"), folder.appending(path: "sealed"))
            try makeKey(algorithm, plain)
            let options = ["-topk8", "-scrypt", "-scrypt_N", "1024", "-passout", "pass:secret"]
            try openssl(["pkcs8", "-in", plain.path, "-out", sealed.path] + options)
            let key = try PrivateKey(
                encryptedPEM: [UInt8](Data(contentsOf: sealed)),
                passphrase: Secret("secret".utf8)
            )
            #expect(key.algorithm == algorithm)
            let publicKey = try publicKey(of: plain)
            #expect(key.publicKey.subjectPublicKeyInfo == publicKey.subjectPublicKeyInfo)
            #expect(try publicKey.verifies(key.signature(of: message), of: message))
        }
    }

    /// A root of each algorithm certifies a key of each.
    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func believesAChainThatTheToolMade(first: Algorithm, second: Algorithm) throws {
        try TemporaryFolder.with { folder in
            func file(_ name: String) -> String { folder.appending(path: name).path }
            try makeKey(first, folder.appending(path: "root.key"))
            try makeKey(second, folder.appending(path: "leaf.key"))
            func signing(_ algorithm: Algorithm, _ option: String) -> [String] {
                algorithm == .sm2 ? ["-\(option)", Self.identifier] : []
            }
            func digest(_ algorithm: Algorithm) -> [String] { algorithm == .sm2 ? ["-sm3"] : [] }
            try openssl(
                ["req", "-x509", "-new", "-key", file("root.key"), "-out", file("root"), "-utf8"]
                    + ["-subj", "/O=滁州市/CN=Root", "-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
                    + digest(first) + signing(first, "sigopt")
            )
            try openssl(
                ["req", "-new", "-key", file("leaf.key"), "-subj", "/CN=Leaf", "-out", file("request")]
                    + digest(second) + signing(second, "sigopt")
            )
            let request = try Tool.run("openssl", ["req", "-in", file("request"), "-outform", "DER"]).output
            #expect(try CertificationRequest(der: [UInt8](request)).publicKey.algorithm == second)
            try openssl(
                [
                    "x509", "-req", "-in", file("request"), "-CA", file("root"), "-CAkey", file("root.key"),
                    "-CAcreateserial",
                ]
                    + ["-out", file("leaf")] + digest(first) + signing(first, "sigopt") + signing(second, "vfyopt")
            )
            let root = try Certificate(pem: [UInt8](Data(contentsOf: folder.appending(path: "root"))))
            let leaf = try Certificate(pem: [UInt8](Data(contentsOf: folder.appending(path: "leaf"))))
            #expect(root.publicKey.algorithm == first)
            #expect(leaf.publicKey.algorithm == second)
            #expect(root.isAuthority && root.isIssued(by: root))
            #expect(leaf.isIssued(by: root) && !leaf.isAuthority)
            #expect(!leaf.isIssued(by: leaf))
        }
    }

    /// A certificate that is signed with SM2 without the identifier is of nobody.
    @Test func refusesACertificateOfSM2WithoutTheIdentifier() throws {
        try TemporaryFolder.with { folder in
            try makeKey(.sm2, folder.appending(path: "key"))
            let file = folder.appending(path: "root")
            let key = folder.appending(path: "key").path
            try openssl(["req", "-x509", "-new", "-key", key, "-out", file.path, "-subj", "/CN=Root", "-sm3"])
            let root = try Certificate(pem: [UInt8](Data(contentsOf: file)))
            #expect(!root.isIssued(by: root))
        }
    }
}
