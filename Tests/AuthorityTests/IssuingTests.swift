import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct IssuingTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    @Test(arguments: Profile.allCases)
    func recordsASignedCodeThatSaysTheLicence(profile: Profile) throws {
        let record = try seat.issue(on: Seat.terms(profile: profile))
        #expect(record.code.cose.isSigned(by: seat.office.certificate.publicKey))
        #expect(record.code.claims == Claims(record.licence, profile: profile, reference: record.reference))
        #expect(record.licence.version == 1)
        #expect(record.licence.issued.description == "2026-03-18")
        let stored = try seat.authority.registry.read { try $0.licence(record.creditCode) }
        #expect(stored?.code == record.code)
    }

    @Test func givesTheSameLicenceForTheSameApplication() throws {
        let first = try seat.issue()
        let request = Authority.IssueRequest(particulars: try Sample.particulars(), overrideReason: nil)
        guard case .existing(let second) = try seat.outcome(of: request, now: .noon + 60) else {
            Issue.record("a second licence was issued")
            return
        }
        #expect(second.code == first.code)
        #expect(try seat.count("licence") == 1)
        #expect(try seat.acts().count == 1)
    }

    @Test func givesTheSameLicenceForTheSameApplicationTwiceInABatch() throws {
        let request = Authority.IssueRequest(particulars: try Sample.particulars(), overrideReason: nil)
        let records = try seat.authority.issue([request, request], on: Seat.terms(), now: .noon)
            .map { try $0.get().record }
        #expect(records[0].code == records[1].code)
        #expect(try seat.count("licence") == 1)
    }

    @Test func refusesOtherParticularsUnderTheSameCreditCode() throws {
        try seat.issue()
        let error = #expect(throws: AuthorityError.self) { try seat.issue(changing: [.name: "另一"]) }
        #expect(error?.code == .alreadyLicensed)
        #expect(error?.field == "creditCode")
        #expect(try seat.count("licence") == 1)
    }

    @Test func anOldBatchIsToldWhichVersionItWas() throws {
        try seat.issue()
        let old = try Sample.particulars()
        _ = try seat.authority.revise(
            old.creditCode,
            .change([.name: "天长市新名科技有限公司"]),
            reason: "r",
            on: Seat.terms(),
            now: .noon
        )
        let request = Authority.IssueRequest(particulars: old, overrideReason: nil)
        let error = #expect(throws: AuthorityError.self) { try seat.outcome(of: request) }
        #expect(error?.code == .changedSince)
        #expect(error?.reason.contains("in version 1; version 2, valid, has others") == true)
    }

    @Test func oneBadRowStopsNoOtherAndLeavesNoTrace() throws {
        let good = try (1...3).map {
            Authority.IssueRequest(particulars: try Sample.particulars($0), overrideReason: nil)
        }
        let over = try Sample.particulars(9, changing: [.termTo: "2026-03-17"])
        let bad = Authority.IssueRequest(particulars: over, overrideReason: nil)
        let results = try seat.authority.issue(good.prefix(2) + [bad] + good.suffix(1), on: Seat.terms(), now: .noon)
        #expect(results.map { (try? $0.get()) != nil } == [true, true, false, true])
        let error = #expect(throws: AuthorityError.self) { try results[2].get() }
        #expect(error?.code == .lint)
        #expect(error?.field == "term.to")
        #expect(try seat.count("licence") == 3)
        #expect(try seat.acts(9).isEmpty)
        #expect(try usedEntries() == 3)
    }

    @Test func recordsNothingThatTheCheckRefuses() throws {
        struct TooDense: Error {}
        let acts = try seat.count("act")
        #expect(throws: TooDense.self) { try seat.issue(on: Seat.terms { _ in throw TooDense() }) }
        #expect(try seat.count("licence") == 0)
        #expect(try seat.count("statusList") == 0)
        #expect(try seat.count("act") == acts)
    }

    @Test func showsTheCheckTheCodeThatIsRecordedButForItsSignature() throws {
        final class Seen { var codes: [UnverifiedCode] = [] }
        let seen = Seen()
        let record = try seat.issue(on: Seat.terms { seen.codes.append($0) })
        #expect(seen.codes.map(\.toBeSigned) == [record.code.toBeSigned])
        #expect(seen.codes.map(\.bytes.count) == [record.code.bytes.count])
    }

    @Test func drawsAnEntryOfItsOwnForEachLicence() throws {
        let requests = try (0..<50).map {
            Authority.IssueRequest(particulars: try Sample.particulars($0), overrideReason: nil)
        }
        let records = try seat.authority.issue(requests, on: Seat.terms(), now: .noon).map { try $0.get().record }
        #expect(Set(records.map(\.reference)).count == 50)
        #expect(Set(records.map(\.code.digest)).count == 50)
        #expect(try usedEntries() == 50)
    }

    @Test func issuesRandomLicencesThatReadBack() throws {
        var generator = SeededGenerator(seed: 11)
        let particulars = try (0..<60).map { try Sample.random($0, using: &generator) }
        let requests = particulars.map { Authority.IssueRequest(particulars: $0, overrideReason: nil) }
        let results = try seat.authority.issue(requests, on: Seat.terms(), now: .noon)
        for (result, particulars) in zip(results, particulars) {
            let record = try result.get().record
            #expect(record.licence.particulars == particulars)
            let licence = try Licence(particulars: particulars, version: 1, issued: record.licence.issued)
            #expect(record.code.claims == Claims(licence, profile: .full, reference: record.reference))
        }
    }

    // MARK: - Acts

    @Test func recordsWhoWhenWhatAndWhy() throws {
        try seat.issue(now: .noon + 5)
        let act = try #require(try seat.acts().first)
        #expect(act.kind == .licence(.issue))
        #expect(try seat.officer(of: act) == "李")
        #expect(act.at == .noon + 5)
        #expect(act.subject?.version == 1)
        #expect(act.reason == "application")
    }

    @Test func recordsWhyACreditCodeWasAcceptedAgainstItsCheckCharacter() throws {
        let fields: [ApplicationField: String?] = [.creditCode: "91341181000000001Y"]
        let particulars = try Sample.application(changing: fields).review(checkCharacter: .mayDiffer).particulars
        try #require(!particulars.creditCode.hasMatchingCheckCharacter)
        let request = Authority.IssueRequest(particulars: particulars, overrideReason: "issued before 2016")
        _ = try seat.outcome(of: request)
        let acts = try seat.authority.registry.read { try $0.acts(on: particulars.creditCode) }
        #expect(acts.first?.reason.contains("issued before 2016") == true)
    }

    // MARK: - The clock

    @Test(arguments: [(-1, AuthorityError.Code.clock), (0, nil), (1, nil)] as [(Int64, AuthorityError.Code?)])
    func signsNothingWithAClockBehindTheNewestAct(seconds: Int64, code: AuthorityError.Code?) throws {
        try seat.issue(1, now: .noon + 100)
        do {
            try seat.issue(2, now: .noon + 100 + seconds)
            #expect(code == nil)
        } catch let error as AuthorityError { #expect(error.code == code) }
        #expect(try seat.count("licence") == (code == nil ? 2 : 1))
    }

    @Test func dayOfIssueIsTheOneAtTheAuthority() throws {
        let midnight = try #require(Instant(rfc3339: "2026-03-19T00:00:00+08:00"))
        #expect(try seat.issue(1, now: midnight - 1).licence.issued.description == "2026-03-18")
        #expect(try seat.issue(2, now: midnight).licence.issued.description == "2026-03-19")
    }

    // MARK: - Rehearsal

    @Test func rehearsesWithoutAKeyAndWithoutATrace() throws {
        struct Asked: Error {}
        let authority = try Authority(home: seat.authority.home) { _ in throw Asked() }
        let request = Authority.IssueRequest(particulars: try Sample.particulars(), overrideReason: nil)
        _ = try authority.rehearse([request], on: Seat.terms(), now: .noon)[0].get()
        #expect(try seat.count("licence") == 0)
        #expect(try seat.count("statusList") == 0)
    }

    @Test(
        arguments: [
            ([.termTo: "2026-03-17"], AuthorityError.Code.lint), ([.creditCode: "91110000600037341L"], .noKey),
            ([.name: "另一"], .alreadyLicensed),
        ] as [([ApplicationField: String], AuthorityError.Code)]
    )
    func rehearsalRefusesWhatIssuingWould(changes: [ApplicationField: String], code: AuthorityError.Code) throws {
        try seat.issue(1)
        let number = code == .alreadyLicensed ? 1 : 2
        let particulars = try Sample.particulars(number, changing: changes)
        let request = Authority.IssueRequest(particulars: particulars, overrideReason: nil)
        let rehearsed = #expect(throws: AuthorityError.self) {
            _ = try seat.authority.rehearse([request], on: Seat.terms(), now: .noon)[0].get()
        }
        let issued = #expect(throws: AuthorityError.self) { try seat.outcome(of: request) }
        #expect(rehearsed?.code == code)
        #expect(issued == rehearsed)
    }

    @Test func rehearsalRefusesAClockThatWasSetBack() throws {
        let request = Authority.IssueRequest(particulars: try Sample.particulars(), overrideReason: nil)
        let error = #expect(throws: AuthorityError.self) {
            _ = try seat.authority.rehearse([request], on: Seat.terms(), now: .noon - 1)[0].get()
        }
        #expect(error?.code == .clock)
    }

    private func usedEntries() throws -> Int {
        try seat.authority.registry.read { session in
            try session.statusLists().map { try session.entries(of: $0).count }.reduce(0, +)
        }
    }
}
