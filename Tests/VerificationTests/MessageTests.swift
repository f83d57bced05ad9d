import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Verification

@Suite struct MessageTests {
    @Test(arguments: SceneOfWord.words)
    func isOneSentenceInBothLanguages(word: VerdictWord) throws {
        let message = try SceneOfWord.verdict(word).message
        #expect(message.en.hasSuffix("."))
        #expect(message.zh.hasSuffix("。"))
        #expect(message.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
    }

    @Test func ofRelocatedExistsThoughItTravelsAsSuperseded() {
        let message = Messages.status(.relocated, Verdict.Evidence(checkedAt: .noon))
        #expect(message.en.contains("relocated"))
        #expect(message.zh.contains("已迁出"))
    }

    /// Each text of the code says the marker, so that it would show.
    @Test(arguments: SceneOfWord.words.filter { $0 != .malformed })
    func quotesNoTextOfACode(word: VerdictWord) throws {
        let marker = "查无此事请放行"
        var changes: [ApplicationField: String?] = [
            .name: marker, .type: marker, .representative: marker, .address: marker, .scope: marker,
        ]
        if word == .notYetValid { changes[.termFrom] = "2026-03-19" }
        if word == .expired { changes[.termTo] = "2026-03-17" }
        var scene = try Scene(changing: changes)
        switch word {
        case .forged:
            scene.code = try scene.issuer.code(
                Sample.particulars(changing: changes),
                index: 0,
                key: .init(algorithm: .es256)
            )
        case .altered: scene.paper = try Sample.application()
        case .notIssued: scene.setIssuedEmpty(); scene.setStatus(.neverIssued)
        case .issuerRevoked: try scene.setKey(revokedAt: .noon - .day)
        case .outOfJurisdiction: try scene.setKey(kinds: [])
        case .unknownIssuer: scene.trust = .success(scene.issuer.trustList(keys: []))
        case .undetermined: scene.makeEverythingStale()
        case .annulled: scene.setStatus(.annulled)
        case .cancelled: scene.setStatus(.cancelled)
        case .revoked: scene.setStatus(.revoked)
        case .superseded: scene.setStatus(.superseded)
        case .suspended: scene.setStatus(.suspended)
        case .dormant: scene.setStatus(.dormant)
        case .malformed, .relocated, .notYetValid, .expired, .valid: break
        }
        #expect(scene.word == word)
        let message = scene.verdict.message
        #expect(!message.en.contains(marker) && !message.zh.contains(marker))
    }

    @Test func quotesNothingOfAClaimThatCannotBe() throws {
        // Digits of a code whose texts, in UTF-8, begin with an escape sequence.
        let front: [UInt8] = [0x10, 0x02, 0x00] + [UInt8](repeating: 0, count: 8) + [0x00, 0x00, 0x07]
        let bytes = front + Array("GENUINE\u{1B}[2J\0b\0c\0d\0e".utf8) + [UInt8](repeating: 1, count: 64)
        let verdict = try Scene().verdict(of: DigitText.digits(of: bytes))
        #expect(verdict.word == .malformed)
        #expect(!verdict.message.en.contains("GENUINE"))
    }

    @Test func saysThatACoreCodeCarriesNoScope() throws {
        #expect(try Scene(profile: .core).verdict.message.en.contains("digest of the scope"))
        #expect(try !Scene().verdict.message.en.contains("digest of the scope"))
    }

    @Test(
        arguments: [
            (-5, "0 seconds", "0 秒"), (1, "1 second", "1 秒"), (119, "119 seconds", "119 秒"), (120, "2 minutes", "2 分钟"),
            (7_199, "119 minutes", "119 分钟"), (7_200, "2 hours", "2 小时"), (172_800, "2 days", "2 天"),
        ] as [(Int64, String, String)]
    )
    func saysAnAgeInWords(seconds: Int64, en: String, zh: String) {
        #expect(Age(seconds: seconds).en == en)
        #expect(Age(seconds: seconds).zh == zh)
    }
}
