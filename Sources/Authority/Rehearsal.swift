package import Licence
import LicenceCode
import Registry

extension Authority {
    /// Says, without a key and without a trace, why issuing `request` would be refused.
    package func rehearse(_ request: IssueRequest, office: DivisionCode?, now: Instant) throws {
        let particulars = request.particulars
        try registry.read { session in
            try checkClock(now, session)
            if let present = try session.licence(particulars.creditCode) {
                guard present.licence.particulars == particulars, present.status != .superseded else {
                    throw Self.alreadyLicensed(present)
                }
                return
            }
            let signer = try signer(for: particulars, office: office, among: session.keys(of: record), now: now)
            let licence = try Licence(particulars: particulars, version: 1, issued: today(now))
            guard let anywhere = ListReference(list: 1, index: 0) else { return }
            let claims = Claims(licence, profile: .full, reference: anywhere)
            _ = try LintedClaims(claims, key: signer, today: today(now), now: now)
        }
    }
}
