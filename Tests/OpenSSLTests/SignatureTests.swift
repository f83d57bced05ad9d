import Foundation
import OpenSSL
import TestSupport
import Testing

@Suite struct SignatureTests {
    let key: PrivateKey
    let message = Array("天长市晨光食品有限公司".utf8)

    init() throws { key = try PrivateKey(algorithm: .es256) }

    @Test func verifiesWhatItSigned() throws {
        for message in [[], message, [UInt8](repeating: 7, count: 100_000)] {
            let signature = try key.signature(of: message)
            #expect(signature.count == Algorithm.es256.signatureSize)
            #expect(key.publicKey.verifies(signature, of: message))
        }
    }

    /// A leading zero byte of r or s comes once in 128 signatures: its place is kept.
    @Test func keepsLeadingZerosOfRAndS() throws {
        var short = 0
        for number in 0..<1_000 {
            let message = Array("\(number)".utf8)
            let signature = try key.signature(of: message)
            guard signature[0] == 0 || signature[32] == 0 else { continue }
            short += 1
            #expect(signature.count == 64)
            #expect(key.publicKey.verifies(signature, of: message))
        }
        #expect(short > 0)
    }

    @Test func doesNotVerifyAnotherMessageOrKey() throws {
        let signature = try key.signature(of: message)
        #expect(!key.publicKey.verifies(signature, of: message + [0]))
        #expect(!key.publicKey.verifies(signature, of: []))
        #expect(try !PrivateKey(algorithm: .es256).publicKey.verifies(signature, of: message))
    }

    @Test func doesNotVerifyWithAnyBitFlipped() throws {
        let signature = try key.signature(of: message)
        for bit in 0..<512 {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.verifies(flipped, of: message), "bit \(bit)")
        }
    }

    @Test func verifiesTheTwinWithTheOtherS() throws {
        let signature = try key.signature(of: message)
        let twin = TwinSignature.of(signature)
        #expect(twin != signature)
        #expect(key.publicKey.verifies(twin, of: message))
    }

    static let zero = [UInt8](repeating: 0, count: 32)
    static let greatest = [UInt8](repeating: 0xFF, count: 32)

    @Test(arguments: [zero, TwinSignature.order, greatest])
    func refusesRAndSOutsideTheGroup(number: [UInt8]) throws {
        let signature = try key.signature(of: message)
        #expect(!key.publicKey.verifies(number + signature.suffix(32), of: message))
        #expect(!key.publicKey.verifies(signature.prefix(32) + number, of: message))
        #expect(!key.publicKey.verifies(number + number, of: message))
    }

    @Test func refusesSignaturesInDER() throws {
        let signature = try key.signature(of: message)
        let der = TwinSignature.der(signature)
        #expect(!key.publicKey.verifies(der, of: message))
        #expect(!key.publicKey.verifies(Array(der.prefix(64)), of: message))
        #expect(!key.publicKey.verifies(Array(der.suffix(64)), of: message))
    }

    @Test(arguments: [0, 1, 32, 63, 65, 128, 100_000])
    func refusesSignaturesOfAnotherLength(count: Int) throws {
        let signature = try key.signature(of: message)
        let other = Array((signature + [UInt8](repeating: 0, count: 100_000)).prefix(count))
        #expect(!key.publicKey.verifies(other, of: message))
    }

    /// The DER that is built here is what the `openssl` tool verifies: the message is hashed once, with SHA-256.
    @Test func theToolVerifiesTheSameSignature() throws {
        let signature = try key.signature(of: message)
        let certificate = try Root(key: key).certificate
        try TemporaryFolder.with { folder in
            let files = ["key", "message", "signature"].map { folder.appending(path: $0) }
            let publicKey = try Tool.run(
                "openssl",
                ["x509", "-pubkey", "-noout", "-in", certificate.written(to: folder)]
            )
            try publicKey.output.write(to: files[0])
            try Data(message).write(to: files[1])
            try Data(TwinSignature.der(signature)).write(to: files[2])
            let result = try Tool.run(
                "openssl",
                ["dgst", "-sha256", "-verify", files[0].path, "-signature", files[2].path, files[1].path]
            )
            #expect(result.text == "Verified OK\n", "\(result.errors)")
        }
    }
}
