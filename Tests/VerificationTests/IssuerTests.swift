import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import Verification

/// Revoked keys, stolen keys and what a key may sign.
@Suite struct IssuerTests {
    // MARK: - Revoked

    @Test func aLicenceFromBeforeTheRevocationThatWasIssuedStaysValid() throws {
        var scene = try Scene(particulars: Sample.particulars(), issued: CalendarDate("2026-03-10"))
        try scene.setKey(revokedAt: .noon - .day)
        #expect(scene.word == .valid)
    }

    @Test func aBackdatedLicenceThatIsNotOnTheIssuedListFallsWithItsKey() throws {
        var scene = try Scene(particulars: Sample.particulars(), issued: CalendarDate("2026-03-10"))
        try scene.setKey(revokedAt: .noon - .day)
        scene.setIssuedEmpty()
        scene.setStatus(.neverIssued)
        #expect(scene.word == .issuerRevoked)
    }

    @Test func aBackdatedLicenceAtATakenEntryFallsWithItsKey() throws {
        var scene = try Scene(particulars: Sample.particulars(), issued: CalendarDate("2026-03-10"))
        try scene.setKey(revokedAt: .noon - .day)
        scene.code = try scene.issuer.code(
            Sample.particulars(2),
            index: Scene.index,
            issued: CalendarDate("2026-03-10")
        )
        #expect(scene.word == .issuerRevoked)
    }

    /// The day of issue ends at 2026-03-11T00:00:00+08:00.
    @Test(arguments: [(-1, VerdictWord.issuerRevoked), (0, .valid), (1, .valid)] as [(Int64, VerdictWord)])
    func theDayOfIssueMustBeOverAtTheRevocation(seconds: Int64, word: VerdictWord) throws {
        var scene = try Scene(particulars: Sample.particulars(), issued: CalendarDate("2026-03-10"))
        try scene.setKey(revokedAt: #require(Instant(rfc3339: "2026-03-11T00:00:00+08:00")) + seconds)
        #expect(scene.word == word)
    }

    @Test(arguments: [PublicationError.missing, .rolledBack, .damaged])
    func withoutTheIssuedListNobodyCanTellOfAnEarlyLicence(error: PublicationError) throws {
        var scene = try Scene(particulars: Sample.particulars(), issued: CalendarDate("2026-03-10"))
        try scene.setKey(revokedAt: .noon - .day)
        scene.issued = .failure(error)
        #expect(scene.word == .undetermined)
    }

    @Test func aStaleTrustListStillKnowsThatAKeyIsRevoked() throws {
        var scene = try Scene()
        try scene.setKey(revokedAt: .noon - 2 * .day)
        let keys = try scene.trust.get().keys
        scene.trust = .success(
            scene.issuer.trustList(issuedAt: .noon - 2 * .day, nextUpdate: .noon - .day, keys: keys)
        )
        #expect(scene.word == .issuerRevoked)
    }

    // MARK: - Stolen

    @Test func aStolenKeyAtAFreeEntryIssuedNothing() throws {
        var scene = try Scene()
        scene.code = try scene.issuer.code(Sample.particulars(2), index: Scene.freeIndex)
        #expect(scene.word == .notIssued)
    }

    @Test func aStolenKeyAtAFreeEntryIsCaughtByTheStatusListAlone() throws {
        var scene = try Scene()
        scene.code = try scene.issuer.code(Sample.particulars(2), index: Scene.freeIndex)
        scene.issued = .failure(.missing)
        #expect(scene.word == .notIssued)
    }

    @Test func aStolenKeyAtAFreeEntryIsCaughtByTheIssuedListAlone() throws {
        var scene = try Scene()
        scene.code = try scene.issuer.code(Sample.particulars(2), index: Scene.freeIndex)
        scene.status = .failure(.missing)
        #expect(scene.word == .notIssued)
    }

    @Test func aStolenKeyAtATakenEntryIssuedNothing() throws {
        var scene = try Scene()
        scene.code = try scene.issuer.code(Sample.particulars(2), index: Scene.index)
        #expect(scene.word == .notIssued)
    }

    @Test(arguments: [ApplicationField.name, .address, .scope, .representative])
    func aCopyWithOneOtherFieldIssuedNothing(field: ApplicationField) throws {
        var scene = try Scene()
        scene.code = try scene.issuer.code(Sample.particulars(changing: [field: "另一"]), index: Scene.index)
        #expect(scene.word == .notIssued)
    }

    @Test func theSameLicenceInTheOtherProfileIssuedNothing() throws {
        var scene = try Scene()
        scene.code = try scene.issuer.code(Sample.particulars(), index: Scene.index, profile: .core)
        #expect(scene.word == .notIssued)
    }

    @Test func anEntryBeyondTheListIssuedNothing() throws {
        var scene = try Scene()
        scene.code = try scene.issuer.code(Sample.particulars(2), index: 1_000_000)
        #expect(scene.word == .notIssued)
    }

    @Test func evenAStaleIssuedListConvictsATakenEntry() throws {
        var scene = try Scene()
        scene.setIssued(claims: Issuer.claims(issuedAt: .noon - 3 * .day, expires: .noon - .day))
        scene.code = try scene.issuer.code(Sample.particulars(2), index: Scene.index)
        #expect(scene.word == .notIssued)
    }

    @Test func staleListsConvictNobodyAtAFreeEntry() throws {
        var scene = try Scene()
        scene.makeEverythingStale()
        scene.trust = .success(scene.issuer.trustList())
        scene.code = try scene.issuer.code(Sample.particulars(2), index: Scene.freeIndex)
        #expect(scene.word == .undetermined)
    }

    // MARK: - The second signature

    @Test(arguments: [ListedStatus.valid, .revoked, .superseded, .suspended, .neverIssued])
    func theTwinOfACodeHasTheVerdictOfTheOriginal(status: ListedStatus) throws {
        var scene = try Scene()
        scene.setStatus(status)
        let original = scene.verdict
        let code = scene.code
        scene.code = code.signed(with: TwinSignature.of(code.signature))
        #expect(scene.code.digits != code.digits)
        #expect(scene.verdict.word == original.word)
        #expect(scene.verdict.message == original.message)
        #expect(scene.verdict.checks == original.checks)
    }

    // MARK: - Jurisdiction

    @Test(arguments: [
        (341_181, VerdictWord.valid), (341_100, .valid), (340_000, .valid), (100_000, .valid),
        (341_182, .outOfJurisdiction), (341_200, .outOfJurisdiction), (350_000, .outOfJurisdiction),
    ])
    func aKeySignsForItsDivisionsAndWhatLiesInThem(division: Int, word: VerdictWord) throws {
        var scene = try Scene()
        try scene.setKey(divisions: [division])
        #expect(scene.word == word)
    }

    @Test func aKeyWithoutDivisionsSignsForNone() throws {
        var scene = try Scene()
        try scene.setKey(divisions: [])
        #expect(scene.word == .outOfJurisdiction)
    }

    @Test(arguments: LicenceKind.allCases)
    func aKeySignsForItsKindsOnly(kind: LicenceKind) throws {
        var scene = try Scene()
        try scene.setKey(kinds: [kind])
        #expect(scene.word == (kind == .company ? .valid : .outOfJurisdiction))
    }

    /// The licence is of 2026-03-18 where the office is: from 16:00Z the day before until 16:00Z.
    @Test(
        arguments: [(-1, VerdictWord.valid), (0, .outOfJurisdiction), (1, .outOfJurisdiction)] as [(Int64, VerdictWord)]
    )
    func aKeyCannotSignBeforeItsFirstSecond(seconds: Int64, word: VerdictWord) throws {
        var scene = try Scene()
        let end = try #require(Instant(rfc3339: "2026-03-19T00:00:00+08:00"))
        try scene.setKey(validity: end + seconds...Instant.noon + .year)
        #expect(scene.word == word)
    }

    @Test(arguments: [(-1, VerdictWord.outOfJurisdiction), (0, .valid), (1, .valid)] as [(Int64, VerdictWord)])
    func aKeyCannotSignAfterItsLastSecond(seconds: Int64, word: VerdictWord) throws {
        var scene = try Scene()
        let start = try #require(Instant(rfc3339: "2026-03-18T00:00:00+08:00"))
        try scene.setKey(validity: Instant.noon - .year...start + seconds)
        #expect(scene.word == word)
    }
}
