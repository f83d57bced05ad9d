import Licence
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// What an approval is of, and what it is not of any more.
extension FourEyesTests {
    @Test func anApprovalIsOfTheVersionAndStatusThatWereThere() throws {
        let number = try propose()
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 2)
        _ = try seat.apply(.suspend, now: .noon + 3)
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.annul, now: .noon + 4) }
        #expect(error?.code == .needsApproval)
        #expect(try status() == .suspended)
    }

    /// Nobody looks at what cannot be done any more.
    @Test func whatWasOvertakenIsNotApproved() throws {
        let number = try propose()
        let proposal = try #require(try seat.authority.proposals(now: .noon + 2).first)
        #expect(try seat.authority.registry.read { try $0.overtaken(proposal) } == nil)
        _ = try seat.apply(.suspend, now: .noon + 3)
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.approve(number, officer: "李", now: .noon + 4)
        }
        #expect(error?.code == .approval)
        #expect(error?.reason.contains("version 1, suspended, now") == true, "\(String(describing: error))")
        // What was is there again, and so is what was proposed of it.
        _ = try seat.apply(.resume, now: .noon + 5)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 6)
        #expect(try seat.apply(.annul, now: .noon + 7).status == .annulled)
    }

    /// A name that another business has is one as well, where a licence is changed to it.
    @Test func aTakenNameIsGivenByAChangeOnlyWithAReasonAndWithApproval() throws {
        try seat.issue(2, now: .noon + 1)
        let taken = try Sample.particulars(2).name
        func change(_ nameReason: String?, now: Instant) throws -> LicenceRecord {
            let change = Authority.Revision.change([.name: taken], nameReason: nameReason)
            return try seat.authority.revise(
                Sample.creditCode(1),
                change,
                reason: "更名",
                on: seat.terms(by: "张"),
                now: now
            ).record
        }
        func code(_ body: () throws -> LicenceRecord) -> AuthorityError.Code? {
            #expect(throws: AuthorityError.self) { _ = try body() }?.code
        }
        #expect(code { try change(nil, now: .noon + 1) } == .nameTaken)
        #expect(code { try change("同一集团", now: .noon + 1) } == .needsApproval)
        let proposal = try #require(try seat.authority.proposals(now: .noon + 1).first)
        #expect(proposal.content["override"]?.contains("同一集团") == true)
        _ = try seat.authority.approve(proposal.number, officer: "李", now: .noon + 2)
        // Approved is this reason, and no other.
        #expect(code { try change("别的", now: .noon + 3) } == .needsApproval)
        let made = try change("同一集团", now: .noon + 3)
        #expect(made.licence.particulars.name == taken)
        #expect(try seat.acts().last?.deed.override == proposal.content["override"])
        var found: [Doctor.Finding] = []
        _ = try Doctor(seat.authority, now: .noon + 9).examine { found.append($0) }
        #expect(found.isEmpty, "\(found)")
    }
}
