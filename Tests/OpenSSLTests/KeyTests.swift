import Foundation
import OpenSSL
import TestSupport
import Testing

@Suite struct KeyTests {
    let passphrase = Secret("correct 马 battery".utf8)

    @Test(arguments: Algorithm.allCases)
    func comesBackFromItsEncryptedPEM(algorithm: Algorithm) throws {
        let key = try PrivateKey(algorithm: algorithm)
        let back = try PrivateKey(encryptedPEM: key.encryptedPEM(passphrase: passphrase), passphrase: passphrase)
        #expect(back.publicKey.subjectPublicKeyInfo == key.publicKey.subjectPublicKeyInfo)
        #expect(back.algorithm == algorithm)
        #expect(try key.publicKey.verifies(back.signature(of: [1, 2, 3]), of: [1, 2, 3]))
    }

    @Test(arguments: ["", "correct 马 batter", "correct 马 battery ", "CORRECT 马 BATTERY"])
    func staysShutForAnotherPassphrase(other: String) throws {
        let pem = try PrivateKey(algorithm: .es256).encryptedPEM(passphrase: passphrase)
        let error = #expect(throws: OpenSSLError.self) {
            try PrivateKey(encryptedPEM: pem, passphrase: Secret(other.utf8))
        }
        #expect(error?.call == "PKCS8_decrypt")
    }

    @Test func isEncryptedWithScryptAndAES() throws {
        let pem = try PrivateKey(algorithm: .es256).encryptedPEM(passphrase: passphrase)
        #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "key.pem")
            try Data(pem).write(to: file)
            let parsed = try Tool.run("openssl", ["asn1parse", "-in", file.path]).text
            for name in [":PBES2", ":scrypt", ":aes-256-cbc"] { #expect(parsed.contains(name)) }
            // N = 16384, r = 8 and p = 5 (RFC 7914), in hexadecimal.
            for number in ["4000", "08", "05"] { #expect(parsed.contains("INTEGER           :\(number)\n")) }
        }
    }

    @Test func twoEncryptionsOfOneKeyDiffer() throws {
        let key = try PrivateKey(algorithm: .es256)
        #expect(try key.encryptedPEM(passphrase: passphrase) != key.encryptedPEM(passphrase: passphrase))
    }

    @Test(arguments: [
        "", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n", "secret",
    ])
    func refusesWhatIsNoEncryptedKey(pem: String) {
        #expect(throws: OpenSSLError.self) { try PrivateKey(encryptedPEM: Array(pem.utf8), passphrase: passphrase) }
    }

    /// OpenSSL's own way would ask the terminal for a passphrase, and wait.
    @Test func refusesPEMThatIsEncryptedAsAWhole() throws {
        let body = String(repeating: "QUJDREVGR0g=", count: 1)
        for label in ["ENCRYPTED PRIVATE KEY", "CERTIFICATE"] {
            let pem = """
                -----BEGIN \(label)-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F

                \(body)
                -----END \(label)-----

                """
            #expect(throws: OpenSSLError.self) {
                try PrivateKey(encryptedPEM: Array(pem.utf8), passphrase: passphrase)
            }
            #expect(throws: OpenSSLError.self) { try Certificate(pem: Array(pem.utf8)) }
        }
    }

    @Test(arguments: ["secp384r1", "secp256k1"])
    func refusesKeysOfOtherCurves(curve: String) throws {
        let made = try Tool.run("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)"])
        try TemporaryFolder.with { folder in
            let file = folder.appending(path: "key.pem")
            try made.output.write(to: file)
            let key = try Tool.run("openssl", ["pkey", "-in", file.path, "-pubout", "-outform", "DER"])
            #expect(!key.output.isEmpty)
            let error = #expect(throws: OpenSSLError.self) { try PublicKey(subjectPublicKeyInfo: Array(key.output)) }
            #expect(error?.call.contains("P-256, Ed25519 and SM2 are known") == true)
        }
    }

    @Test(arguments: Algorithm.allCases)
    func readsAPublicKeyAndNothingBehindIt(algorithm: Algorithm) throws {
        let info = try PrivateKey(algorithm: algorithm).publicKey.subjectPublicKeyInfo
        #expect(try PublicKey(subjectPublicKeyInfo: info).subjectPublicKeyInfo == info)
        #expect(throws: OpenSSLError.self) { try PublicKey(subjectPublicKeyInfo: info + [0]) }
        #expect(throws: OpenSSLError.self) { try PublicKey(subjectPublicKeyInfo: info.dropLast()) }
        #expect(throws: OpenSSLError.self) { try PublicKey(subjectPublicKeyInfo: []) }
    }

    @Test func isNamedByTheDigestOfItsPublicKey() throws {
        let key = try PrivateKey(algorithm: .es256).publicKey
        #expect(key.id.bytes == Array(Digest(of: key.subjectPublicKeyInfo).bytes.prefix(8)))
        #expect(key.id.description.utf8.count == 16)
    }

    /// FIPS 180-4, the example of one block, and the empty message.
    @Test(arguments: [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ])
    func digestsAsTheStandardSays(message: String, digest: String) {
        #expect(Digest(of: Array(message.utf8)).description == digest)
    }

    @Test(arguments: [0, 31, 33]) func aDigestIs32Bytes(count: Int) {
        #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
        #expect(Digest(bytes: [UInt8](repeating: 1, count: 32)) != nil)
    }

    @Test func comparesSecretsByTheirBytes() {
        #expect(Secret([1, 2]).equals(Secret([1, 2])))
        #expect(!Secret([1, 2]).equals(Secret([1, 3])))
        #expect(!Secret([1, 2]).equals(Secret([1, 2, 0])))
        #expect(Secret([]).equals(Secret([])))
    }
}
