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

/// What becomes of licences whose key is believed no more.
@Suite struct ReissueTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    /// Noon of the office's clock is 04:00 UTC; a day begins at 16:00 UTC of the day before.
    @Test(
        arguments: [
            ("2026-03-17T15:59:59Z", [1, 2, 3]), ("2026-03-17T16:00:00Z", [2, 3]), ("2026-03-18T15:59:59Z", [2, 3]),
            ("2026-03-18T16:00:00Z", [3]), ("2026-03-19T16:00:00Z", []),
        ] as [(String, [Int])]
    )
    func theDayOfTheInstantAndAllAfterItAreAffected(instant: String, affected: [Int]) throws {
        let seat = try Seat(founded: .noon - .day)
        for number in 1...3 { try seat.issue(number, now: .noon + Int64(number - 2) * .day) }
        let rows = try seat.affected(asOf: try #require(Instant(rfc3339: instant)), now: .noon + 2 * .day)
        #expect(rows.map { $0.record.creditCode } == (try affected.map { try Sample.creditCode($0) }))
    }

    @Test func whatIsNotInForceIsNotAffected() throws {
        for number in 1...6 { try seat.issue(number, changing: number == 6 ? [.termTo: "2026-03-19"] : [:]) }
        _ = try seat.apply(.revoke, 1)
        _ = try seat.apply(.cancel, 2)
        _ = try seat.apply(.suspend, 3)
        _ = try seat.apply(.dormant, 4)
        let now = Instant.noon + 3 * .day
        let codes = try seat.affected(asOf: .noon, now: now).map { $0.record.creditCode }
        #expect(codes == (try [3, 4, 5].map { try Sample.creditCode($0) }))
        #expect(try seat.authority.count(affectedBy: seat.office, asOf: .noon, now: now) == 3)
    }

    @Test func tellsWhenEachWasRecorded() throws {
        try seat.issue(1)
        try seat.issue(2, now: .noon + 60)
        let rows = try seat.affected(asOf: .noon + 30, now: .noon + 90)
        #expect(rows.map(\.recordedAt) == [.noon, .noon + 60])
    }

    @Test func pagesAsFarAsThereAreLicences() throws {
        for number in 1...5 { try seat.issue(number) }
        var seen: [CreditCode] = []
        var last: LicenceFilter.Cursor?
        repeat {
            let page = try seat.authority.licences(
                affectedBy: seat.office,
                asOf: .noon,
                now: .noon,
                after: last,
                limit: 2
            )
            #expect(page.licences.count <= 2)
            seen += page.licences.map(\.record.creditCode)
            last = page.next
        } while last != nil
        #expect(seen == (try (1...5).map { try Sample.creditCode($0) }))
    }

    @Test func givesEachANewVersionByAnotherKeyWithTheSameParticularsAndStatus() throws {
        let before = try (1...3).map { try seat.issue($0) }
        _ = try seat.apply(.suspend, 2)
        _ = try seat.apply(.dormant, 3)
        let now = try rotateAndRevoke()
        let made = try reissue(now: now)
        #expect(made.map(\.licence.particulars) == before.map(\.licence.particulars))
        #expect(made.map(\.licence.version) == [2, 2, 2])
        #expect(made.map(\.status) == [.valid, .suspended, .dormant])
        #expect(made.allSatisfy { $0.issuer.value == 4 })
        #expect(try seat.affected(asOf: .noon, now: now).isEmpty)
        try seat.publish(now: now)
        #expect(try made.map { try seat.verdict(of: $0, now: now).word } == [.valid, .suspended, .dormant])
        #expect(
            try before.map { try seat.verdict(of: $0, now: now).word } == [
                .issuerRevoked, .issuerRevoked, .issuerRevoked,
            ]
        )
        #expect(try seat.acts(1).map(\.kind) == [.licence(.issue), .licence(.reissue)])
    }

    /// Broken off and run again: what is done already is not affected any more.
    @Test func reissuesNothingTwice() throws {
        for number in 1...3 { try seat.issue(number) }
        let now = try rotateAndRevoke()
        let all = try seat.affected(asOf: .noon, now: now).map(\.record)
        _ = try seat.authority.reissue([all[0]], reason: "r", on: Seat.terms(), now: now).map { try $0.get() }
        let again = try seat.authority.reissue(all, reason: "r", on: Seat.terms(), now: now)
        #expect(throws: AuthorityError.self) { try again[0].get() }
        #expect(try again.dropFirst().map { try $0.get().licence.version } == [2, 2])
        #expect(try seat.count("licence") == 6)
    }

    @Test func reissuesNothingWithoutAKey() throws {
        try seat.issue(1)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "r", officer: "王", now: .noon)
        let error = #expect(throws: AuthorityError.self) { try reissue(now: .noon) }
        #expect(error?.code == .noKey)
        #expect(try seat.count("licence") == 1)
    }

    private func rotateAndRevoke() throws -> Instant {
        let now = Instant.noon + 60
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: now)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "私钥遗失", officer: "王", now: now)
        return now
    }

    private func reissue(now: Instant) throws -> [LicenceRecord] {
        try seat.authority.reissue(
            seat.affected(asOf: .noon, now: now).map(\.record),
            reason: "私钥遗失",
            on: Seat.terms(),
            now: now
        ).map { try $0.get() }
    }
}

extension Seat {
    func affected(asOf instant: Instant, now: Instant) throws -> [Authority.AffectedLicence] {
        try authority.licences(affectedBy: office, asOf: instant, now: now).licences
    }
}
