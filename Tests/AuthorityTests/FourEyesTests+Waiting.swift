import Licence
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// What waits for approval, and for whose.
extension FourEyesTests {
    /// Where no instant was named, that it happens as soon as it is approved is what was approved.
    @Test func aKeyRetiresAsSoonAsThatIsApproved() throws {
        try set(["retire_key"], now: .noon + 1)
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        func retire(_ now: Instant) throws {
            try seat.authority.retire(seat.office, at: nil, officer: "张", now: now)
        }
        #expect(throws: AuthorityError.self) { try retire(.noon + 2) }
        #expect(throws: AuthorityError.self) { try retire(.noon + 3) }
        let waiting = try seat.authority.proposals(now: .noon + 3)
        #expect(waiting.count == 1)
        _ = try seat.authority.approve(try #require(waiting.first).number, officer: "李", now: .noon + 4)
        try retire(.noon + 5)
        #expect(try seat.authority.key("\(seat.office.number)").retiredAt == .noon + 5)
        #expect(try findings().isEmpty)
    }

    @Test func anApprovalOfWhoIsGoneIsAskedForAgain() throws {
        for name in ["赵", "钱"] { _ = try addSupervisor(name) }
        try set(["annul"], approvals: 2, now: .noon + 6)
        let number = try propose(now: .noon + 6)
        for name in ["李", "赵"] { _ = try seat.authority.approve(number, officer: name, now: .noon + 7) }
        #expect(throws: AuthorityError.self) {
            try seat.authority.retireOfficer("赵", reason: "r", officer: "王", now: .noon + 8)
        }
        let retirement = try #require(try seat.authority.proposals(now: .noon + 8).last).number
        for name in ["李", "钱"] { _ = try seat.authority.approve(retirement, officer: name, now: .noon + 9) }
        try seat.authority.retireOfficer("赵", reason: "r", officer: "王", now: .noon + 10)
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.annul, now: .noon + 11) }
        #expect(error?.reason.contains("waits for 1 approval ") == true, "\(String(describing: error))")
    }
}
