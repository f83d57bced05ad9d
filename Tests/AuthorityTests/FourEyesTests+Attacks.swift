import Foundation
import Licence
import LicenceCode
import OpenSSL
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// By people who write the file themselves, with the key of one officer or with none.
extension FourEyesTests {
    /// Who may write the file and has no officer's key adds an act with a right hash; the next signature must not vouch for it.
    @Test(arguments: ["annul", "approve", "rotate"])
    func nothingIsBuiltOnAnActThatNobodySigned(what: String) throws {
        let proposal = try propose()
        let theirs = try PrivateKey(algorithm: .edDSA)
        try seat.authority.registry.write { session in
            let officers = try session.officers()
            let present = try #require(try session.licence(Sample.creditCode(1)))
            func number(_ name: String) throws -> Int { try #require(officers.last { $0.name == name }).number }
            switch what {
            case "annul":
                try session.setStatus(.annulled, of: present)
                let deed = Deed(.licence(.annul), on: present.subject, digest: present.code.digest, reason: "r")
                try session.record(deed, by: number("王"), at: .noon + 2)
            case "approve":
                let content = try #require(try session.proposal(proposal)).content
                let deed = Deed(
                    .authority(.approve),
                    digest: try Proposal.digest(of: content),
                    reference: proposal,
                    reason: "annul"
                )
                try session.record(deed, by: number("李"), at: .noon + 2)
            default:
                let detail = try Officer.detail(name: "李", key: theirs.publicKey, isSupervisor: true)
                try session.record(
                    Deed(.authority(.rotateOfficerKey), reason: "李", detail: detail),
                    by: number("李"),
                    at: .noon + 2
                )
            }
        }
        try seat.tamper("SELECT 1")
        for name in ["王", "李", "张"] {
            let error = #expect(throws: (any Error).self) {
                try seat.authority.apply(
                    .suspend,
                    to: Sample.creditCode(1),
                    reason: "日常",
                    officer: name,
                    now: .noon + 3
                )
            }
            #expect("\(String(describing: error))".contains("tampered") || name == "李")
        }
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 3) }
        // Nor is it vouched for by taking it on as it is.
        unlink(seat.authority.home.registryLock)
        let adopted = #expect(throws: AuthorityError.self) {
            try Authority.restore(
                nil,
                at: seat.authority.home,
                publication: nil,
                reason: "r",
                officer: "王",
                prompt: Seat.prompt,
                now: .noon + 4
            )
        }
        #expect(adopted?.code == .rolledBack)
        #expect(try findings().contains { $0.contains("nobody signed it") })
    }

    /// Who can write the anchor as well makes himself an officer before it.
    @Test func nobodyIsAnOfficerByAnActThatNobodySigned() throws {
        let theirs = try PrivateKey(algorithm: .edDSA)
        let head = try seat.authority.registry.write { session in
            let first = try #require(try session.officers().first)
            let detail = try Officer.detail(name: "马洛", key: theirs.publicKey, isSupervisor: true)
            let number = try session.record(
                Deed(.authority(.addOfficer), reason: "马洛", detail: detail),
                by: first.number,
                at: .noon + 2
            )
            let present = try #require(try session.licence(Sample.creditCode(1)))
            try session.setStatus(.suspended, of: present)
            let deed = Deed(.licence(.suspend), on: present.subject, digest: present.code.digest, reason: "r")
            try session.record(deed, by: number, at: .noon + 2)
            _ = try session.sign(with: theirs)
            return try Anchor(of: session)
        }
        try seat.authority.home.write(#require(head))
        try seat.tamper("SELECT 1")
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.apply(.cancel, to: Sample.creditCode(1), reason: "日常", officer: "王", now: .noon + 3)
        }
        #expect(error?.code == .rolledBack)
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 3) }
    }

    /// A program of somebody's own, with the real key of an officer who is no supervisor.
    @Test(arguments: [true, false])
    func nobodyBringsTheKeyOfAnotherOrBecomesMore(isOther: Bool) throws {
        let seal = try seat.authority.seal(of: "张")
        let key = try PrivateKey(algorithm: .edDSA).publicKey
        try seat.authority.registry.write { session in
            let detail = try Officer.detail(name: isOther ? "李" : "张", key: key, isSupervisor: true)
            try session.record(
                Deed(.authority(.rotateOfficerKey), reason: "r", detail: detail),
                by: seal.officer.number,
                at: .noon + 2
            )
            _ = try session.sign(with: seal.signer)
        }
        try seat.tamper("SELECT 1")
        let officers = try seat.authority.registry.read { try $0.officers() }
        #expect(!officers.contains { $0.key.id == key.id })
        #expect(officers.contains { $0.name == "李" && $0.retired == nil })
        #expect(try findings().contains { $0.contains("gives a key to somebody who did not ask for it") })
    }

    @Test func theDoctorHoldsWhatWasDoneAgainstWhatWasApproved() throws {
        try set(["annul", "override", "change"], now: .noon + 1)
        func change(_ address: String) throws {
            let change = Authority.Revision.change([.address: address])
            _ = try seat.authority.revise(
                Sample.creditCode(1),
                change,
                reason: "变更",
                on: seat.terms(by: "张"),
                now: .noon + 2
            )
        }
        #expect(throws: AuthorityError.self) { try change("甲路1号") }
        let number = try #require(try seat.authority.proposals(now: .noon + 2).last?.number)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 2)
        // The same program without its check: what is recorded is another address.
        let seal = try seat.authority.seal(of: "张")
        let terms = seat.terms(by: "张")
        try seat.authority.registry.write { session in
            let present = try #require(try session.licence(Sample.creditCode(1)))
            let desk = Desk(session: session, officer: seal.officer, now: .noon + 3)
            var application = Application(present.licence.particulars)
            application.fields[.address] = "乙路2号"
            _ = try seat.authority.nextVersion(
                of: present,
                application.review().particulars,
                by: .change,
                reason: "变更",
                clearance: number,
                on: terms,
                keys: seat.authority.signingKeys(session),
                at: desk
            )
            _ = try session.sign(with: seal.signer)
        }
        try seat.tamper("SELECT 1")
        #expect(try findings() == ["is not what proposal \(number) proposed"])
    }

    /// A restoration excuses only what it does, and only when a supervisor answers for it.
    @Test func aRestorationExcusesNothingElse() throws {
        let seal = try seat.authority.seal(of: "张")
        try seat.authority.registry.write { session in
            let present = try #require(try session.licence(Sample.creditCode(1)))
            let restore = try session.record(
                Deed(.authority(.restore), reason: "r"),
                by: seal.officer.number,
                at: .noon + 2
            )
            try session.setStatus(.annulled, of: present)
            try session.record(
                Deed(
                    .licence(.annul),
                    on: present.subject,
                    digest: present.code.digest,
                    reference: restore,
                    reason: "r"
                ),
                by: seal.officer.number,
                at: .noon + 2
            )
            _ = try session.sign(with: seal.signer)
        }
        try seat.tamper("SELECT 1")
        #expect(try findings() == ["takes on a registry from before, by no supervisor"])
    }

    @Test func aBatchThatIsThereNeedsNoApprovalAgain() throws {
        try set([], batchOver: 1)
        let requests = try (10..<13).map {
            Authority.IssueRequest(particulars: try Sample.particulars($0), overrideReason: nil)
        }
        let digest = Authority.Batch.digest(
            of: requests.map { Digest(of: Array(Application($0.particulars).json.utf8)) }
        )
        let batch = Authority.Batch(count: 3, digest: digest, override: nil)
        let terms = Authority.IssueTerms(office: nil, profile: .full, officer: "张", batch: batch) { _ in }
        #expect(throws: AuthorityError.self) { try seat.authority.issue(requests, on: terms, now: .noon + 5) }
        let number = try #require(try seat.authority.proposals(now: .noon + 5).last?.number)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 6)
        // A row may come later than those behind it.
        for part in [[requests[0], requests[2]], [requests[1]], requests] {
            for result in try seat.authority.issue(part, on: terms, now: .noon + 7) { _ = try result.get() }
        }
        #expect(try seat.count("licence") == 4)
        #expect(try findings().isEmpty)
    }

    @Test func theDoctorFindsABatchOfOtherLicencesThanWereApproved() throws {
        try set([], batchOver: 1)
        let requests = try (10..<13).map {
            Authority.IssueRequest(particulars: try Sample.particulars($0), overrideReason: nil)
        }
        let batch = Authority.Batch(count: 3, digest: Digest(of: [7]), override: nil)
        let terms = Authority.IssueTerms(office: nil, profile: .full, officer: "张", batch: batch) { _ in }
        #expect(throws: AuthorityError.self) { try seat.authority.issue(requests, on: terms, now: .noon + 5) }
        let number = try #require(try seat.authority.proposals(now: .noon + 5).last?.number)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 6)
        for result in try seat.authority.issue(requests, on: terms, now: .noon + 7) { _ = try result.get() }
        try seat.tamper("SELECT 1")
        #expect(try findings() == ["is of other licences than proposal \(number) is about"])
    }

    /// Who the officers are and what needs approval stands in the anchor as well: a rule that is gone, or made something else, is missed.
    @Test(arguments: [
        "UPDATE act SET kind = 'approve' WHERE kind = 'set_policy'", "DELETE FROM act WHERE kind = 'set_policy'",
        "UPDATE act SET kind = 'approve', reference = 1 WHERE kind = 'retire_officer'",
    ])
    func aRuleThatWasTakenAwayStopsEverything(sql: String) throws {
        let approval = try propose()
        _ = try seat.authority.approve(approval, officer: "李", now: .noon + 2)
        #expect(throws: AuthorityError.self) {
            try seat.authority.retireOfficer("张", reason: "调离", officer: "王", now: .noon + 2)
        }
        let retirement = try #require(try seat.authority.proposals(now: .noon + 2).last).number
        _ = try seat.authority.approve(retirement, officer: "李", now: .noon + 2)
        try seat.authority.retireOfficer("张", reason: "调离", officer: "王", now: .noon + 3)
        try seat.issue(2, now: .noon + 4)
        try seat.tamper(sql)
        let error = #expect(throws: AuthorityError.self) { try seat.issue(3, now: .noon + 5) }
        #expect(error?.code == .rolledBack, "\(String(describing: error))")
    }

    /// An act before the first one is in no chain, and would count as an approval.
    @Test(arguments: [0, -1]) func anActBeforeTheFirstStopsEverything(id: Int) throws {
        let number = try propose()
        let approver = try #require(try seat.authority.registry.read { try $0.officers() }.first { $0.name == "李" })
        try seat.tamper(
            """
            INSERT INTO act (id, at, officer, kind, digest, reference, reason, hash)
                SELECT \(id), at, \(approver.number), 'approve', digest, id, 'annul', zeroblob(32) FROM act WHERE id = \(number)
            """
        )
        let error = #expect(throws: RegistryError.self) { try seat.apply(.annul, now: .noon + 3) }
        #expect(error?.code == .tampered)
        #expect(throws: RegistryError.self) { try findings() }
    }

    /// An act that stands in the chain and was altered into an approval: its approver did not sign that.
    @Test func anActThatWasMadeAnApprovalApprovesNothing() throws {
        let number = try propose()
        try seat.issue(2, now: .noon + 2)
        try seat.issue(3, now: .noon + 2)
        let last = try seat.count("act")
        let approver = try #require(try seat.authority.registry.read { try $0.officers() }.first { $0.name == "李" })
        try seat.tamper(
            """
            UPDATE act SET kind = 'approve', officer = \(approver.number), creditCode = NULL, version = NULL, licence = NULL,
                reason = 'annul', reference = \(number), digest = (SELECT digest FROM act WHERE id = \(number))
                WHERE id = \(last - 1)
            """
        )
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.annul, now: .noon + 3) }
        #expect(error?.code == .rolledBack)
    }

    /// A licence that ended is not issued anew because its row is gone.
    @Test func aRevokedLicenceThatVanishedIsNotIssuedAgain() throws {
        _ = try seat.apply(.revoke, now: .noon + 2)
        try seat.tamper("DELETE FROM licence")
        let error = #expect(throws: AuthorityError.self) { try seat.issue(now: .noon + 3) }
        #expect(error?.code == .rolledBack)
    }

    /// A row that is taken away is found by the doctor, and nothing of its list is published, whether or not it is issued again.
    @Test(arguments: [false, true]) func aLicenceThatVanishedLeavesAGap(isIssuedAgain: Bool) throws {
        try seat.tamper("DELETE FROM licence")
        if isIssuedAgain { try seat.issue(now: .noon + 3) }
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 4) }
        #expect(error?.code == .rolledBack)
        #expect(try !findings().isEmpty)
    }

    @Test func theDoctorGoesOnWhereTheIndexOfNamesIsDamaged() throws {
        try seat.tamper("DELETE FROM licenceName_data")
        let found = try findings()
        #expect(found.contains("what is searched by differs from what is recorded"), "\(found)")
    }

    func findings() throws -> [String] {
        var found: [String] = []
        _ = try Doctor(seat.authority, now: .noon + 9).examine(find: { found.append($0.reason) })
        return found
    }
}
