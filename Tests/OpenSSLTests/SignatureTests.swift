import Foundation
import OpenSSL
import TestSupport
import Testing

@Suite struct SignatureTests {
    let keys: [Algorithm: PrivateKey]
    let message = Array("天长市晨光食品有限公司".utf8)

    init() throws {
        keys = try Dictionary(uniqueKeysWithValues: Algorithm.allCases.map { ($0, try PrivateKey(algorithm: $0)) })
    }

    private func key(_ algorithm: Algorithm) throws -> PrivateKey { try #require(keys[algorithm]) }

    @Test(arguments: Algorithm.allCases)
    func verifiesWhatItSigned(algorithm: Algorithm) throws {
        let key = try key(algorithm)
        for message in [[], message, [UInt8](repeating: 7, count: 100_000)] {
            let signature = try key.signature(of: message)
            #expect(signature.count == algorithm.signatureSize)
            #expect(key.publicKey.verifies(signature, of: message))
        }
    }

    /// A signature of one algorithm is never one of another, whatever its bytes.
    @Test func aKeyVerifiesNothingOfAnotherAlgorithm() throws {
        for (signing, signer) in keys {
            let signature = try signer.signature(of: message)
            for (verifying, other) in keys where verifying != signing {
                #expect(!other.publicKey.verifies(signature, of: message))
            }
        }
    }

    /// A leading zero byte of r or s comes once in 128 signatures: its place is kept.
    @Test(arguments: [Algorithm.es256, .sm2])
    func keepsLeadingZerosOfRAndS(algorithm: Algorithm) throws {
        let key = try key(algorithm)
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

    @Test(arguments: Algorithm.allCases)
    func doesNotVerifyAnotherMessageOrKey(algorithm: Algorithm) throws {
        let key = try key(algorithm)
        let signature = try key.signature(of: message)
        #expect(!key.publicKey.verifies(signature, of: message + [0]))
        #expect(!key.publicKey.verifies(signature, of: []))
        #expect(try !PrivateKey(algorithm: algorithm).publicKey.verifies(signature, of: message))
    }

    @Test(arguments: Algorithm.allCases)
    func doesNotVerifyWithAnyBitFlipped(algorithm: Algorithm) throws {
        let key = try key(algorithm)
        let signature = try key.signature(of: message)
        for bit in 0..<512 {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.verifies(flipped, of: message), "bit \(bit)")
        }
    }

    @Test func verifiesTheTwinWithTheOtherS() throws {
        let key = try key(.es256)
        let signature = try key.signature(of: message)
        let twin = TwinSignature.of(signature)
        #expect(twin != signature)
        #expect(key.publicKey.verifies(twin, of: message))
    }

    static let zero = [UInt8](repeating: 0, count: 32)
    static let greatest = [UInt8](repeating: 0xFF, count: 32)

    /// Neither SM2 nor Ed25519 has a second signature that anybody can make of the first.
    @Test func onlyECDSAHasATwin() throws {
        let ofSM2 = try key(.sm2).signature(of: message)
        #expect(try !key(.sm2).publicKey.verifies(TwinSignature.of(ofSM2, order: Self.orderOfSM2), of: message))
        // S + L, little-endian (RFC 8032, section 5.1.7: S < L is checked).
        var ofEdDSA = try key(.edDSA).signature(of: message)
        var carry = 0
        for (place, byte) in Self.orderOfEd25519.enumerated() {
            carry += Int(ofEdDSA[32 + place]) + Int(byte)
            ofEdDSA[32 + place] = UInt8(carry & 0xFF)
            carry >>= 8
        }
        #expect(carry == 0)
        #expect(try !key(.edDSA).publicKey.verifies(ofEdDSA, of: message))
    }

    /// n of GB/T 32918.5, appendix A.
    static let orderOfSM2 = bytes("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123")
    /// L of RFC 8032, section 5.1, little-endian.
    static let orderOfEd25519 = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap { UInt8($0.hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    @Test(arguments: [zero, orderOfSM2, greatest])
    func refusesRAndSOutsideTheGroupOfSM2(number: [UInt8]) throws {
        let key = try key(.sm2)
        let signature = try key.signature(of: message)
        #expect(!key.publicKey.verifies(number + signature.suffix(32), of: message))
        #expect(!key.publicKey.verifies(signature.prefix(32) + number, of: message))
        #expect(!key.publicKey.verifies(number + number, of: message))
    }

    @Test(arguments: [zero, TwinSignature.order, greatest])
    func refusesRAndSOutsideTheGroup(number: [UInt8]) throws {
        let key = try key(.es256)
        let signature = try key.signature(of: message)
        #expect(!key.publicKey.verifies(number + signature.suffix(32), of: message))
        #expect(!key.publicKey.verifies(signature.prefix(32) + number, of: message))
        #expect(!key.publicKey.verifies(number + number, of: message))
    }

    @Test(arguments: [Algorithm.es256, .sm2])
    func refusesSignaturesInDER(algorithm: Algorithm) throws {
        let key = try key(algorithm)
        let signature = try key.signature(of: message)
        let der = TwinSignature.der(signature)
        #expect(!key.publicKey.verifies(der, of: message))
        #expect(!key.publicKey.verifies(Array(der.prefix(64)), of: message))
        #expect(!key.publicKey.verifies(Array(der.suffix(64)), of: message))
    }

    @Test(arguments: Algorithm.allCases, [0, 1, 32, 63, 65, 128, 100_000])
    func refusesSignaturesOfAnotherLength(algorithm: Algorithm, count: Int) throws {
        let key = try key(algorithm)
        let signature = try key.signature(of: message)
        let other = Array((signature + [UInt8](repeating: 0, count: 100_000)).prefix(count))
        #expect(!key.publicKey.verifies(other, of: message))
    }

    /// RFC 8032, section 7.1, test 2: a signature that was made elsewhere.
    @Test func verifiesTheVectorOfRFC8032() throws {
        let info = Self.bytes(
            "302a300506032b6570032100" + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        )
        let signature = Self.bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        )
        let key = try PublicKey(subjectPublicKeyInfo: info)
        #expect(key.algorithm == .edDSA)
        #expect(key.verifies(signature, of: [0x72]))
        #expect(!key.verifies(signature, of: [0x73]))
    }

    /// What the `openssl` tool verifies: the native form of the same signature, over the message itself.
    @Test(arguments: Algorithm.allCases)
    func theToolVerifiesTheSameSignature(algorithm: Algorithm) throws {
        let key = try key(algorithm)
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
            try Data(algorithm == .edDSA ? signature : TwinSignature.der(signature)).write(to: files[2])
            let options: [String] =
                switch algorithm {
                case .es256: ["-rawin", "-digest", "sha256"]
                case .edDSA: ["-rawin"]
                case .sm2: ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
                }
            let result = try Tool.run(
                "openssl",
                [
                    "pkeyutl", "-verify", "-pubin", "-inkey", files[0].path, "-in", files[1].path, "-sigfile",
                    files[2].path,
                ]
                    + options
            )
            #expect(result.text == "Signature Verified Successfully\n", "\(result.errors)")
        }
    }
}
