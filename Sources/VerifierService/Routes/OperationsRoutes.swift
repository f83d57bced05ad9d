import Hummingbird
import Licence
import Publication
import Serving

/// Whether the daemon is alive, whether its verdicts can be relied on now, and what it has counted.
struct OperationsRoutes {
    let verdicts: Verdicts
    let photos: PhotoReader
    let limits: Limits
    let gauges: @Sendable () -> Gauges

    func add(to router: Router<VerifierContext>) {
        router.only(.get, "/healthz") { _, _ in
            try Response(status: .ok, headers: Self.headers, json: ["alive": true])
        }
        router.only(.get, "/readyz", ready)
        router.only(.get, "/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: Exposition.mediaType, .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: exposition))
            )
        }
    }

    @Sendable private func ready(_: Request, _: VerifierContext) throws -> Response {
        let report = report(gauges())
        guard report.faults.isEmpty else {
            throw Problem(.serviceUnavailable, report.faults.joined(separator: "; "), publication: report)
        }
        return try Response(status: .ok, headers: Self.headers, json: report)
    }

    private func report(_ gauges: Gauges) -> PublicationReport {
        PublicationReport(
            verdicts.publication().contents,
            now: verdicts.now(),
            syncedAt: gauges.syncedAt,
            fault: gauges.syncFault
        )
    }

    private static let headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]

    private var exposition: String {
        var exposition = Exposition()
        exposition.write(verdicts.metrics)
        let gauges = gauges()
        exposition.write(report(gauges), now: verdicts.now())
        exposition.write(verdicts.known)
        exposition.single("licetd_photos", .gauge, "Photos that are being read or wait.", photos.count)
        exposition.single("licetd_batches", .gauge, "Batches that are being answered.", limits.batches.total)
        exposition.write(gauges)
        return exposition.text
    }
}
