import Licence
import OpenSSL
import Publication
import TestSupport
import Testing
import Verification

/// Where two things are wrong, the first in the order of the table decides.
@Suite struct PrecedenceTests {
    @Test(arguments: [
        (ListedStatus.annulled, VerdictWord.annulled), (.cancelled, .cancelled), (.revoked, .revoked),
        (.superseded, .superseded), (.suspended, .expired), (.dormant, .expired), (.valid, .expired),
    ])
    func aFinalStatusBeatsAnEndedTermAndAPauseDoesNot(status: ListedStatus, word: VerdictWord) throws {
        var scene = try Scene(changing: [.termTo: "2026-03-17"])
        scene.setStatus(status)
        #expect(scene.word == word)
    }

    @Test(arguments: [ListedStatus.valid, .revoked, .suspended])
    func whatBeginsLaterIsNotYetValidWhateverItsStatus(status: ListedStatus) throws {
        var scene = try Scene(changing: [.termFrom: "2026-03-19"])
        scene.setStatus(status)
        #expect(scene.word == .notYetValid)
    }

    @Test(arguments: [ListedStatus.suspended, .dormant, .revoked])
    func aStatusBeatsAnAlteredPaper(status: ListedStatus) throws {
        var scene = try Scene()
        scene.setStatus(status)
        scene.paper = Application(fields: [.name: "another"])
        #expect(scene.word.rawValue == "\(status)")
    }

    @Test func forgedBeatsStaleLists() throws {
        var scene = try Scene()
        scene.makeEverythingStale()
        scene.code = try scene.issuer.code(
            Sample.particulars(),
            index: Scene.index,
            key: PrivateKey(algorithm: .es256)
        )
        #expect(scene.word == .forged)
    }

    @Test func malformedBeatsAMissingTrustList() throws {
        var scene = try Scene()
        scene.trust = .failure(.missing)
        #expect(scene.verdict(of: "https://example.cn/L/0").word == .malformed)
    }

    @Test func forgedBeatsARevokedKey() throws {
        var scene = try Scene()
        try scene.setKey(revokedAt: .noon - .day)
        scene.code = try scene.issuer.code(
            Sample.particulars(),
            index: Scene.index,
            key: PrivateKey(algorithm: .es256)
        )
        #expect(scene.word == .forged)
    }

    @Test func aRevokedKeyBeatsItsJurisdiction() throws {
        var scene = try Scene()
        try scene.setKey(divisions: [341_182], revokedAt: .noon - .day)
        #expect(scene.word == .issuerRevoked)
    }

    @Test func jurisdictionBeatsWhatWasIssued() throws {
        var scene = try Scene()
        try scene.setKey(divisions: [341_182])
        scene.setIssuedEmpty()
        scene.setStatus(.neverIssued)
        #expect(scene.word == .outOfJurisdiction)
    }

    @Test func neverIssuedBeatsAStaleTrustList() throws {
        var scene = try Scene()
        scene.trust = .success(scene.issuer.trustList(issuedAt: .noon - 3 * .day, nextUpdate: .noon - .day))
        scene.setIssuedEmpty()
        scene.setStatus(.neverIssued)
        #expect(scene.word == .notIssued)
    }

    @Test func nobodyCanTellBeatsARevokedLicence() throws {
        var scene = try Scene()
        scene.setStatus(.revoked, claims: Issuer.claims(issuedAt: .noon - 3 * .day, expires: .noon - .day))
        #expect(scene.word == .undetermined)
    }

    @Test func anUnknownIssuerWithAStaleTrustListIsUndetermined() throws {
        var scene = try Scene()
        scene.trust = .success(
            scene.issuer.trustList(issuedAt: .noon - 3 * .day, nextUpdate: .noon - .day, keys: [scene.issuer.lists])
        )
        #expect(scene.word == .undetermined)
    }

    @Test func theKeyForListsIssuesNoLicences() throws {
        var scene = try Scene()
        let wrongPurpose = try Issuer.trusted(2, .lists, certificate: scene.issuer.licences.certificate)
        scene.trust = .success(scene.issuer.trustList(keys: [scene.issuer.lists, wrongPurpose]))
        #expect(scene.word == .unknownIssuer)
    }

    @Test func theChecksEndWithTheOneThatFailed() throws {
        var scene = try Scene()
        scene.setStatus(.revoked)
        let checks = scene.verdict.checks
        #expect(checks.last?.name == .status)
        #expect(checks.last?.passed == false)
        #expect(checks.dropLast().allSatisfy { $0.passed })
    }

    @Test func everyCheckPassesOfAValidLicence() throws {
        let names = try Scene().verdict.checks.filter(\.passed).map(\.name.rawValue)
        #expect(
            names == [
                "format", "trustList", "issuer", "signature", "issuerRevocation", "jurisdiction", "issued", "evidence",
                "begin", "term", "status",
            ]
        )
    }
}
