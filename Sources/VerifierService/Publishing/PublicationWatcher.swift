import Dispatch
import OpenSSL
import Publication
import ServiceLifecycle

/// Looks at the publication folder once a second and puts what changed in force, without a restart.
package struct PublicationWatcher: Service {
    private let loader: PublicationLoader
    private let current: CurrentPublication
    private let interval: Duration
    /// Files are read here, never on a thread that answers requests.
    private let queue = DispatchQueue(label: "publication", qos: .utility)

    package init(loader: PublicationLoader, current: CurrentPublication, interval: Duration = .seconds(1)) {
        self.loader = loader
        self.current = current
        self.interval = interval
    }

    /// Watches until the service group shuts down.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil { await look() }
        }
    }

    private func look() async {
        await withCheckedContinuation { continuation in
            queue.async {
                if let loaded = loader.load(after: current.publication) { current.replace(with: loaded) }
                current.publication.prepareBusyKeys()
                continuation.resume()
            }
        }
    }
}

extension LoadedPublication {
    /// The greatest number of keys that are prepared, at 150 kB each.
    private static let mostPrepared = 256

    /// Makes what checks signatures faster for keys of which many were checked; not for a thread that answers requests.
    fileprivate func prepareBusyKeys() {
        guard let trust = try? snapshot.trust.get() else { return }
        let keys = trust.keys.map(\.certificate.publicKey)
        let room = Self.mostPrepared - keys.count { $0.isPrepared }
        for key in keys.filter({ $0.isBusy && !$0.isPrepared }).prefix(max(0, room)) { key.prepare() }
    }
}
