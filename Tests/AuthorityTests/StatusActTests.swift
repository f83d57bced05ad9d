import Licence
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct StatusActTests {
    /// Which acts are legal from which status, written out; all others are refused.
    static let legal: [LicenceStatus: [LicenceAct: LicenceStatus]] = [
        .valid: [
            .suspend: .suspended, .dormant: .dormant, .relocate: .relocated, .revoke: .revoked, .cancel: .cancelled,
            .annul: .annulled,
        ],
        .suspended: [.resume: .valid, .revoke: .revoked, .cancel: .cancelled, .annul: .annulled],
        .dormant: [.resume: .valid, .relocate: .relocated, .revoke: .revoked, .cancel: .cancelled, .annul: .annulled],
        .expired: [.revoke: .revoked, .cancel: .cancelled, .annul: .annulled],
        .revoked: [.cancel: .cancelled],
        .relocated: [.revoke: .revoked, .cancel: .cancelled, .annul: .annulled],
        .superseded: [:], .cancelled: [:], .annulled: [:],
    ]

    let seat: Seat

    init() throws { seat = try Seat() }

    @Test(arguments: LicenceStatus.allCases.filter { $0 != .superseded })
    func everyActIsLegalOrRefusedAsTheTableSays(status: LicenceStatus) throws {
        let legal = try #require(Self.legal[status])
        let acts = LicenceAct.allCases.filter { !$0.makesVersion }
        for number in acts.indices {
            try seat.issue(number, changing: [.termTo: "2026-03-18"])
            try seat.lead(number, to: status)
        }
        let now: Instant = status == .expired ? .noon + .day : .noon
        for (number, change) in acts.enumerated() {
            let (before, count) = (try current(number), try seat.acts(number).count)
            if let target = legal[change] {
                #expect(try seat.apply(change, number, now: now).status == target, "\(change)")
                #expect(try current(number) == target)
                #expect(try seat.acts(number).last?.kind.word == change.rawValue)
            } else {
                let error = #expect(throws: AuthorityError.self) { try seat.apply(change, number, now: now) }
                #expect(error?.code == .illegalChange, "\(change)")
                #expect(try current(number) == before)
                #expect(try seat.acts(number).count == count)
            }
        }
    }

    @Test func aPausedLicenceWhoseTermIsOverCannotBeResumed() throws {
        try seat.issue(changing: [.termTo: "2026-03-18"])
        _ = try seat.apply(.suspend)
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.resume, now: .noon + .day) }
        #expect(error?.code == .illegalChange)
    }

    @Test func aRefusalNamesTheActsThatAreLegal() throws {
        try seat.issue()
        _ = try seat.apply(.suspend)
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.dormant) }
        #expect(error?.reason.hasSuffix("possible: replace, resume, revoke, cancel, annul") == true)
    }

    @Test func recordsWhoWhenWhatAndWhy() throws {
        try seat.issue()
        _ = try seat.apply(.revoke, now: .noon + 7)
        let act = try #require(try seat.acts().last)
        #expect(act.kind == .licence(.revoke))
        #expect(try seat.officer(of: act) == "张")
        #expect(act.reason == "查处")
        #expect(act.at == .noon + 7)
        #expect(act.subject?.creditCode == (try Sample.creditCode(1).text))
        #expect(act.subject?.version == 1)
    }

    @Test func refusesALicenceThatWasNeverIssued() {
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.revoke) }
        #expect(error?.code == .noSuchLicence)
    }

    @Test func doesNothingWithAClockThatWasSetBack() throws {
        try seat.issue(now: .noon + 10)
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.revoke, now: .noon + 9) }
        #expect(error?.code == .clock)
        #expect(try current(1) == .valid)
    }

    @Test func whoMovedAwayIsIssuedAgainByAnotherOfficeOnly() throws {
        try seat.issue()
        let left = try seat.apply(.relocate)
        #expect(try seat.authority.officesThatMayTake(left, now: .noon).isEmpty)
        let request = Authority.IssueRequest(particulars: try Sample.particulars(1), overrideReason: nil)
        guard case .existing(let present) = try seat.outcome(of: request) else {
            throw AuthorityError(.illegalChange, "a version was made")
        }
        #expect(present.status == .relocated)
        let province = try Seat.office(340_000)
        _ = try seat.authority.add(province, key: Seat.key(), officer: "王", now: .noon)
        let record = try seat.outcome(of: request, on: Seat.terms(office: province.division)).record
        #expect(record.licence.version == 2 && record.status == .valid)
        #expect(
            try seat.authority.registry.read { try $0.versions(of: record.creditCode).map(\.status) } == [
                .relocated, .valid,
            ]
        )
    }

    @Test func actsOnTheNewestVersion() throws {
        try seat.issue()
        let code = try Sample.creditCode(1)
        _ = try seat.authority.revise(code, .change([.name: "新名"]), reason: "更名", on: Seat.terms(), now: .noon)
        #expect(try seat.apply(.revoke).licence.version == 2)
        let statuses = try seat.authority.registry.read { try $0.versions(of: code).map(\.status) }
        #expect(statuses == [.superseded, .revoked])
    }

    private func current(_ number: Int) throws -> LicenceStatus? {
        try seat.authority.registry.read { try $0.licence(Sample.creditCode(number))?.status }
    }
}
