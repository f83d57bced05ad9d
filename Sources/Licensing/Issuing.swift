package import Authority
package import Licence
package import LicenceCode
package import OpenSSL
import Publication
package import Registry

extension Authority {
    /// One licence that is asked for.
    package struct IssueRequest {
        package let particulars: Particulars
        /// Why a credit code with a wrong check character is accepted all the same.
        package let overrideReason: String?
        /// Why a name is accepted that another business of the division has.
        package let nameReason: String?

        package init(particulars: Particulars, overrideReason: String?, nameReason: String? = nil) {
            self.particulars = particulars
            self.overrideReason = overrideReason
            self.nameReason = nameReason
        }

        /// What is accepted against a rule, and why; nil where nothing is.
        func override(isNameTaken: Bool) -> String? {
            let reasons = [
                overrideReason.map { "credit code accepted against its check character: \($0)" },
                isNameTaken ? nameReason.map(Authority.nameOverride) : nil,
            ].compactMap { $0 }
            return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        }
    }

    /// A licence that is in the registry now.
    package enum IssueOutcome {
        /// A new one; the warnings are about its name, for the person at the counter.
        case issued(LicenceRecord, warnings: [Remark])
        /// The same application was issued before; nothing new was made.
        case existing(LicenceRecord)

        package var record: LicenceRecord {
            switch self {
            case .issued(let record, _), .existing(let record): record
            }
        }

        package var warnings: [Remark] { if case .issued(_, let warnings) = self { warnings } else { [] } }
    }

    /// How licences are issued, for a whole batch.
    package struct IssueTerms {
        package let office: DivisionCode?
        package let profile: Profile
        package let officer: String
        /// The batch that is issued, where a policy may want it approved as a whole.
        package let batch: Batch?
        /// Refuses a code that cannot be handed out, before it is signed and recorded.
        package let check: (UnverifiedCode) throws -> Void

        package init(
            office: DivisionCode?,
            profile: Profile,
            officer: String,
            batch: Batch? = nil,
            check: @escaping (UnverifiedCode) throws -> Void
        ) {
            self.office = office
            self.profile = profile
            self.officer = officer
            self.batch = batch
            self.check = check
        }

        func with(profile: Profile) -> IssueTerms {
            IssueTerms(office: office, profile: profile, officer: officer, batch: batch, check: check)
        }
    }

    /// Everything that is to be issued in one go, however many transactions it takes.
    package struct Batch {
        /// How many licences.
        package let count: Int
        /// As ``digest(of:)`` makes it.
        package let digest: Digest
        /// What is accepted against a rule, and why.
        package let override: String?

        /// SHA-256 over the digests of all applications, which are of their canonical JSON, in rising order: a row that is issued later
        /// than those behind it is of the same batch.
        package static func digest(of applications: [Digest]) -> Digest {
            let sorted = applications.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }
            return Digest(of: Array(sorted.joined()))
        }

        package init(count: Int, digest: Digest, override: String?) {
            self.count = count
            self.digest = digest
            self.override = override
        }
    }

    /// Issues several licences in one transaction; each by itself is issued or refused.
    ///
    /// For each: look for the same application, reserve version and index, lint, sign, record with an act. When this returns,
    /// all that it returns is on the disk.
    package func issue(
        _ requests: [IssueRequest],
        on terms: IssueTerms,
        now: @autoclosure () -> Instant
    ) throws -> [Result<IssueOutcome, any Error>] {
        try openKeys(for: requests.map(\.particulars), office: terms.office, now: now())
        let results = try write(as: terms.officer, now: now) { desk in
            let keys = try signingKeys(desk.session)
            let clearance = try batchClearance(terms, requests, at: desk)
            return try requests.map { request in
                let result = try desk.session.part {
                    try issue(request, on: terms, keys: keys, clearance: clearance, at: desk)
                }
                // A key that does not open is no fault of one application; without this each would ask again.
                if case .failure(let error as AuthorityError) = result, error.isOfTheKey { throw error }
                return result
            }
        }
        return try results.map { result in
            guard case .failure(let needed as ApprovalNeeded) = result else { return result }
            return .failure(try propose(needed, as: seal(of: terms.officer), now: now))
        }
    }

    /// The proposal of the whole batch; nil when it is small enough to need none, or nothing of it is left to be issued.
    private func batchClearance(_ terms: IssueTerms, _ requests: [IssueRequest], at desk: Desk) throws -> Int? {
        guard let batch = terms.batch, let limit = try desk.session.policy().batchOver, batch.count > limit,
            try requests.contains(where: {
                try desk.session.licence($0.particulars.creditCode)?.licence.particulars != $0.particulars
            })
        else { return nil }
        var content = [
            "batch": "\(batch.count)", "applications": batch.digest.description, "profile": terms.profile.rawValue,
        ]
        content["office"] = terms.office?.description
        content["override"] = batch.override
        return try clearance(for: LicenceAct.issue.rawValue, content, isForced: true, at: desk)
    }

    private func issue(
        _ request: IssueRequest,
        on terms: IssueTerms,
        keys: [TrustedKey],
        clearance: Int?,
        at desk: Desk
    ) throws -> IssueOutcome {
        let particulars = request.particulars
        let present = try desk.session.licence(particulars.creditCode)
        if let present, present.status != .relocated, present.licence.particulars != particulars {
            throw try Self.alreadyLicensed(present, not: particulars, in: desk.session)
        }
        // Of a licence that ended somebody might take the row away, to have it issued anew; and what is there is handed out again.
        guard try present.map({ try isAsTold($0, desk.session) }) ?? desk.session.isUntouched(particulars.creditCode)
        else {
            throw Self.toldOtherwise(particulars.creditCode)
        }
        if let present, present.status != .relocated { return .existing(present) }
        let signer = try signer(for: particulars, office: terms.office, among: keys, now: desk.now)
        // Where it moved away, another office begins anew; the same application at the same office is the licence that left.
        if let present, present.office == signer.office {
            guard present.licence.particulars == particulars else { throw Self.movedAway(present) }
            return .existing(present)
        }
        let licence = try Licence(
            particulars: particulars,
            version: (present?.licence.version ?? 0) + 1,
            issued: today(desk.now)
        )
        let name = try nameWarnings(on: particulars, isNew: present == nil, request.nameReason, in: desk.session)
        let override = request.override(isNameTaken: name.isTaken)
        let clearance =
            try clearance ?? issueClearance(request, override, signer.office, terms.profile, at: desk)
        let record = try sign(licence, by: signer, terms: terms, at: desk)
        try desk.record(
            Deed(
                .licence(.issue),
                on: record.subject,
                digest: record.code.digest,
                reference: clearance,
                reason: override ?? Deed.ordinaryIssue
            )
        )
        return .issued(record, warnings: name.remarks)
    }

    /// The proposal of one licence, where every issue, or this one because it is against a rule, needs approval.
    private func issueClearance(
        _ request: IssueRequest,
        _ override: String?,
        _ office: DivisionCode,
        _ profile: Profile,
        at desk: Desk
    ) throws -> Int? {
        let policy = try desk.session.policy()
        let isOverride = override != nil && policy.acts.contains(Policy.override)
        guard isOverride || policy.asks(for: LicenceAct.issue.rawValue) else { return nil }
        var content = [
            "application": Application(request.particulars).json, "office": "\(office)", "profile": profile.rawValue,
        ]
        content["override"] = override
        content["creditCode"] = request.particulars.creditCode.text
        return try clearance(for: LicenceAct.issue.rawValue, content, isForced: true, at: desk)
    }

    /// Whether the newest version of a licence has these particulars.
    package func isIssued(_ particulars: Particulars) throws -> Bool {
        try registry.read { try $0.licence(particulars.creditCode)?.licence.particulars } == particulars
    }

    /// Opens the keys that will sign, so that nobody waits for the registry while a person types a passphrase.
    ///
    /// What no key may sign is refused later, with the reason.
    func openKeys(for particulars: [Particulars], office: DivisionCode?, now: Instant) throws {
        let trusted = try registry.read { try $0.keys(of: record) }
        try open(particulars.compactMap { try? signer(for: $0, office: office, among: trusted, now: now) })
    }

    /// Opens each of some keys once, rising by number.
    func open(_ signers: [TrustedKey]) throws {
        for number in Set(signers.map(\.number)).sorted() {
            if let signer = signers.first(where: { $0.number == number }) { _ = try keys.signer(of: signer) }
        }
    }

    /// Reserves an entry, lints, signs and records `licence`.
    func sign(
        _ licence: Licence,
        status: LicenceStatus = .valid,
        by signer: TrustedKey,
        terms: IssueTerms,
        at desk: Desk
    ) throws -> LicenceRecord {
        let (session, now) = (desk.session, desk.now)
        var generator = SystemRandomNumberGenerator()
        let reference = try session.reserveEntry(of: signer.office, using: &generator)
        let claims = Claims(licence, profile: terms.profile, reference: reference)
        let entry = Lint.Entry(
            licence: licence,
            office: signer.office,
            reference: reference,
            listSize: try session.listSize(of: signer.office, reference.list),
            holders: try session.holders(of: reference, in: signer.office),
            versionBefore: try session.licence(licence.particulars.creditCode)?.licence.version ?? 0
        )
        let linted = try LintedCode(claims, as: entry, key: signer, today: today(now), now: now)
        try terms.check(linted.blank)
        let code = try linted.signed(with: keys.signer(of: signer))
        let record = LicenceRecord(
            licence: licence,
            status: status,
            office: signer.office,
            reference: reference,
            issuer: signer.number,
            code: code
        )
        try session.insert(record)
        return record
    }

    static func toldOtherwise(_ creditCode: CreditCode) -> AuthorityError {
        AuthorityError.tampered("\(creditCode) is recorded otherwise than its acts tell", "nothing is done with it")
    }

    static func movedAway(_ present: LicenceRecord) -> AuthorityError {
        AuthorityError(
            .alreadyLicensed,
            field: "creditCode",
            "\(present.creditCode) has moved away from office \(present.office); another office that may sign for its division issues it "
                + "(--office)"
        )
    }

    /// Why another licence is not issued beside `present`; an old batch may hold what was right before the last change.
    static func alreadyLicensed(
        _ present: LicenceRecord,
        not particulars: Particulars,
        in session: Registry.Session
    ) throws -> AuthorityError {
        let code = present.creditCode
        if let old = try session.versions(of: code).last(where: { $0.licence.particulars == particulars }) {
            return AuthorityError(
                .changedSince,
                field: "creditCode",
                "\(code) had these particulars in version \(old.licence.version); version \(present.licence.version), "
                    + "\(present.status.rawValue), has others"
            )
        }
        let advice =
            present.status == .valid ? "; where the code is no slip, `licet change \(code)` makes the next version" : ""
        return AuthorityError(
            .alreadyLicensed,
            field: "creditCode",
            "\(code) has a licence with other particulars (version \(present.licence.version), \(present.status.rawValue))\(advice)"
        )
    }
}
