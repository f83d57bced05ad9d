import Licence
import LicenceCode
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct ChangeTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    @Test func makesTheNextVersionAndSupersedesTheOneBefore() throws {
        let first = try seat.issue()
        let second = try change([.name: "滁州市新名有限公司"], now: .noon + .day)
        #expect(second.licence.version == 2)
        #expect(second.licence.particulars.name == "滁州市新名有限公司")
        #expect(second.licence.particulars.address == first.licence.particulars.address)
        #expect(second.licence.issued.description == "2026-03-19")
        #expect(second.reference != first.reference)
        #expect(second.code.claims.version == 2)
        let versions = try seat.authority.registry.read { try $0.versions(of: first.creditCode) }
        #expect(versions.map(\.status) == [.superseded, .valid])
        #expect(versions.first?.code == first.code)
    }

    @Test func takesAFieldAway() throws {
        try seat.issue()
        let changed = try change([.latitude: nil, .longitude: nil])
        #expect(changed.licence.particulars.location == nil)
    }

    @Test func recordsWhoAndWhy() throws {
        try seat.issue()
        try change([.name: "新名"], now: .noon + 9)
        let act = try #require(try seat.acts().last)
        #expect(act.kind == .licence(.change))
        #expect(try seat.officer(of: act) == "李")
        #expect(act.reason == "更名")
        #expect(act.at == .noon + 9)
        #expect(act.subject?.version == 2)
    }

    @Test(arguments: [[:], [.name: nil]] as [[ApplicationField: String?]])
    func givesTheLicenceBackWhereThereIsNothingToChange(changes: [ApplicationField: String?]) throws {
        let record = try seat.issue()
        // Nil stands for the name that it has.
        let same = changes.mapValues { _ in record.licence.particulars.name as String? }
        let outcome = try seat.authority.revise(
            Sample.creditCode(1),
            .change(same),
            reason: "更名",
            on: Seat.terms(),
            now: .noon
        )
        guard case .existing(let present) = outcome else { throw AuthorityError(.illegalChange, "a version was made") }
        #expect(present.code == record.code)
        #expect(try seat.count("licence") == 1)
        #expect(try seat.acts().count == 1)
    }

    @Test func refusesAnotherCreditCode() throws {
        try seat.issue()
        #expect(refusal { try change([.creditCode: Sample.creditCode(2).text]) } == .illegalChange)
    }

    @Test func refusesWhatTheRulesOfALicenceRefuse() throws {
        try seat.issue()
        #expect(throws: Application.Refusal.self) { try change([.capitalAmount: nil, .capitalCurrency: nil]) }
        #expect(try current().status == .valid)
    }

    @Test func refusesALicenceThatWasNeverIssued() {
        #expect(refusal { try change([.name: "新名"]) } == .noSuchLicence)
    }

    @Test func leavesNoTraceWhenTheCheckRefuses() throws {
        struct TooDense: Error {}
        try seat.issue()
        #expect(throws: TooDense.self) { try change([.name: "新名"], on: Seat.terms { _ in throw TooDense() }) }
        #expect(try current().status == .valid)
        #expect(try seat.count("licence") == 1)
        #expect(try seat.acts().count == 1)
    }

    @Test(arguments: LicenceStatus.allCases.filter { $0 != .superseded })
    func changesAValidLicenceOnly(status: LicenceStatus) throws {
        try seat.issue(1, changing: [.termTo: "2026-03-18"])
        let now: Instant = status == .expired ? .noon + .day : .noon
        try seat.lead(1, to: status)
        if status == .valid {
            #expect(try change([.name: "新名"]).licence.version == 2)
        } else {
            #expect(refusal { try change([.name: "新名"], now: now) } == .illegalChange)
            #expect(try seat.count("licence") == 1)
        }
    }

    @Test func isNotMadeWithAClockThatWasSetBack() throws {
        try seat.issue()
        #expect(refusal { try change([.name: "新名"], now: .noon - 1) } == .clock)
    }

    @discardableResult
    private func change(
        _ changes: [ApplicationField: String?],
        now: Instant = .noon,
        on terms: Authority.IssueTerms = Seat.terms()
    ) throws -> LicenceRecord {
        try seat.authority.revise(Sample.creditCode(1), .change(changes), reason: "更名", on: terms, now: now).record
    }

    private func current() throws -> LicenceRecord {
        try #require(try seat.authority.registry.read { try $0.licence(Sample.creditCode(1)) })
    }

    private func refusal(_ body: () throws -> LicenceRecord) -> AuthorityError.Code? {
        #expect(throws: AuthorityError.self) { _ = try body() }?.code
    }
}
