import Foundation
package import Licence
import Verification

/// What is measured outside of the service.
package struct Gauges: Sendable {
    /// Connections that are open.
    package let connections: Int?
    /// When the last synchronisation that succeeded ended; nil where none did, or the publication is a folder.
    package let syncedAt: Instant?
    /// How many synchronisations failed since then.
    package let failedSyncs: Int?
    /// Why the copy no longer keeps up with the publication; nil where it does.
    package let syncFault: String?

    package init(
        connections: Int? = nil,
        syncedAt: Instant? = nil,
        failedSyncs: Int? = nil,
        syncFault: String? = nil
    ) {
        self.connections = connections
        self.syncedAt = syncedAt
        self.failedSyncs = failedSyncs
        self.syncFault = syncFault
    }
}

extension Exposition {
    mutating func write(_ metrics: Metrics) {
        metric("licetd_verdicts_total", .counter, "Verdicts that were given.")
        for (word, count) in metrics.byVerdict {
            sample("licetd_verdicts_total", [("verdict", word.rawValue)], count)
        }
        metric(
            "licetd_request_duration_seconds",
            .histogram,
            "From the head of a request to its answer, its body not yet sent."
        )
        let quick = [("route", VerifierRoutes.pattern), ("status", "200"), ("path", "quick")]
        histogram("licetd_request_duration_seconds", quick, metrics.quick)
        for (route, status, found) in metrics.byRoute {
            let labels = [("route", route), ("status", "\(status)"), ("path", "router")]
            histogram("licetd_request_duration_seconds", labels, found)
        }
        single(
            "licetd_rate_limited_total",
            .counter,
            "Requests that were refused by the limit of their client.",
            metrics.limited.value
        )
        single("licetd_busy_total", .counter, "Requests that were refused for want of room.", metrics.busy.value)
        single("licetd_publication_loads_total", .counter, "Publications that were put in force.", metrics.loads.value)
        single(
            "licetd_publication_refusals_total",
            .counter,
            "Publications of which something was refused.",
            metrics.refusedLoads.value
        )
    }

    mutating func write(_ report: PublicationReport, now: Instant) {
        single("licetd_ready", .gauge, "1 while verdicts can be relied on.", report.faults.isEmpty ? 1 : 0)
        single("licetd_publication_faults", .gauge, "What is wrong with the publication.", report.faults.count)
        metric("licetd_publication_sequence", .gauge, "The number of a signed file.")
        if let trust = report.trustList {
            sample("licetd_publication_sequence", [("file", trust.path)], trust.sequence)
        }
        metric("licetd_publication_age_seconds", .gauge, "Since a signed file was issued; of the lists, the oldest.")
        if let trust = report.trustList {
            sample("licetd_publication_age_seconds", [("file", trust.path)], trust.ageSeconds)
        }
        if let oldest = report.lists.map(\.ageSeconds).max() {
            sample("licetd_publication_age_seconds", [("file", "lists")], oldest)
        }
        if let log = report.log { single("licetd_log_size", .gauge, "Entries of the public log.", log.size) }
        single("licetd_lists", .gauge, "Status and issued lists that are believed.", report.lists.count)
        single("licetd_time_seconds", .gauge, "The daemon's clock.", now.seconds)
    }

    mutating func write(_ known: CheckedCodes) {
        single("licetd_cache_codes", .gauge, "Codes whose signature need not be checked again.", known.count)
        single("licetd_cache_capacity", .gauge, "The greatest number of them.", known.capacity)
        let tally = known.tally
        single("licetd_cache_hits_total", .counter, "Codes that were found there.", tally.found)
        single("licetd_cache_misses_total", .counter, "Codes that were not.", tally.missed)
    }

    mutating func write(_ gauges: Gauges) {
        if let connections = gauges.connections {
            single("licetd_connections", .gauge, "Connections that are open.", connections)
        }
        if let syncedAt = gauges.syncedAt {
            single(
                "licetd_synced_at_seconds",
                .gauge,
                "When the publication was last brought up to date.",
                syncedAt.seconds
            )
        }
        if let failed = gauges.failedSyncs {
            single("licetd_failed_syncs", .gauge, "Attempts since then that failed.", failed)
        }
        if let resident = Self.residentBytes {
            single("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", resident)
        }
    }

    /// From `/proc`.
    private static var residentBytes: Int? {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = statm.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
    }
}
