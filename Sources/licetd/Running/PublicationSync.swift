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
    private let rhythm: Rhythm
    private let state: Mutex<State>

    private struct State {
        var tally: SyncTally
        /// What of the last one was logged as failed.
        var logged: [String] = []
        var isUnderWay = false
    }

    /// Seconds for which a publication may not be had before that is a fault, at the least; else three intervals.
    private static let leastPatience = 60

    init(_ sync: Sync, to folder: String, memory: String, every interval: Int, logger: Logger) {
        self.sync = sync
        self.folder = folder
        self.memory = memory
        self.interval = interval
        self.logger = logger
        rhythm = Rhythm(every: .seconds(interval))
        state = Mutex(State(tally: SyncTally(startedAt: .now)))
    }

    /// How it keeps up.
    var tally: SyncTally { state.withLock { $0.tally } }

    /// Whether one goes on, even if nobody waits for it any more.
    var isUnderWay: Bool { state.withLock { $0.isUnderWay } }

    /// Why verdicts cannot be relied on for want of news; nil where they can.
    func fault(at now: Instant) -> String? {
        tally.fault(at: now, patience: Int64(max(3 * interval, Self.leastPatience)))
    }

    /// Does the next one now.
    func hurry() { rhythm.hurry() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // A transfer may hang for minutes. Whoever stops does not wait for it: nothing that it writes is ever half there.
                let (ended, end) = AsyncStream<Void>.makeStream()
                self.state.withLock { $0.isUnderWay = true }
                self.queue.async {
                    self.once()
                    self.state.withLock { $0.isUnderWay = false }
                    end.finish()
                }
                for await _ in ended {}
                if !Task.isCancelled { await self.rhythm.pause() }
            }
        }
    }

    private func once() {
        do {
            var seen = try HighWater(file: memory)
            let before = seen
            let report = try sync.run(to: .folder(folder), seen: &seen, now: .now)
            if seen != before { try seen.save(to: memory) }
            note(report.refused, report)
        } catch let error as PublicationError { note([error], nil) } catch {
            note([PublicationError(.unreadable, file: folder, "\(error)")], nil)
        }
    }

    /// Keeps and logs how it went; the same failure once, since it may last.
    private func note(_ reasons: [PublicationError], _ report: Sync.Report?) {
        // Texts have times in them, which differ each time.
        let kinds = reasons.map { "\($0.file) \($0.code)" }
        let (failures, isNews) = state.withLock { state in
            state.tally.note(reasons, at: .now)
            defer { state.logged = kinds }
            return (state.tally.failures, state.logged != kinds)
        }
        if !reasons.isEmpty {
            let metadata: Logger.Metadata = ["reasons": .array(reasons.map { "\($0)" }), "failures": "\(failures)"]
            logger.log(level: isNews ? .error : .debug, "publication not synchronised", metadata: metadata)
        }
        guard let report, !report.written.isEmpty || isNews && reasons.isEmpty else { return }
        logger.notice(
            "publication synchronised",
            metadata: ["files": "\(report.written.count)", "bytes": "\(report.bytesFetched)"]
        )
    }
}

extension Instant {
    /// The time of the system's clock.
    static var now: Instant { Instant(seconds: Int64(Date().timeIntervalSince1970.rounded(.down))) }
}
