import Licence
import Publication
import TestSupport
import Testing
import Verification

/// Every bound in time at −1, 0 and +1 seconds.
@Suite struct BoundaryTests {
    @Test(arguments: [(-1, VerdictWord.valid), (0, .undetermined), (1, .undetermined)] as [(Int64, VerdictWord)])
    func aStatusListSpeaksUntilItExpires(seconds: Int64, word: VerdictWord) throws {
        var scene = try Scene()
        scene.setStatus(.valid, claims: Issuer.claims(expires: .noon + 60))
        scene.now = .noon + 60 + seconds
        #expect(scene.word == word)
    }

    @Test(arguments: [(-1, VerdictWord.valid), (0, .undetermined), (1, .undetermined)] as [(Int64, VerdictWord)])
    func anIssuedListSpeaksUntilItExpires(seconds: Int64, word: VerdictWord) throws {
        var scene = try Scene()
        scene.setIssued(claims: Issuer.claims(expires: .noon + 60))
        scene.now = .noon + 60 + seconds
        #expect(scene.word == word)
    }

    @Test(arguments: [(-1, VerdictWord.valid), (0, .undetermined), (1, .undetermined)] as [(Int64, VerdictWord)])
    func aTrustListSpeaksUntilItsNextUpdate(seconds: Int64, word: VerdictWord) throws {
        var scene = try Scene()
        scene.trust = .success(scene.issuer.trustList(nextUpdate: .noon + 60))
        scene.now = .noon + 60 + seconds
        #expect(scene.word == word)
    }

    @Test(arguments: [(299, VerdictWord.valid), (300, .valid), (301, .undetermined)] as [(Int64, VerdictWord)])
    func aFileMayLieFiveMinutesAheadOfTheClock(seconds: Int64, word: VerdictWord) throws {
        var ahead = try Scene()
        ahead.setStatus(.valid, claims: Issuer.claims(issuedAt: .noon + seconds))
        #expect(ahead.word == word)
        var trust = try Scene()
        trust.trust = .success(trust.issuer.trustList(issuedAt: .noon + seconds))
        #expect(trust.word == word)
    }

    @Test(
        arguments: [480, 0, -210, 840],
        [(-1, VerdictWord.valid), (0, .expired), (1, .expired)] as [(Int64, VerdictWord)]
    )
    func aTermEndsWithItsLastDayWhereTheOfficeIs(offset: Int, at: (Int64, VerdictWord)) throws {
        var scene = try Scene(particulars: Sample.particulars(changing: [.termTo: "2026-03-18"]), issued: yesterday)
        try scene.setKey(utcOffset: offset)
        let midnight = try #require(Instant(rfc3339: "2026-03-19T00:00:00Z")) - Int64(offset) * 60
        scene.now = midnight + at.0
        #expect(scene.word == at.1)
    }

    @Test(
        arguments: [480, 0, -210],
        [(-1, VerdictWord.notYetValid), (0, .valid), (1, .valid)] as [(Int64, VerdictWord)]
    )
    func aLicenceBeginsWithTheDayOfIssueWhereTheOfficeIs(offset: Int, at: (Int64, VerdictWord)) throws {
        var scene = try Scene()
        try scene.setKey(utcOffset: offset)
        let midnight = try #require(Instant(rfc3339: "2026-03-18T00:00:00Z")) - Int64(offset) * 60
        scene.now = midnight + at.0
        scene.setStatus(.valid, claims: Issuer.claims(issuedAt: midnight - .day))
        scene.setIssued(claims: Issuer.claims(issuedAt: midnight - .day))
        scene.trust = try .success(
            scene.issuer.trustList(issuedAt: midnight - .day, keys: scene.trust.get().keys)
        )
        #expect(scene.word == at.1)
    }

    @Test(arguments: [(-1, VerdictWord.notYetValid), (0, .valid), (1, .valid)] as [(Int64, VerdictWord)])
    func aLicenceBeginsWithItsTermWhenThatIsLater(seconds: Int64, word: VerdictWord) throws {
        var scene = try Scene(changing: [.termFrom: "2026-03-19"])
        scene.now = try #require(Instant(rfc3339: "2026-03-19T00:00:00+08:00")) + seconds
        #expect(scene.word == word)
    }

    @Test func aTermWithoutAnEndNeverEnds() throws {
        var scene = try Scene(changing: [.termTo: nil])
        scene.now = try #require(Instant(rfc3339: "9999-12-31"))
        scene.trust = .success(scene.issuer.trustList(nextUpdate: scene.now + 1))
        scene.setStatus(.valid, claims: Issuer.claims(expires: scene.now + 1))
        scene.setIssued(claims: Issuer.claims(expires: scene.now + 1))
        #expect(scene.word == .valid)
    }

    private var yesterday: CalendarDate { get throws { try CalendarDate("2026-03-17") } }
}
