import Licence
import LicenceCode
package import Logging
import Serving
import Verification

/// A line for each request, where the operator wants one.
///
/// It has the pattern of the route and no path, since that is a licence; who asked, as far as a network goes; and what a licence is called only
/// where that is asked for as well.
package struct RequestLog: Sendable {
    private let logger: Logger?
    private let namesLicences: Bool

    /// No lines without a logger; `namesLicences` adds the credit code of genuine licences.
    package init(_ logger: Logger? = nil, namesLicences: Bool = false) {
        self.logger = logger
        self.namesLicences = namesLicences
    }

    func note(
        _ method: String,
        _ route: String,
        status: Int,
        nanoseconds: Int64,
        client: Client,
        verdict: Verdict? = nil
    ) {
        guard let logger else { return }
        var metadata: Logger.Metadata = [
            "method": "\(method)", "route": "\(route)", "status": "\(status)",
            "microseconds": "\(nanoseconds / 1_000)", "client": "\(client)",
        ]
        if let verdict {
            metadata["verdict"] = "\(verdict.word.rawValue)"
            if namesLicences, verdict.word.vouchesForContent, let claims = verdict.claims {
                metadata["creditCode"] = "\(claims.creditCode.text)"
            }
        }
        logger.notice("request", metadata: metadata)
    }
}
