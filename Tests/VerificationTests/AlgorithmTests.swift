import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import Verification

/// What a verdict says of a signature, in each of the three algorithms: the key decides, and only ES256 has a second signature.
@Suite struct AlgorithmTests {
    private func scene(_ algorithm: Algorithm, root: Algorithm? = nil, profile: Profile = .full) throws -> Scene {
        try Scene(particulars: Sample.particulars(), profile: profile, algorithm: algorithm, root: root)
    }

    /// The last check of a verdict, which is the one that failed.
    private func failed(_ scene: Scene) -> Verdict.Check.Name? {
        scene.verdict.checks.last { !$0.passed }?.name
    }

    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func aGenuineLicenceIsValidUnderARootOfAnyAlgorithm(root: Algorithm, office: Algorithm) throws {
        for profile in Profile.allCases {
            let scene = try scene(office, root: root, profile: profile)
            #expect(scene.word == .valid)
            let document = try JSONSerialization.jsonObject(with: VerdictDocument(scene.verdict).json())
            let issuer = try #require((document as? [String: Any])?["issuer"] as? [String: Any])
            #expect(issuer["algorithm"] as? String == office.rawValue)
        }
    }

    @Test(arguments: Algorithm.allCases)
    func anyOtherBitOfTheSignatureIsForged(algorithm: Algorithm) throws {
        var scene = try scene(algorithm)
        let signature = scene.code.signature
        for bit in 0..<512 {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            scene.code = scene.code.signed(with: flipped)
            #expect(scene.word == .forged, "bit \(bit)")
        }
        #expect(failed(scene) == .signature)
    }

    @Test(arguments: Algorithm.allCases)
    func theSignatureOfAnotherKeyOrLicenceIsForged(algorithm: Algorithm) throws {
        var scene = try scene(algorithm)
        let genuine = scene.code
        let other = try PrivateKey(algorithm: algorithm)
        for key in [other, scene.issuer.listKey, scene.issuer.rootKey] {
            scene.code = try scene.issuer.code(Sample.particulars(), index: Scene.index, key: key)
            #expect(scene.word == .forged)
        }
        for code in try [
            scene.issuer.code(Sample.particulars(2), index: Scene.index),
            scene.issuer.code(Sample.particulars(), index: Scene.freeIndex),
            scene.issuer.code(Sample.particulars(), index: Scene.index, version: 2),
            scene.issuer.code(Sample.particulars(), index: Scene.index, profile: .core),
        ] {
            scene.code = genuine.signed(with: code.signature)
            #expect(scene.word == .forged)
        }
    }

    /// Byte 0 names an algorithm that the key has not; the key's owner signs even that, in his own algorithm and in the other.
    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func aCodeOfAnotherAlgorithmThanTheKeysIsForged(stated: Algorithm, own: Algorithm) throws {
        var scene = try scene(own)
        let unsigned = try UnverifiedCode(
            unsigned: scene.code.claims,
            algorithm: stated,
            issuerNumber: scene.issuer.licences.number
        )
        let honest = try scene.issuer.licenceKey.signature(of: unsigned.toBeSigned)
        let stranger = try PrivateKey(algorithm: stated).signature(of: unsigned.toBeSigned)
        scene.code = unsigned.signed(with: honest)
        scene.setIssued()
        #expect(scene.word == (stated == own ? .valid : .forged))
        scene.code = unsigned.signed(with: stranger)
        #expect(scene.word == .forged)
        #expect(failed(scene) == .signature)
    }

    @Test(arguments: Algorithm.allCases)
    func aKeyOfAnotherAlgorithmInTheTrustListMakesACodeForged(algorithm: Algorithm) throws {
        for other in Algorithm.allCases where other != algorithm {
            var scene = try scene(algorithm)
            let key = try scene.issuer.certificate(of: PrivateKey(algorithm: other))
            let trusted = try Issuer.trusted(2, .licences, certificate: key)
            scene.trust = .success(scene.issuer.trustList(keys: [scene.issuer.lists, trusted]))
            #expect(scene.word == .forged)
        }
    }

    @Test func theReservedAlgorithmIsMalformed() throws {
        for algorithm in Algorithm.allCases {
            let scene = try scene(algorithm)
            var bytes = scene.code.bytes
            bytes[0] |= 0x0C
            let digits = DigitText.digits(of: bytes)
            #expect(scene.verdict(of: "LICET:\(digits)").word == .malformed)
        }
    }

    // MARK: - The twin

    @Test func onlyTheTwinOfES256IsTheSameLicence() throws {
        var es256 = try scene(.es256)
        let original = es256.verdict
        es256.code = es256.code.signed(with: TwinSignature.of(es256.code.signature))
        #expect(es256.verdict.word == .valid)
        #expect(es256.verdict.checks == original.checks)

        var sm2 = try scene(.sm2)
        let genuine = sm2.code
        for order in [TwinSignature.order, Self.orderOfSM2] {
            sm2.code = genuine.signed(with: TwinSignature.of(genuine.signature, order: order))
            #expect(sm2.word == .forged)
        }
        #expect(sm2.code.digest == genuine.digest)

        var edDSA = try scene(.edDSA)
        edDSA.code = edDSA.code.signed(with: Self.plusL(edDSA.code.signature))
        #expect(edDSA.word == .forged)
    }

    @Test(arguments: Algorithm.allCases)
    func aZeroOrAnOrderIsForgedInEitherHalf(algorithm: Algorithm) throws {
        var scene = try scene(algorithm)
        let signature = scene.code.signature
        let zero = [UInt8](repeating: 0, count: 32)
        let order =
            switch algorithm {
            case .es256: TwinSignature.order
            case .sm2: Self.orderOfSM2
            case .edDSA: Self.orderOfEd25519
            }
        for number in [zero, order, [UInt8](repeating: 0xFF, count: 32)] {
            for spoiled in [number + signature.suffix(32), signature.prefix(32) + number, number + number] {
                scene.code = scene.code.signed(with: spoiled)
                #expect(scene.word == .forged)
            }
        }
    }

    /// n of GB/T 32918.5.
    private static let orderOfSM2: [UInt8] =
        [0xFF, 0xFF, 0xFF, 0xFE] + [UInt8](repeating: 0xFF, count: 12) + [
            0x72, 0x03, 0xDF, 0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x23,
        ]
    /// L of RFC 8032, section 5.1, little-endian.
    private static let orderOfEd25519: [UInt8] =
        [
            0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
        ] + [UInt8](repeating: 0, count: 15) + [0x10]

    /// (R, S + L), which a verifier that does not look at S < L takes for another signature of the same.
    private static func plusL(_ signature: [UInt8]) -> [UInt8] {
        var sum = signature
        var carry = 0
        for (place, byte) in orderOfEd25519.enumerated() {
            carry += Int(sum[32 + place]) + Int(byte)
            sum[32 + place] = UInt8(carry & 0xFF)
            carry >>= 8
        }
        return sum
    }

    // MARK: - The key

    /// The office's licences are of 2026-03-18; days are counted in its own time.
    @Test(
        arguments: [(-1, VerdictWord.outOfJurisdiction), (0, .outOfJurisdiction), (1, .valid)] as [(Int64, VerdictWord)]
    )
    func aRetiredKeySignsNothingFromThenOn(seconds: Int64, word: VerdictWord) throws {
        let start = try #require(Instant(rfc3339: "2026-03-18T00:00:00+08:00"))
        for algorithm in Algorithm.allCases {
            var scene = try scene(algorithm)
            let retired = try Issuer.trusted(
                2,
                .licences,
                certificate: scene.issuer.licences.certificate,
                retiredAt: start + seconds
            )
            scene.trust = .success(scene.issuer.trustList(keys: [scene.issuer.lists, retired]))
            #expect(scene.word == word)
        }
    }
}
