import Licence
import Publication

/// How a copy keeps up with the publication at an address: what readiness and the metrics tell of it.
struct SyncTally {
    /// When the last synchronisation that brought everything ended, or the daemon started.
    private(set) var since: Instant
    /// When the last one that brought everything ended; nil before the first.
    private(set) var syncedAt: Instant?
    /// How many have failed since then.
    private(set) var failures = 0
    /// Why the last one failed; nil where it did not.
    private(set) var reasons: [PublicationError] = []

    init(startedAt: Instant) { since = startedAt }

    /// Notes that one ended; `reasons` are why not everything was taken.
    mutating func note(_ reasons: [PublicationError], at now: Instant) {
        self.reasons = reasons
        guard reasons.isEmpty else { return failures += 1 }
        (since, syncedAt, failures) = (now, now, 0)
    }

    /// What is wrong: at once where something was refused, and after `patience` seconds where it could not be had, or still has not come.
    func fault(at now: Instant, patience: Int64) -> String? {
        let first = reasons.first(where: Self.isRefusal) ?? reasons.first
        guard first.map(Self.isRefusal) ?? false || now.since(since) >= patience else { return nil }
        return "not synchronised since \(since): \(first.map { "\($0)" } ?? "the last time has not ended yet")"
    }

    /// Whether it is not the way that has failed, but what came on it.
    private static func isRefusal(_ error: PublicationError) -> Bool {
        switch error.code {
        case .missing, .unreadable, .notWritten, .overtaken, .ahead: false
        case .tooLarge, .malformed, .wrongSignature, .wrongIssuer, .rolledBack, .notLogged, .unwitnessed: true
        }
    }
}
