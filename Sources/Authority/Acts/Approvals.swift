package import Licence
import LicenceCode
import OpenSSL
package import Registry

/// Something waits for approval; whoever catches it proposes it.
package struct ApprovalNeeded: Error {
    package let content: [String: String]
}

extension Authority {
    /// Sees to it that what policy wants approved is: the proposal that the act rests on; nil where none is needed.
    ///
    /// `word` is that of the act, `content` all that will be done: approvals are of exactly that and nothing else.
    /// With `isForced` approval is needed whatever policy says of the act by itself.
    ///
    /// - Throws: ``ApprovalNeeded``, which ``write(as:now:_:)`` turns into a proposal.
    package func clearance(
        for word: String,
        _ content: [String: String],
        isForced: Bool = false,
        at desk: Desk
    ) throws -> Int? {
        let policy = try desk.session.policy()
        guard isForced || policy.asks(for: word) else { return nil }
        let whole = content.merging(["act": word]) { $1 }
        let officers = try desk.session.officers()
        let proposal = try desk.session.proposal(of: whole, by: desk.officer.name, at: desk.now)
        // An approval counts for as long as whoever gave it is at work; a batch is used up once all of it was issued.
        let approved = proposal?.approvals(of: officers) ?? 0
        // What was approved is what the approvers' signatures say, and not what the file says of it.
        if let proposal, approved > 0 {
            for act in [proposal.act] + proposal.counted.map(\.act) {
                guard let fault = try desk.session.fault(of: act) else { continue }
                throw AuthorityError.tampered(fault, "nothing is approved by it")
            }
        }
        // And nothing that came of it since is hidden, or was made another act's.
        if let proposal, approved >= policy.approvals, !Proposal.isOfMany(whole) {
            var fault: String?
            let carried: (Act) -> Void = { act in
                guard act.deed.reference == proposal.number, act.deed.kind != .authority(.approve) else { return }
                fault = "act \(act.number), which carried out proposal \(proposal.number), is hidden"
            }
            let broken = try desk.session.faultOfTail(from: proposal.number, visit: carried)
            if let fault = broken ?? fault { throw AuthorityError.tampered(fault, "nothing is approved by it") }
        }
        let isUsedUp = try whole["batch"].flatMap { Int($0) }.map { count in
            try proposal.map { try desk.session.acts(restingOn: $0.number) >= count } ?? false
        }
        guard let proposal, approved >= policy.approvals, isUsedUp != true else { throw ApprovalNeeded(content: whole) }
        return proposal.number
    }

    /// Records what is proposed, unless it is already; returns the error that says so.
    package func propose(_ needed: ApprovalNeeded, as seal: Seal, now: () -> Instant) throws -> AuthorityError {
        let (proposal, missing) = try write(as: seal.officer.name, now: now) { desk in
            let policy = try desk.session.policy()
            let officers = try desk.session.officers()
            func present() throws -> Proposal? {
                try desk.session.proposal(of: needed.content, by: desk.officer.name, at: desk.now)
            }
            if let proposal = try present() { return (proposal, policy.approvals - proposal.approvals(of: officers)) }
            try desk.record(try Proposal.deed(needed.content, expires: desk.now.adding(seconds: policy.lifetime)))
            guard let proposal = try present() else {
                throw RegistryError(.storage, "what was proposed is not in the registry")
            }
            return (proposal, policy.approvals)
        }
        return AuthorityError(
            .needsApproval,
            "waits for \(missing) approval\(missing == 1 ? "" : "s") until \(proposal.expires): a supervisor looks at "
                + "`licet approve \(proposal.number) --show` and approves; then give the same command again"
        )
    }

    /// What waits to be approved or carried out, as their proposers signed it.
    package func proposals(now: Instant) throws -> [Proposal] {
        try home.read(registry) { session in
            try home.checkTail(session)
            let proposals = try session.proposals(waitingAt: now)
            for proposal in proposals { try Self.refuseUnsigned(proposal, session) }
            return proposals
        }
    }

    /// A proposal as its proposer signed it: who approves has read it.
    package func proposal(_ number: Int) throws -> Proposal? {
        try home.read(registry) { session in
            try home.checkTail(session)
            let proposal = try session.proposal(number)
            if let proposal { try Self.refuseUnsigned(proposal, session) }
            return proposal
        }
    }

    private static func refuseUnsigned(_ proposal: Proposal, _ session: Registry.Session) throws {
        guard let fault = try session.fault(of: proposal.act) else { return }
        throw AuthorityError.tampered(fault, "nobody approves what it shows")
    }

    /// Approves what another officer proposed.
    ///
    /// - Throws: ``AuthorityError/Code/approval`` for one's own proposal, a second time, too late, after it was carried out, and by who is
    ///   no supervisor.
    package func approve(_ number: Int, officer: String, now: @autoclosure () -> Instant) throws -> Proposal {
        try write(as: officer, now: now) { desk in
            guard let proposal = try desk.session.proposal(number) else {
                throw AuthorityError(.approval, "there is no proposal \(number); `licet approve` shows what waits")
            }
            func refuse(_ reason: String) -> AuthorityError {
                AuthorityError(.approval, "proposal \(number) \(reason)")
            }
            guard desk.officer.isSupervisor else { throw refuse("is for supervisors to approve; \(officer) is none") }
            guard proposal.proposer.name != desk.officer.name else {
                throw refuse("is \(officer)'s own; another must approve")
            }
            guard !proposal.approvals.contains(where: { $0.officer.name == desk.officer.name }) else {
                throw refuse("was approved by \(officer) before; another must approve")
            }
            guard desk.now <= proposal.expires else {
                throw refuse("ended at \(proposal.expires); it must be made anew")
            }
            if let done = proposal.done { throw refuse("was carried out by act \(done)") }
            try Self.refuseUnsigned(proposal, desk.session)
            if let fault = try desk.session.overtaken(proposal) { throw refuse("\(fault); it must be made anew") }
            try desk.record(
                Deed(
                    .authority(.approve),
                    digest: try Proposal.digest(of: proposal.content),
                    reference: number,
                    reason: proposal.content["act"] ?? ""
                )
            )
            guard let approved = try desk.session.proposal(number) else {
                throw RegistryError(.storage, "the proposal is not in the registry any more")
            }
            return approved
        }
    }

    package func policy() throws -> Policy { try registry.read { try $0.policy() } }

    /// Says what needs approval from now on; where something does already, this does as well.
    package func set(_ policy: Policy, reason: String, officer: String, now: @autoclosure () -> Instant) throws {
        try write(as: officer, now: now) { desk in
            let live = try desk.session.officers().filter { $0.retired == nil }
            guard policy.canBeMet(by: live) else {
                throw AuthorityError(
                    .approval,
                    "\(policy.approvals) supervisor\(policy.approvals == 1 ? "" : "s") besides the one who proposes must be there first; "
                        + "`licet officer add NAME --supervisor` makes one"
                )
            }
            let detail = try policy.detail
            let clearance = try clearance(
                for: AuthorityAct.setPolicy.rawValue,
                ["policy": detail, "reason": reason],
                at: desk
            )
            try desk.record(Deed(.authority(.setPolicy), reference: clearance, reason: reason, detail: detail))
        }
    }
}

extension Proposal {
    /// How many approvals count now: those of people who are still officers.
    package func approvals(of officers: [Officer]) -> Int { counted.count { $0.officer.isAtWork(in: officers) } }
}

extension Officer {
    /// Whether the person, with this key or a later one, is still an officer.
    package func isAtWork(in officers: [Officer]) -> Bool {
        officers.contains { $0.name == name && $0.retired == nil }
    }
}

extension Registry.Session {
    /// What has happened to a licence since something was proposed of it, that is not to be done any more; nil where nothing has.
    package func overtaken(_ proposal: Proposal) throws -> String? {
        let content = proposal.content
        guard let code = content["code"], let version = content["version"], let status = content["status"],
            let creditCode = content["creditCode"].flatMap({ try? CreditCode($0, checkCharacter: .mayDiffer) }),
            let present = try licence(creditCode),
            present.code.digest.description != code || present.status.rawValue != status
        else { return nil }
        return
            "is about version \(version), \(status), and \(creditCode) has version \(present.licence.version), \(present.status.rawValue), now"
    }
}
