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
        after id: Int64 = 0,
        limit: Int = 1_000
    ) throws -> [(id: Int64, licence: AffectedLicence)] {
        var filter = try filter(affectedBy: key, asOf: instant, now: now)
        filter.after = id
        filter.limit = limit
        return try registry.read { session in
            try session.licences(filter).map { row in
                let acts = try session.acts(on: row.record.creditCode)
                let made = acts.last { act in
                    act.subject?.version == row.record.licence.version
                        && [.issue, .change, .reissue].contains(act.kind)
                }
                return (id: row.id, licence: AffectedLicence(record: row.record, recordedAt: made?.at))
            }
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
        return try registry.write { session in
            let now = try signingTime(now(), session)
            let keys = try signingKeys(session)
            return try affected.map { before in
                let result = try session.part {
                    try reissue(before, reason: reason, on: terms, keys: keys, now: now, in: session)
                }
                if case .failure(let error as AuthorityError) = result, error.isOfTheKey { throw error }
                return result
            }
        }
    }

    private func reissue(
        _ before: LicenceRecord,
        reason: String,
        on terms: IssueTerms,
        keys: [TrustedKey],
        now: Instant,
        in session: Registry.Session
    ) throws -> LicenceRecord {
        let present = try licence(before.creditCode, in: session)
        let status = present.status(on: try today(now))
        guard present.licence.version == before.licence.version, status == .valid || status.isReversible else {
            throw Self.illegal("reissue", status, before.creditCode)
        }
        let particulars = present.licence.particulars
        let signer = try signer(for: particulars, office: present.office, among: keys, now: now)
        let next = try Licence(particulars: particulars, version: present.licence.version + 1, issued: today(now))
        try session.setStatus(.superseded, of: present)
        let made = try sign(next, status: status, by: signer, terms: terms, now: now, in: session)
        try session.record(Act(at: now, officer: terms.officer, kind: .reissue, subject: made.subject, reason: reason))
        return made
    }

    private func openKeys(for affected: [LicenceRecord], now: Instant) throws {
        let trusted = try registry.read { try $0.keys(of: record) }
        let signers = try affected.map {
            try signer(for: $0.licence.particulars, office: $0.office, among: trusted, now: now)
        }
        try open(signers)
    }
}
