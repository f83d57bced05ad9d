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

/// TARGETS row 20: self-approval, the same approver twice, an approval that ended: none passes.
@Suite struct FourEyesTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        try seat.issue()
        try set(["annul", "override"])
    }

    @Test func whatNeedsApprovalIsProposedAndNotDone() throws {
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.annul, now: .noon + 1) }
        #expect(error?.code == .needsApproval)
        #expect(try status() == .valid)
        let waiting = try seat.authority.proposals(now: .noon + 1)
        #expect(waiting.count == 1)
        #expect(waiting.first?.content["creditCode"] == (try Sample.creditCode(1).text))
        #expect(waiting.first?.content["reason"] == "查处")
        #expect(waiting.first?.proposer.name == "张")
        // The same again proposes nothing new.
        #expect(throws: AuthorityError.self) { try seat.apply(.annul, now: .noon + 2) }
        #expect(try seat.authority.proposals(now: .noon + 2).count == 1)
    }

    @Test func isDoneOnceAnotherHasApproved() throws {
        let number = try propose()
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 2)
        #expect(try seat.apply(.annul, now: .noon + 3).status == .annulled)
        #expect(try seat.acts().last?.deed.reference == number)
        #expect(try seat.authority.proposals(now: .noon + 3).isEmpty)
    }

    @Test func whatNeedsNoneIsDoneAtOnce() throws {
        #expect(try seat.apply(.suspend, now: .noon + 1).status == .suspended)
    }

    /// Whatever the order, of 1,000 attempts that break a rule none passes.
    @Test func ofAThousandAttemptsWithoutAnotherPairOfEyesNonePasses() throws {
        var generator = SeededGenerator(seed: 20)
        _ = try addSupervisor("赵")
        try set(["annul", "override"], approvals: 2, now: .noon + 6)
        var (passed, attempts) = (0, 0)
        var now = Instant.noon + 10
        for attempt in 0..<100 {
            let licence = 100 + attempt
            try seat.issue(licence, now: now)
            let proposal = try propose(licence, by: "王", now: now)
            // Two approvals are needed; each kind of attempt tries to do with fewer.
            var ways = [("王", now), ("张", now), ("赵", now), ("赵", now)]
            ways.shuffle(using: &generator)
            var approvers: Set<String> = []
            for (name, at) in ways {
                attempts += 2
                let approved = try? seat.authority.approve(proposal, officer: name, now: at)
                if approved != nil, name == "王" || name == "张" || !approvers.insert(name).inserted { passed += 1 }
                if (try? seat.authority.apply(
                    .annul,
                    to: Sample.creditCode(licence),
                    reason: "r",
                    officer: "王",
                    now: at
                )) != nil {
                    passed += 1
                }
            }
            now = now + 86_401
            attempts += 2
            if (try? seat.authority.approve(proposal, officer: "李", now: now)) != nil { passed += 1 }
            if (try? seat.authority.apply(.annul, to: Sample.creditCode(licence), reason: "r", officer: "王", now: now))
                != nil
            {
                passed += 1
            }
            #expect(try status(licence) == .valid)
        }
        #expect(attempts == 1_000)
        #expect(passed == 0)
    }

    @Test(arguments: [
        ("another reason", "r2", 1, "张"), ("another licence", "查处", 2, "张"), ("another officer", "查处", 1, "王"),
    ])
    func anApprovalIsOfExactlyWhatWasProposed(what: String, reason: String, licence: Int, officer: String) throws {
        try seat.issue(2, now: .noon + 1)
        let number = try propose()
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 2)
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.apply(
                .annul,
                to: Sample.creditCode(licence),
                reason: reason,
                officer: officer,
                now: .noon + 3
            )
        }
        #expect(error?.code == .needsApproval, "\(what)")
        #expect(try status(licence) == .valid)
    }

    @Test func anApprovalServesOnce() throws {
        try set(["suspend"])
        #expect(throws: AuthorityError.self) { try seat.apply(.suspend, now: .noon + 3) }
        let number = try #require(try seat.authority.proposals(now: .noon + 3).last?.number)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 3)
        _ = try seat.apply(.suspend, now: .noon + 4)
        _ = try seat.apply(.resume, now: .noon + 5)
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.suspend, now: .noon + 6) }
        #expect(error?.code == .needsApproval)
    }

    @Test func anOverrideWaitsForApprovalAndOthersOfTheBatchDoNot() throws {
        let code = "91350203M0001QKT19"
        var application = Application(try Sample.particulars(3))
        application.fields[.creditCode] = code
        let particulars = try application.review(checkCharacter: .mayDiffer).particulars
        _ = try seat.authority.add(Seat.office(350_203), key: Seat.key(), officer: "王", now: .noon + 1)
        let requests = [
            Authority.IssueRequest(particulars: particulars, overrideReason: "issued before 2016"),
            Authority.IssueRequest(particulars: try Sample.particulars(7), overrideReason: nil),
        ]
        func issue(_ now: Instant) throws -> [Result<Authority.IssueOutcome, any Error>] {
            try seat.authority.issue(requests, on: Seat.terms(), now: now)
        }
        let first = try issue(.noon + 2)
        #expect(throws: AuthorityError.self) { try first[0].get() }
        _ = try first[1].get()
        let number = try #require(try seat.authority.proposals(now: .noon + 3).first?.number)
        // 李 proposed it; another supervisor looks at it.
        #expect(throws: AuthorityError.self) { try seat.authority.approve(number, officer: "李", now: .noon + 3) }
        _ = try seat.authority.approve(number, officer: "王", now: .noon + 3)
        #expect(try issue(.noon + 4)[0].get().record.creditCode.text == code)
    }

    @Test func aBatchIsApprovedAsAWholeAndGoesThroughInManyTransactions() throws {
        try set([], batchOver: 3)
        let requests = try (10..<16).map {
            Authority.IssueRequest(particulars: try Sample.particulars($0), overrideReason: nil)
        }
        let digest = Authority.Batch.digest(
            of: requests.map { Digest(of: Array(Application($0.particulars).json.utf8)) }
        )
        let batch = Authority.Batch(count: 6, digest: digest, override: nil)
        let terms = Authority.IssueTerms(office: nil, profile: .full, officer: "张", batch: batch) { _ in }
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.issue(requests, on: terms, now: .noon + 5)
        }
        #expect(error?.code == .needsApproval)
        #expect(try seat.count("licence") == 1)
        let number = try #require(try seat.authority.proposals(now: .noon + 5).last?.number)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 6)
        for part in [requests.prefix(3), requests.suffix(3)] {
            for result in try seat.authority.issue(Array(part), on: terms, now: .noon + 7) { _ = try result.get() }
        }
        #expect(try seat.count("licence") == 7)
        let other = Authority.Batch(count: 6, digest: Digest(of: [2]), override: nil)
        let otherTerms = Authority.IssueTerms(office: nil, profile: .full, officer: "张", batch: other) { _ in }
        let more = try requests + [Authority.IssueRequest(particulars: Sample.particulars(16), overrideReason: nil)]
        #expect(throws: AuthorityError.self) { try seat.authority.issue(more, on: otherTerms, now: .noon + 8) }
    }

    @Test func oneApprovalIsForAllThatARevokedKeyMadeInvalidAndForNothingElse() throws {
        try set(["revoke"])
        for number in 20..<23 { try seat.issue(number, now: .noon + 1) }
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 2)
        let heir = try seat.issue(23, now: .noon + 3)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "私钥遗失", officer: "王", now: .noon + 4)
        let affected = try seat.affected(asOf: .noon, now: .noon + 4).map(\.record)
        #expect(affected.count == 4)
        func revoke(_ records: [LicenceRecord], reason: String = "私钥遗失") throws -> [Result<LicenceRecord, any Error>] {
            try seat.authority.revoke(
                records,
                of: seat.office,
                asOf: .noon,
                reason: reason,
                officer: "张",
                now: .noon + 5
            )
        }
        let error = #expect(throws: AuthorityError.self) { try revoke(affected) }
        #expect(error?.code == .needsApproval)
        #expect(try status(20) == .valid)
        let number = try #require(try seat.authority.proposals(now: .noon + 5).last?.number)
        #expect(throws: AuthorityError.self) { try seat.authority.approve(number, officer: "张", now: .noon + 5) }
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 5)
        // Page by page, and nothing that another key signed.
        for result in try revoke(Array(affected.prefix(2))) + revoke(Array(affected.suffix(2))) { _ = try result.get() }
        for number in [1, 20, 21, 22] { #expect(try status(number) == .revoked) }
        #expect(try revoke([heir]).allSatisfy { (try? $0.get()) == nil })
        #expect(try status(23) == .valid)
        #expect(throws: AuthorityError.self) { try revoke([heir], reason: "别的") }
        #expect(try seat.acts(20).last?.deed.reference == number)
    }

    /// With the real key of an officer, what was approved for one key's licences is done to another's.
    @Test func theDoctorFindsARevocationThatRestsOnWhatWasApprovedOfOtherLicences() throws {
        try set(["revoke"])
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 2)
        let heir = try seat.issue(23, now: .noon + 3)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "r", officer: "王", now: .noon + 4)
        let affected = try seat.affected(asOf: .noon, now: .noon + 4).map(\.record)
        func revoke() throws {
            _ = try seat.authority.revoke(
                affected,
                of: seat.office,
                asOf: .noon,
                reason: "r",
                officer: "张",
                now: .noon + 5
            )
        }
        #expect(throws: AuthorityError.self) { try revoke() }
        let number = try #require(try seat.authority.proposals(now: .noon + 5).last?.number)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 5)
        try revoke()
        let seal = try seat.authority.seal(of: "张")
        try seat.authority.registry.write { session in
            try session.setStatus(.revoked, of: heir)
            try session.record(
                Deed(.licence(.revoke), on: heir.subject, digest: heir.code.digest, reference: number, reason: "r"),
                by: seal.officer.number,
                at: .noon + 6
            )
            _ = try session.sign(with: seal.signer)
        }
        try seat.tamper("SELECT 1")
        var found: [Doctor.Finding] = []
        _ = try Doctor(seat.authority, now: .noon + 9).examine(find: { found.append($0) })
        #expect(found.map(\.reason).contains("is of a licence that proposal \(number) is not about"))
    }

    @Test func thePolicyKeepsItself() throws {
        let ended = #expect(throws: AuthorityError.self) {
            try seat.authority.set(.none, reason: "r", officer: "王", now: .noon + 5)
        }
        #expect(ended?.code == .needsApproval)
        let made = #expect(throws: AuthorityError.self) {
            try seat.authority.addOfficer(
                "同伙",
                isSupervisor: true,
                place: .file(passphrase: Seat.passphrase),
                officer: "王",
                now: .noon + 5
            )
        }
        #expect(made?.code == .officer)
        let added = #expect(throws: AuthorityError.self) { try add("同伙", PrivateKey(algorithm: .edDSA).publicKey) }
        #expect(added?.code == .needsApproval)
        #expect(try seat.authority.policy().acts == ["annul", "override"])
        let tooFew = #expect(throws: AuthorityError.self) {
            try seat.authority.set(
                Policy(acts: ["annul"], batchOver: nil, approvals: 2, lifetime: 60),
                reason: "r",
                officer: "王",
                now: .noon + 5
            )
        }
        #expect(tooFew?.code == .approval)
        let needed = #expect(throws: AuthorityError.self) {
            try seat.authority.retireOfficer("李", reason: "r", officer: "王", now: .noon + 5)
        }
        #expect(needed?.code == .officer)
    }

    /// A program of somebody's own, with the real key of an officer, that does not ask for approval.
    @Test func theDoctorFindsAnActThatWasNotApproved() throws {
        let seal = try seat.authority.seal(of: "张")
        try seat.authority.registry.write { session in
            let present = try #require(try session.licence(Sample.creditCode(1)))
            try session.setStatus(.annulled, of: present)
            try session.record(
                Deed(.licence(.annul), on: present.subject, digest: present.code.digest, reason: "r"),
                by: seal.officer.number,
                at: .noon + 5
            )
            _ = try session.sign(with: seal.signer)
        }
        try seat.tamper("SELECT 1")
        var found: [Doctor.Finding] = []
        _ = try Doctor(seat.authority, now: .noon + 9).examine(find: { found.append($0) })
        #expect(found.map(\.reason) == ["needed approval by the policy of its time, and has none"])
    }

    // MARK: -

    func status(_ number: Int = 1) throws -> LicenceStatus? {
        try seat.authority.registry.read { try $0.licence(Sample.creditCode(number))?.status }
    }

    func propose(_ number: Int = 1, by officer: String = "张", now: Instant = .noon + 1) throws -> Int {
        let reason = officer == "张" ? "查处" : "r"
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.apply(.annul, to: Sample.creditCode(number), reason: reason, officer: officer, now: now)
        }
        #expect(error?.code == .needsApproval)
        return try #require(try seat.authority.proposals(now: now).last?.number)
    }

    func add(_ name: String, _ key: PublicKey) throws -> Officer {
        try seat.authority.addOfficer(name, isSupervisor: true, key: key, officer: "王", now: .noon + 5)
    }

    /// With the approval of 李.
    func addSupervisor(_ name: String) throws -> Officer {
        let key = try seat.authority.makeOfficerKey(of: name, place: .file(passphrase: Seat.passphrase))
        #expect(throws: AuthorityError.self) { try add(name, key) }
        let number = try #require(try seat.authority.proposals(now: .noon + 5).last?.number)
        _ = try seat.authority.approve(number, officer: "李", now: .noon + 5)
        // Approved is this key, and no other.
        #expect(throws: AuthorityError.self) { try add(name, PrivateKey(algorithm: .edDSA).publicKey) }
        return try add(name, key)
    }

    /// Sets a policy, approved where there was one before.
    func set(_ acts: Set<String>, batchOver: Int? = nil, approvals: Int = 1, now: Instant = .noon + 1) throws {
        let policy = Policy(acts: acts, batchOver: batchOver, approvals: approvals, lifetime: 86_400)
        func set() throws { try seat.authority.set(policy, reason: "四眼原则", officer: "王", now: now) }
        do { try set() } catch let error as AuthorityError where error.code == .needsApproval {
            let number = try #require(try seat.authority.proposals(now: now).last?.number)
            _ = try seat.authority.approve(number, officer: "李", now: now)
            try set()
        }
    }
}
