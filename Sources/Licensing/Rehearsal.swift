package import Authority
package import Licence
import LicenceCode
import Publication
import Registry

extension Authority {
    /// Says, without a key and without a trace, why issuing each of `requests` would be refused, or what its name warns of.
    package func rehearse(_ requests: [IssueRequest], on terms: IssueTerms, now: Instant) throws -> [Result<
        [Remark], any Error
    >] {
        try registry.read { session in
            let now = try signingTime(now, session)
            let keys = try session.keys(of: record)
            return requests.map { request in
                Result { try rehearse(request, on: terms, keys: keys, now: now, in: session) }
            }
        }
    }

    private func rehearse(
        _ request: IssueRequest,
        on terms: IssueTerms,
        keys: [TrustedKey],
        now: Instant,
        in session: Registry.Session
    ) throws -> [Remark] {
        let particulars = request.particulars
        let present = try session.licence(particulars.creditCode)
        if let present, present.status != .relocated {
            guard present.licence.particulars == particulars else {
                throw try Self.alreadyLicensed(present, not: particulars, in: session)
            }
            return []
        }
        if let present,
            present.office == (try signer(for: particulars, office: terms.office, among: keys, now: now)).office
        {
            guard present.licence.particulars == particulars else { throw Self.movedAway(present) }
            return []
        }
        let name = try nameWarnings(on: particulars, isNew: present == nil, request.nameReason, in: session)
        let signer = try signer(for: particulars, office: terms.office, among: keys, now: now)
        let licence = try Licence(
            particulars: particulars,
            version: (present?.licence.version ?? 0) + 1,
            issued: today(now)
        )
        // Any entry will do: the last one of a list takes the most room.
        guard let reference = ListReference(list: 1, index: Registry.Session.listSize - 1) else { return name.remarks }
        let claims = Claims(licence, profile: terms.profile, reference: reference)
        let entry = Lint.Entry(
            licence: licence,
            office: signer.office,
            reference: reference,
            listSize: Registry.Session.listSize,
            holders: 0,
            versionBefore: present?.licence.version ?? 0
        )
        try terms.check(LintedCode(claims, as: entry, key: signer, today: today(now), now: now).blank)
        return name.remarks
    }
}
