package import Licence
import Registry

extension Authority {
    /// Says, without a key and without a trace, why issuing `request` would be refused.
    package func rehearse(_ request: IssueRequest, office: DivisionCode?, now: Instant) throws {
        let particulars = request.particulars
        try registry.read { session in
            if let present = try session.licence(particulars.creditCode) {
                guard present.licence.particulars == particulars, present.status != .superseded else {
                    throw Self.alreadyLicensed(present)
                }
                return
            }
            _ = try signer(for: particulars, office: office, among: session.keys(of: record), now: now)
            _ = try Licence(particulars: particulars, version: 1, issued: today(now))
        }
    }
}
