import Hummingbird
import Licence

/// Whether the daemon is alive, and whether its verdicts can be relied on now.
struct OperationsRoutes {
    let publication: @Sendable () -> LoadedPublication
    let now: @Sendable () -> Instant

    func add(to router: Router<BasicRequestContext>) {
        router.only(.get, "/healthz") { _, _ in
            try Response(status: .ok, headers: Self.headers, json: ["alive": true])
        }
        router.only(.get, "/readyz", ready)
    }

    @Sendable private func ready(_: Request, _: BasicRequestContext) throws -> Response {
        let report = PublicationReport(publication(), now: now())
        guard report.faults.isEmpty else {
            throw Problem(.serviceUnavailable, report.faults.joined(separator: "; "), publication: report)
        }
        return try Response(status: .ok, headers: Self.headers, json: report)
    }

    private static let headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
}
