import Licence
import LicenceCode
import Publication
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

/// TARGETS row 7: a clock that was set back signs nothing, to the second.
@Suite struct ClockTests {
    /// All that signs or records; each is tried with a clock behind the newest record.
    enum Deed: String, CaseIterable {
        case issue, change, suspend, publish, addOffice, rotateKey, rotateListKey, retireKey, revokeKey, reissue,
            rehearse
    }

    @Test(arguments: Deed.allCases)
    func nothingIsDoneASecondBeforeTheNewestRecord(deed: Deed) throws {
        let seat = try prepared()
        let before = try seat.contents()
        let error = #expect(throws: AuthorityError.self) { try run(deed, seat, now: .noon + 99) }
        #expect(error?.code == .clock)
        #expect(try seat.contents() == before)
    }

    @Test(arguments: Deed.allCases, [0, 1] as [Int64])
    func everythingIsDoneAtItsVerySecondAndAfter(deed: Deed, seconds: Int64) throws {
        let seat = try prepared()
        #expect(throws: Never.self) { try run(deed, seat, now: .noon + 100 + seconds) }
    }

    @Test(arguments: [(-6, false), (-5, true), (-1, true), (0, true), (1, true)] as [(Int64, Bool)])
    func aDeclaredSkewIsBelievedToTheSecond(seconds: Int64, isDone: Bool) throws {
        let seat = try Seat(clockSkew: 5)
        try seat.issue(1, now: .noon + 100)
        let error: AuthorityError?
        do {
            try seat.issue(2, now: .noon + 100 + seconds)
            error = nil
        } catch let refusal as AuthorityError { error = refusal }
        #expect((error == nil) == isDone)
        #expect(error == nil || error?.code == .clock)
    }

    /// What is recorded never goes back, however the clocks of two machines differ.
    @Test func whatIsSignedWithinTheSkewBearsTheTimeOfTheNewestRecord() throws {
        let seat = try Seat(clockSkew: 5)
        try seat.issue(1, now: .noon + 100)
        try seat.issue(2, now: .noon + 97)
        #expect(try seat.acts(2).map(\.at) == [.noon + 100])
        try seat.publish(now: .noon + 96)
        #expect(try seat.snapshot().lists(of: seat.office, 1).status.get().claims.issuedAt == .noon + 100)
    }

    /// Midnight of the office lies between: the licence bears the day of the newest record, as its act does.
    @Test func theDayIsThatOfTheRecordToo() throws {
        let midnight = try CalendarDate("2026-03-19").start(utcOffset: 480)
        let seat = try Seat(clockSkew: 5)
        try seat.issue(1, now: midnight)
        #expect(try seat.issue(2, now: midnight - 1).licence.issued == CalendarDate("2026-03-19"))
    }

    @Test func withoutADeclarationThereIsNoSkew() throws {
        let seat = try Seat()
        try seat.issue(1, now: .noon + 100)
        #expect(throws: AuthorityError.self) { try seat.issue(2, now: .noon + 99) }
    }

    private func prepared() throws -> Seat {
        let seat = try Seat()
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon)
        try seat.issue(1)
        try seat.publish()
        try seat.issue(2, now: .noon + 100)
        return seat
    }

    private func run(_ deed: Deed, _ seat: Seat, now: Instant) throws {
        let authority = seat.authority
        switch deed {
        case .issue: try seat.issue(3, now: now)
        case .change:
            _ = try authority.revise(
                Sample.creditCode(1),
                .change([.name: "天长市新名科技有限公司"]),
                reason: "r",
                on: Seat.terms(),
                now: now
            )
        case .suspend: _ = try seat.apply(.suspend, now: now)
        case .publish: try seat.publish(now: now)
        case .addOffice: _ = try authority.add(Seat.office(341_182), key: Seat.key(), officer: "王", now: now)
        case .rotateKey:
            _ = try authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: now)
        case .rotateListKey: _ = try authority.rotateListKey(Seat.key(), officer: "王", now: now)
        case .retireKey: try authority.retire(seat.office, at: .noon + .day, officer: "王", now: now)
        case .revokeKey: try authority.revoke(seat.office, asOf: .noon, reason: "r", officer: "王", now: now)
        case .reissue:
            let records = try authority.registry.read { try $0.versions(of: Sample.creditCode(1)) }
            for result in try authority.reissue(records, reason: "r", on: Seat.terms(), now: now) {
                _ = try result.get()
            }
        case .rehearse:
            let request = Authority.IssueRequest(particulars: try Sample.particulars(3), overrideReason: nil)
            _ = try authority.rehearse([request], on: Seat.terms(), now: now)[0].get()
        }
    }
}

extension Seat {
    /// How many of everything the registry and the home hold.
    func contents() throws -> [Int] {
        try ["licence", "act", "trustList", "issuingKey", "requestedKey", "office"].map(count) + [keyFiles().count]
    }
}
