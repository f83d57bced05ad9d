import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Verification

/// A code that was checked before costs no signature check, and gets the verdict of today.
@Suite struct CheckedCodesTests {
    private let known = CheckedCodes(capacity: 16)

    /// A scene whose code was looked at once.
    private func seen() throws -> Scene {
        var scene = try Scene()
        scene.known = known
        #expect(scene.word == .valid)
        #expect(known.count == 1)
        return scene
    }

    @Test func saysTheSameTheSecondTime() throws {
        let scene = try seen()
        var fresh = scene
        fresh.known = nil
        let (first, second) = (fresh.verdict, scene.verdict)
        #expect(known.tally.found == 1 && known.tally.missed == 1)
        #expect(first.json() == second.json())
        #expect(first.checks == second.checks)
        #expect(first.claims == second.claims)
    }

    @Test func findsACodeWhateverItsPrefix() throws {
        let scene = try seen()
        for prefix in ["", "LICET:", "HTTPS://LIC.EXAMPLE.CN/L/", "https://other.example/l/"] {
            #expect(scene.verdict(of: prefix + scene.code.digits).word == .valid)
        }
        #expect(known.tally.found == 4)
    }

    @Test(arguments: [ListedStatus.revoked, .annulled, .suspended, .superseded])
    func aKnownCodeIsWhatTheListsSayNow(status: ListedStatus) throws {
        var scene = try seen()
        scene.setStatus(status)
        #expect(scene.word.rawValue == "\(status)")
        scene.setStatus(.valid)
        #expect(scene.word == .valid)
    }

    @Test func aKnownCodeOfAKeyThatIsRevokedNowIsRefused() throws {
        var scene = try seen()
        try scene.setKey(revokedAt: .noon - .day)
        #expect(scene.word == .issuerRevoked)
        scene.trust = .success(scene.issuer.trustList(keys: [scene.issuer.lists]))
        #expect(scene.word == .unknownIssuer)
        scene.trust = .failure(.missing)
        #expect(scene.word == .undetermined)
    }

    /// The number of a key is the authority's to give; what was checked holds for the key itself.
    @Test func aKnownCodeIsForgedWhereItsNumberIsAnotherKeysNow() throws {
        var scene = try seen()
        scene.trust = try .success(Scene().issuer.trustList())
        #expect(scene.word == .forged)
        #expect(scene.word == .forged)
    }

    @Test func keepsNothingThatNoKeySigned() throws {
        var scene = try Scene()
        scene.known = known
        let digits = scene.code.digits
        scene.code = try scene.issuer.code(Sample.particulars(), index: Scene.index, key: .init(algorithm: .es256))
        #expect(scene.word == .forged)
        #expect(scene.word == .forged)
        #expect(scene.verdict(of: "LICET:\(digits.dropLast())").word != .valid)
        #expect(scene.verdict(of: "LICET:12345").word == .malformed)
        #expect(known.count == 0)
    }

    /// (r, n−s) is the same licence and another text.
    @Test func aChangedDigitIsAnotherCode() throws {
        let scene = try seen()
        for place in stride(from: 1, to: scene.code.digits.utf8.count, by: 7) {
            var digits = Array(scene.code.digits.utf8)
            digits[place] = digits[place] == 0x39 ? 0x30 : digits[place] + 1
            #expect(scene.verdict(of: String(decoding: digits, as: UTF8.self)).word != .valid)
        }
        #expect(known.tally.found == 0)
    }

    @Test func holdsNoMoreThanItsCapacity() throws {
        var scene = try Scene()
        scene.known = known
        for number in 0..<100 {
            scene.code = try scene.issuer.code(Sample.particulars(changing: [.name: "企业\(number)"]), index: Scene.index)
            scene.setIssued()
            #expect(scene.word == .valid)
            #expect(scene.word == .valid)
        }
        #expect(known.count <= known.capacity)
        #expect(known.tally.found == 100)
    }

    @Test(arguments: [(0, 0), (1, 4), (4, 4), (5, 8), (1_000, 1_024)])
    func roundsItsCapacityUp(wanted: Int, capacity: Int) {
        #expect(CheckedCodes(capacity: wanted).capacity == capacity)
    }

    /// A licence that is shown again and again is not checked anew because two others have its places.
    @Test func keepsNearlyAllWhileHalfOfThePlacesAreTaken() throws {
        let scene = try Scene()
        let known = CheckedCodes(capacity: 4_096)
        let digest = scene.code.digest
        let texts = (0..<2_048).map { "\(1_000_000 + $0 * 7)" }
        for text in texts { known.keep(CheckedCode(text: text, code: scene.code, digest: digest)) }
        #expect(texts.count { known.code($0[...])?.text == $0 } >= 2_000)
        #expect(known.count >= 2_000)
    }

    @Test func worksWithoutRoomForAny() throws {
        var scene = try Scene()
        scene.known = CheckedCodes(capacity: 0)
        #expect(scene.word == .valid)
        #expect(scene.word == .valid)
    }

    @Test func manyThreadsGetEachTheirOwnAnswer() async throws {
        let small = CheckedCodes(capacity: 2)
        let scenes = try (0..<6).map { number in
            var scene = try Scene(changing: [.name: "企业\(number)"])
            scene.known = small
            if number.isMultiple(of: 2) { scene.setStatus(.revoked) }
            return scene
        }
        await withTaskGroup(of: Bool.self) { group in
            for (number, scene) in scenes.enumerated() {
                group.addTask {
                    (0..<300).allSatisfy { _ in
                        let verdict = scene.verdict
                        return verdict.claims?.name == "企业\(number)"
                            && verdict.word == (number.isMultiple(of: 2) ? .revoked : .valid)
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
