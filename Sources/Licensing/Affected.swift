package import Authority
package import Licence
import LicenceCode
package import Publication
package import Registry

extension Authority {
    /// A licence that nobody believes any more because its key was revoked.
    package struct AffectedLicence {
        package let record: LicenceRecord
        /// When it was recorded; nil where the registry has no act of it, which `licet doctor` reports.
        package let recordedAt: Instant?
    }

    /// The licences in force that a revocation of `key` as of `instant` makes invalid, in the order in which they were issued: those
    /// of that day and later, because a licence says its day and not its second.
    package func licences(
        affectedBy key: TrustedKey,
        asOf instant: Instant,
        now: Instant,
        after: LicenceFilter.Cursor? = nil,
        limit: Int = 1_000
    ) throws -> (licences: [AffectedLicence], next: LicenceFilter.Cursor?) {
        var filter = try filter(affectedBy: key, asOf: instant, now: now)
        filter.after = after
        filter.limit = limit
        return try registry.read { session in
            let page = try session.licences(filter)
            let licences = try page.records.map { record in
                let made = try session.acts(on: record.creditCode).last { act in
                    if case .licence(let kind) = act.deed.kind, kind.makesVersion {
                        act.deed.subject?.version == record.licence.version
                    } else {
                        false
                    }
                }
                return AffectedLicence(record: record, recordedAt: made?.at)
            }
            return (licences, page.next)
        }
    }

    /// How many licences ``licences(affectedBy:asOf:now:after:limit:)`` are.
    package func count(affectedBy key: TrustedKey, asOf instant: Instant, now: Instant) throws -> Int {
        let filter = try filter(affectedBy: key, asOf: instant, now: now)
        return try registry.read { try $0.count(filter) }
    }

    private func filter(affectedBy key: TrustedKey, asOf instant: Instant, now: Instant) throws -> LicenceFilter {
        var filter = LicenceFilter(today: try today(now))
        filter.issuer = key.number
        filter.issuedSince = try CalendarDate(at: instant, utcOffset: key.utcOffset)
        filter.isInForce = true
        return filter
    }

    /// Gives licences of a revoked key a new version by a key that is believed, with the same particulars and in the same status.
    ///
    /// Each by itself is reissued or refused; those that somebody changed in the meantime are left alone.
    package func reissue(
        _ affected: [LicenceRecord],
        reason: String,
        on terms: IssueTerms,
        now: @autoclosure () -> Instant
    ) throws -> [Result<LicenceRecord, any Error>] {
        try openKeys(for: affected, now: now())
        return try write(as: terms.officer, now: now) { desk in
            let keys = try signingKeys(desk.session)
            return try affected.map { before in
                let result = try desk.session.part {
                    try reissue(before, reason: reason, on: terms, keys: keys, at: desk)
                }
                if case .failure(let error as AuthorityError) = result, error.isOfTheKey { throw error }
                return result
            }
        }
    }

    /// Revokes licences of a revoked key; each by itself is revoked or refused.
    ///
    /// Where a policy wants revocations approved, one approval is for all that revoking `key` as of `instant` makes invalid.
    package func revoke(
        _ affected: [LicenceRecord],
        of key: TrustedKey,
        asOf instant: Instant,
        reason: String,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> [Result<LicenceRecord, any Error>] {
        let first = try CalendarDate(at: instant, utcOffset: key.utcOffset)
        let content = ["affectedBy": "\(key.number)", "issuedSince": "\(first)", "reason": reason]
        return try write(as: officer, now: now) { desk in
            let clearance = try clearance(for: LicenceAct.revoke.rawValue, content, at: desk)
            return try affected.map { record in
                try desk.session.part {
                    try setStatus(by: .revoke, of: record.creditCode, reason: reason, at: desk) { present in
                        guard present.issuer == key.number, present.licence.issued >= first else {
                            throw AuthorityError(
                                .illegalChange,
                                "\(record.creditCode) is not by key \(key.number) any more"
                            )
                        }
                        return clearance
                    }
                }
            }
        }
    }

    private func reissue(
        _ before: LicenceRecord,
        reason: String,
        on terms: IssueTerms,
        keys: [TrustedKey],
        at desk: Desk
    ) throws -> LicenceRecord {
        let present = try licence(before.creditCode, in: desk.session)
        _ = try outcome(of: .reissue, on: present, at: desk)
        guard present.licence.version == before.licence.version else {
            throw Self.illegal(.reissue, .superseded, before.creditCode)
        }
        return try nextVersion(
            of: present,
            present.licence.particulars,
            by: .reissue,
            reason: reason,
            clearance: nil,
            on: terms.with(profile: present.profile),
            keys: keys,
            at: desk
        )
    }

    private func openKeys(for affected: [LicenceRecord], now: Instant) throws {
        let trusted = try registry.read { try $0.keys(of: record) }
        let signers = try affected.map {
            try signer(for: $0.licence.particulars, office: $0.office, among: trusted, now: now)
        }
        try open(signers)
    }
}
