package import Licence
package import LicenceCode
import OpenSSL
import Publication
package import Registry

extension Authority {
    /// One licence that is asked for.
    package struct IssueRequest {
        package let particulars: Particulars
        /// Why a credit code with a wrong check character is accepted all the same.
        package let overrideReason: String?

        package init(particulars: Particulars, overrideReason: String?) {
            self.particulars = particulars
            self.overrideReason = overrideReason
        }
    }

    /// A licence that is in the registry now.
    package enum IssueOutcome {
        case issued(LicenceRecord)
        /// The same application was issued before; nothing new was made.
        case existing(LicenceRecord)

        package var record: LicenceRecord {
            switch self {
            case .issued(let record), .existing(let record): record
            }
        }
    }

    /// How licences are issued, for a whole batch.
    package struct IssueTerms {
        package let office: DivisionCode?
        package let profile: Profile
        package let officer: String
        /// Refuses a code that cannot be handed out, before it is signed and recorded.
        package let check: (UnverifiedCode) throws -> Void

        package init(
            office: DivisionCode?,
            profile: Profile,
            officer: String,
            check: @escaping (UnverifiedCode) throws -> Void
        ) {
            self.office = office
            self.profile = profile
            self.officer = officer
            self.check = check
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
        return try registry.write { session in
            // Asked for once the registry is ours: while waiting for it others record acts.
            let now = try signingTime(now(), session)
            let keys = try signingKeys(session)
            return try requests.map { request in
                let result = try session.part { try issue(request, on: terms, keys: keys, now: now, in: session) }
                // A key that does not open is no fault of one application; without this each would ask again.
                if case .failure(let error as AuthorityError) = result, error.isOfTheKey { throw error }
                return result
            }
        }
    }

    private func issue(
        _ request: IssueRequest,
        on terms: IssueTerms,
        keys: [TrustedKey],
        now: Instant,
        in session: Registry.Session
    ) throws -> IssueOutcome {
        let particulars = request.particulars
        if let present = try session.licence(particulars.creditCode) {
            guard present.licence.particulars == particulars else {
                throw Self.alreadyLicensed(present)
            }
            return .existing(present)
        }
        let signer = try signer(for: particulars, office: terms.office, among: keys, now: now)
        let licence = try Licence(particulars: particulars, version: 1, issued: today(now))
        let record = try sign(licence, by: signer, terms: terms, now: now, in: session)
        let override = request.overrideReason.map { "credit code accepted against its check character: \($0)" }
        try session.record(
            Act(
                at: now,
                officer: terms.officer,
                kind: .issue,
                subject: record.subject,
                reason: override ?? "application"
            )
        )
        return .issued(record)
    }

    /// Makes the next version of a licence; the one before becomes superseded.
    ///
    /// Where the licence says all that already, nothing is made and it is given back as it is.
    ///
    /// In `changes` nil takes a field away; the office is the one that issued the licence, whatever `terms` says.
    ///
    /// - Throws: ``AuthorityError/Code/illegalChange`` unless the licence is valid, and what the rules of a licence refuse.
    package func change(
        _ creditCode: CreditCode,
        _ changes: [ApplicationField: String?],
        reason: String,
        on terms: IssueTerms,
        now: @autoclosure () -> Instant
    ) throws -> IssueOutcome {
        let before = try registry.read { try licence(creditCode, in: $0) }
        try openKeys(for: [Self.changed(before, changes)], office: before.office, now: now())
        return try registry.write { session in
            let now = try signingTime(now(), session)
            let present = try licence(creditCode, in: session)
            let status = present.status(on: try today(now))
            guard status == .valid else { throw Self.illegal("change", status, creditCode) }
            let particulars = try Self.changed(present, changes)
            if particulars == present.licence.particulars { return .existing(present) }
            let keys = try signingKeys(session)
            let signer = try signer(for: particulars, office: present.office, among: keys, now: now)
            let next = try Licence(particulars: particulars, version: present.licence.version + 1, issued: today(now))
            try session.setStatus(.superseded, of: present)
            let changed = try sign(next, by: signer, terms: terms, now: now, in: session)
            try session.record(
                Act(at: now, officer: terms.officer, kind: .change, subject: changed.subject, reason: reason)
            )
            return .issued(changed)
        }
    }

    /// The particulars of a licence with some fields changed.
    private static func changed(
        _ present: LicenceRecord,
        _ changes: [ApplicationField: String?]
    ) throws -> Particulars {
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

    /// Opens the keys that will sign, so that nobody waits for the registry while a person types a passphrase.
    ///
    /// What no key may sign is refused later, with the reason.
    private func openKeys(for particulars: [Particulars], office: DivisionCode?, now: Instant) throws {
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
        now: Instant,
        in session: Registry.Session
    ) throws -> LicenceRecord {
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

    static func alreadyLicensed(_ present: LicenceRecord) -> AuthorityError {
        let code = present.creditCode
        let advice = present.status == .valid ? "; `licet change \(code)` makes the next version" : ""
        return AuthorityError(
            .alreadyLicensed,
            field: "creditCode",
            "\(code) has a licence with other particulars (version \(present.licence.version), \(present.status.rawValue))\(advice)"
        )
    }
}

extension LicenceRecord {
    package var subject: Act.Subject { Act.Subject(creditCode: creditCode.text, version: licence.version) }
}
