import Dispatch
import Foundation
import Licence
import Logging
import OpenSSL
import Publication
import ServiceLifecycle
import Synchronization
import Syncing
import VerifierService

/// Brings a folder up to date with the publication at an address, again and again.
final class PublicationSync: Service {
    private let sync: Sync
    private let folder: String
    /// The file with what was seen before.
    private let memory: String
    private let interval: Int
    private let logger: Logger
    private let queue = DispatchQueue(label: "sync", qos: .utility)
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    private struct State {
        var syncedAt: Instant?
        var failures = 0
    }

    init(_ sync: Sync, to folder: String, memory: String, every interval: Int, logger: Logger) {
        self.sync = sync
        self.folder = folder
        self.memory = memory
        self.interval = interval
        self.logger = logger
        (wake, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// When the last one that succeeded ended, and how many have failed since.
    var tally: (syncedAt: Instant?, failures: Int) { state.withLock { ($0.syncedAt, $0.failures) } }

    /// Does the next one now.
    func hurry() { waker.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await withCheckedContinuation { continuation in
                    self.queue.async {
                        self.once()
                        continuation.resume()
                    }
                }
                await self.pause()
            }
        }
    }

    /// Many verifiers that were started together must not ask together for ever.
    private func pause() async {
        let nanoseconds = Double(interval) * .random(in: 0.9...1.1) * 1e9
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: .nanoseconds(Int64(nanoseconds))) }
            group.addTask { for await _ in self.wake { return } }
            await group.next()
            group.cancelAll()
        }
    }

    private func once() {
        do {
            var seen = try HighWater(file: memory)
            let before = seen
            let report = try sync.run(to: .folder(folder), seen: &seen, now: .now)
            if seen != before { try seen.save(to: memory) }
            state.withLock { $0 = State(syncedAt: .now) }
            guard !report.written.isEmpty || !report.refused.isEmpty else { return }
            logger.notice(
                "publication synchronised",
                metadata: [
                    "files": "\(report.written.count)", "bytes": "\(report.bytesFetched)",
                    "refused": .array(report.refused.map { "\($0)" }),
                ]
            )
        } catch {
            let failures = state.withLock { state in
                state.failures += 1
                return state.failures
            }
            logger.error("publication not synchronised", metadata: ["reason": "\(error)", "failures": "\(failures)"])
        }
    }
}

extension Instant {
    /// The time of the system's clock.
    static var now: Instant { Instant(seconds: Int64(Date().timeIntervalSince1970.rounded(.down))) }
}
