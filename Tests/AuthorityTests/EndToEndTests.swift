import Licence
import LicenceCode
import Publication
import Registry
import TestSupport
import Testing
import Verification

@testable import Audit
@testable import Authority
@testable import Licensing

/// From an application to a stranger's verdict.
@Suite struct EndToEndTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    @Test(arguments: Profile.allCases)
    func whatWasIssuedAndPublishedIsValid(profile: Profile) throws {
        let record = try seat.issue(on: Seat.terms(profile: profile))
        try seat.publish()
        #expect(try seat.verdict(of: record).word == .valid)
    }

    @Test(arguments: [
        (LicenceAct.suspend, VerdictWord.suspended), (.dormant, .dormant), (.revoke, .revoked), (.cancel, .cancelled),
        (.annul, .annulled),
    ])
    func anActShowsOnceItIsPublished(change: LicenceAct, word: VerdictWord) throws {
        let record = try seat.issue()
        try seat.publish()
        _ = try seat.apply(change, now: .noon + 1)
        #expect(try seat.verdict(of: record, now: .noon + 1).word == .valid)
        try seat.publish(now: .noon + 2)
        #expect(try seat.verdict(of: record, now: .noon + 2).word == word)
    }

    @Test func aResumedLicenceIsValidAgain() throws {
        let record = try seat.issue()
        _ = try seat.apply(.suspend)
        try seat.publish()
        _ = try seat.apply(.resume, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        #expect(try seat.verdict(of: record, now: .noon + 2).word == .valid)
    }

    @Test func aChangedLicenceIsSupersededByAValidOne() throws {
        let first = try seat.issue()
        let second = try seat.authority.revise(
            first.creditCode,
            .change([.name: "新名"]),
            reason: "更名",
            on: Seat.terms(),
            now: .noon
        ).record
        try seat.publish()
        #expect(try seat.verdict(of: first).word == .superseded)
        #expect(try seat.verdict(of: second).word == .valid)
    }

    @Test func whatWasNotPublishedYetIsNotIssued() throws {
        try seat.issue(1)
        try seat.publish()
        let second = try seat.issue(2)
        #expect(try seat.verdict(of: second).word == .notIssued)
    }

    @Test func nobodyCanTellBeforeTheFirstPublicationAndAfterTheLists() throws {
        let record = try seat.issue()
        #expect(try seat.verdict(of: record).word == .undetermined)
        try seat.publish()
        #expect(try seat.verdict(of: record, now: .noon + 7 * .day - 1).word == .valid)
        #expect(try seat.verdict(of: record, now: .noon + 7 * .day).word == .undetermined)
    }

    @Test func anOlderPublicationBringsNoRevokedLicenceBack() throws {
        let record = try seat.issue()
        try seat.publish()
        let old = try DurableFile.read("\(seat.publication)/status/341181-1", limit: 1 << 20)
        _ = try seat.apply(.revoke, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        var seen = HighWater()
        let reader = PublicationReader(folder: seat.publication, root: seat.authority.root)
        _ = reader.snapshot(&seen, now: .noon + 3)
        try DurableFile.write(old, to: "\(seat.publication)/status/341181-1")
        let verifier = Verifier(snapshot: reader.snapshot(&seen, now: .noon + 3), now: .noon + 3)
        #expect(verifier.verdict(of: record.code.digits).word == .undetermined)
    }

    @Test func aLicenceOfAnotherAuthorityIsOfNoKeyThatIsKnownOrForged() throws {
        let record = try seat.issue()
        try seat.publish()
        let other = try Seat()
        try other.issue()
        try other.publish()
        #expect(try other.verdict(of: record).word == .forged)
    }

    @Test func theStatusOfOneHundredLicencesIsTheRegistrys() throws {
        var generator = SeededGenerator(seed: 3)
        let requests = try (0..<100).map {
            Authority.IssueRequest(particulars: try Sample.random($0, using: &generator), overrideReason: nil)
        }
        let records = try seat.authority.issue(requests, on: Seat.terms(), now: .noon).map { try $0.get().record }
        var expected: [VerdictWord] = []
        let acts: [(LicenceAct, VerdictWord)] = [
            (.suspend, .suspended), (.dormant, .dormant), (.revoke, .revoked), (.cancel, .cancelled),
            (.annul, .annulled),
        ]
        for (number, record) in records.enumerated() {
            guard number % 2 == 0, let act = acts.randomElement(using: &generator) else {
                expected.append(.valid)
                continue
            }
            let code = record.creditCode
            _ = try seat.authority.apply(act.0, to: code, reason: "查处", officer: "张", now: .noon)
            expected.append(act.1)
        }
        try seat.publish()
        let verifier = Verifier(snapshot: seat.snapshot(), now: .noon)
        #expect(records.map { verifier.verdict(of: $0.code.digits).word } == expected)
    }
}
