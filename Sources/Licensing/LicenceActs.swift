package import Authority
package import Licence
package import LicenceCode
import OpenSSL
import Publication
package import Registry

extension Authority {
    /// What makes the next version of a licence.
    package enum Revision {
        /// Other particulars; nil takes a field away. `nameReason` is why a name is accepted that another business of the division has.
        case change([ApplicationField: String?], nameReason: String? = nil)
        /// The term ends on this day instead.
        case renew(until: CalendarDate)
        /// The same again, for a paper that was lost or damaged.
        case replace

        var act: LicenceAct {
            switch self {
            case .change: .change
            case .renew: .renew
            case .replace: .replace
            }
        }
    }

    /// Moves a licence to another status and records who did it and why.
    ///
    /// - Throws: ``AuthorityError/Code/noSuchLicence``, ``AuthorityError/Code/illegalChange`` with the acts that are legal, or
    ///   ``AuthorityError/Code/needsApproval``.
    package func apply(
        _ act: LicenceAct,
        to creditCode: CreditCode,
        reason: String,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> LicenceRecord {
        try write(as: officer, now: now) { desk in
            try setStatus(by: act, of: creditCode, reason: reason, at: desk) { present in
                try clearance(for: act.rawValue, Self.content(present, reason), at: desk)
            }
        }
    }

    /// The same in a transaction; `clearance` gives the proposal that it rests on.
    func setStatus(
        by act: LicenceAct,
        of creditCode: CreditCode,
        reason: String,
        at desk: Desk,
        clearance: (LicenceRecord) throws -> Int?
    ) throws -> LicenceRecord {
        let present = try licence(creditCode, in: desk.session)
        guard !act.makesVersion, case .status(let target) = try outcome(of: act, on: present, at: desk) else {
            throw AuthorityError(.illegalChange, "\(act.rawValue) makes a new version, and is no change of status")
        }
        let clearance = try clearance(present)
        try desk.session.setStatus(target, of: present)
        try desk.record(
            Deed(
                .licence(act),
                on: present.subject,
                digest: present.code.digest,
                reference: clearance,
                reason: reason
            )
        )
        return try licence(creditCode, in: desk.session)
    }

    /// The offices that may issue a licence once it has moved away from its own: whose keys are for the division of its credit code, which
    /// no move changes, and for its kind.
    package func officesThatMayTake(_ licence: LicenceRecord, now: Instant) throws -> [DivisionCode] {
        let keys = try registry.read { try $0.keys(of: record) }.filter { key in
            key.purpose == .licences && key.office != licence.office && key.signs(at: now) && key.revocation == nil
                && key.kinds.contains(licence.licence.particulars.kind)
                && key.divisions.contains { $0.covers(licence.creditCode.division) }
        }
        return Set(keys.map(\.office)).sorted { $0.number < $1.number }
    }

    /// Makes the next version of a licence; the one before becomes superseded.
    ///
    /// Where a change changes nothing, nothing is made and the licence is given back as it is. The office is the one that issued the
    /// licence, whatever `terms` says; what is renewed or replaced keeps its profile.
    ///
    /// - Throws: ``AuthorityError/Code/illegalChange``, ``AuthorityError/Code/needsApproval``, and what the rules of a licence refuse.
    package func revise(
        _ creditCode: CreditCode,
        _ revision: Revision,
        reason: String,
        on terms: IssueTerms,
        now: @autoclosure () -> Instant
    ) throws -> IssueOutcome {
        let before = try registry.read { try licence(creditCode, in: $0) }
        _ = try outcome(of: revision.act, on: before, now())
        try openKeys(for: [particulars(of: before, revision)], office: before.office, now: now())
        return try write(as: terms.officer, now: now) { desk in
            let present = try licence(creditCode, in: desk.session)
            _ = try outcome(of: revision.act, on: present, at: desk)
            let particulars = try particulars(of: present, revision)
            if case .change = revision, particulars == present.licence.particulars { return .existing(present) }
            let isRenamed = particulars.name != present.licence.particulars.name
            var warnings = try lintChange(of: present, to: particulars, at: desk)
            var content = Self.content(present, reason)
            if isRenamed {
                let nameReason: String? = if case .change(_, let reason) = revision { reason } else { nil }
                let name = try nameWarnings(on: particulars, nameReason, in: desk.session)
                warnings += name.remarks
                if name.isTaken { content["override"] = nameReason.map(Self.nameOverride) }
            }
            content["application"] = Application(particulars).json
            let keepsProfile = if case .change = revision { false } else { true }
            let profile = keepsProfile ? present.profile : terms.profile
            content["profile"] = profile.rawValue
            let isOverride =
                try content["override"] != nil && desk.session.policy().acts.contains(Policy.override)
            let clearance = try clearance(for: revision.act.rawValue, content, isForced: isOverride, at: desk)
            return .issued(
                try nextVersion(
                    of: present,
                    particulars,
                    by: revision.act,
                    reason: reason,
                    override: content["override"],
                    clearance: clearance,
                    on: terms.with(profile: profile),
                    keys: signingKeys(desk.session),
                    at: desk
                ),
                warnings: warnings
            )
        }
    }

    /// Signs and records the version after `present`, in the same status.
    func nextVersion(
        of present: LicenceRecord,
        _ particulars: Particulars,
        by act: LicenceAct,
        reason: String,
        override: String? = nil,
        clearance: Int?,
        on terms: IssueTerms,
        keys: [TrustedKey],
        at desk: Desk
    ) throws -> LicenceRecord {
        let signer = try signer(for: particulars, office: present.office, among: keys, now: desk.now)
        let next = try Licence(
            particulars: particulars,
            version: present.licence.version + 1,
            issued: today(desk.now)
        )
        try desk.session.setStatus(.superseded, of: present)
        let made = try sign(next, status: present.status, by: signer, terms: terms, at: desk)
        try desk.record(
            Deed(
                .licence(act),
                on: made.subject,
                digest: made.code.digest,
                reference: clearance,
                reason: reason,
                detail: override
            )
        )
        return made
    }

    /// The particulars of the next version.
    private func particulars(of present: LicenceRecord, _ revision: Revision) throws -> Particulars {
        switch revision {
        case .replace: return present.licence.particulars
        case .renew(let last):
            guard let term = present.licence.particulars.term else {
                throw AuthorityError(
                    .illegalChange,
                    field: "term",
                    "\(present.creditCode) has no term that could be renewed"
                )
            }
            guard term.to.map({ $0 < last }) ?? false else {
                throw AuthorityError(
                    .illegalChange,
                    field: "term.to",
                    term.to.map { "the term of \(present.creditCode) ends on \($0) already" }
                        ?? "the term of \(present.creditCode) has no end"
                )
            }
            return try Self.changed(present, [.termTo: last.description])
        case .change(let changes, _): return try Self.changed(present, changes)
        }
    }

    /// What is to be said of the new particulars that was not to be said of those before.
    ///
    /// - Throws: ``AuthorityError/Code/lint`` for an error.
    private func lintChange(of present: LicenceRecord, to particulars: Particulars, at desk: Desk) throws -> [Remark] {
        let today = try today(desk.now)
        func remarks(_ particulars: Particulars) -> [Remark] {
            Application(particulars).examine(today: today, checkCharacter: .mayDiffer).remarks
        }
        let before = Set(remarks(present.licence.particulars))
        let new = remarks(particulars).filter { !before.contains($0) }
        if let error = new.first(where: { $0.level == .error }) {
            throw AuthorityError(
                .lint,
                field: error.field,
                [error.problem, error.hint].compactMap { $0 }.joined(separator: "; ")
            )
        }
        return new
    }

    /// The particulars of a licence with some fields changed.
    private static func changed(_ present: LicenceRecord, _ changes: [ApplicationField: String?]) throws -> Particulars
    {
        var application = Application(present.licence.particulars)
        for (field, value) in changes { application.fields[field] = value }
        let particulars = try application.review(checkCharacter: .mayDiffer).particulars
        guard particulars.creditCode == present.creditCode else {
            throw AuthorityError(
                .illegalChange,
                field: "creditCode",
                "a credit code is for life; it cannot be changed"
            )
        }
        return particulars
    }

    /// What comes of `act` now.
    ///
    /// - Throws: ``AuthorityError/Code/illegalChange`` with the acts that are legal.
    ///
    /// Nothing is built on a licence that its acts do not tell of as it is recorded.
    func outcome(of act: LicenceAct, on present: LicenceRecord, at desk: Desk) throws -> LicenceAct.Outcome {
        guard try isAsTold(present, desk.session) else {
            throw Self.toldOtherwise(present.creditCode)
        }
        return try outcome(of: act, on: present, desk.now)
    }

    private func outcome(of act: LicenceAct, on present: LicenceRecord, _ now: Instant) throws -> LicenceAct.Outcome {
        let status = present.status(on: try today(now))
        guard let outcome = act.outcome(from: status) else { throw Self.illegal(act, status, present.creditCode) }
        return outcome
    }

    /// What an approval is bound to: this version in this status, and why.
    private static func content(_ present: LicenceRecord, _ reason: String) -> [String: String] {
        [
            "creditCode": present.creditCode.text, "name": present.licence.particulars.name,
            "version": "\(present.licence.version)", "status": present.status.rawValue,
            "code": present.code.digest.description, "reason": reason,
        ]
    }

    /// A licence whose code is to be drawn, the newest version or the given one; nil where there is none.
    ///
    /// What is drawn leaves the office as its paper: the address in it and the code must be those that were recorded and signed.
    package func licenceToDraw(_ creditCode: CreditCode, version: Int? = nil) throws -> LicenceRecord? {
        try home.read(registry) { session in
            try home.checkTail(session)
            guard let record = try session.licence(creditCode, version: version) else { return nil }
            guard try isAsTold(record, session) else { throw Self.toldOtherwise(creditCode) }
            return record
        }
    }

    /// The newest version of a licence.
    func licence(_ creditCode: CreditCode, in session: Registry.Session) throws -> LicenceRecord {
        guard let record = try session.licence(creditCode) else {
            throw AuthorityError(.noSuchLicence, "no licence was ever issued for \(creditCode)")
        }
        return record
    }

    static func illegal(_ act: LicenceAct, _ status: LicenceStatus, _ creditCode: CreditCode) -> AuthorityError {
        let legal = LicenceAct.legal(from: status).map(\.rawValue)
        let advice =
            legal.isEmpty ? "nothing can be done with it any more" : "possible: \(legal.joined(separator: ", "))"
        return AuthorityError(
            .illegalChange,
            "\(creditCode) is \(status.rawValue), so that \(act.rawValue) is not possible; \(advice)"
        )
    }
}

extension LicenceRecord {
    package var subject: Deed.Subject { Deed.Subject(creditCode: creditCode.text, version: licence.version) }

    /// Whether the code carries the whole scope or its digest only.
    package var profile: Profile { if case .digest = code.claims.scope { .core } else { .full } }
}
