import Foundation
package import Licence
package import Logging
package import OpenSSL
package import Publication
import Synchronization
import TransparencyLog

/// Loads a publication from its folder, again whenever its files change, and never goes back to an older one.
///
/// A file that is not believed leaves the earlier one in force, if there was one and it holds under the present trust list: half of
/// a new publication does no harm. What was refused is logged and turns the readiness red.
package final class PublicationLoader: Sendable {
    private let folder: String
    private let reader: PublicationReader
    /// Where the memory of the newest files is kept; nil when it ends with the process.
    private let memory: String?
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let metrics: Metrics
    private let state: Mutex<State>

    private struct State {
        var seen: HighWater
        var stamp: FolderStamp?
        /// What was refused the last time, so that the log does not say it once a second.
        var refusals: [String] = []
    }

    /// Reads the memory of earlier runs from `memory`, a file.
    package init(
        folder: String,
        root: Certificate,
        policy: WitnessPolicy = .none,
        memory: String?,
        logger: Logger,
        now: @escaping @Sendable () -> Instant,
        metrics: Metrics = Metrics()
    ) throws(PublicationError) {
        self.now = now
        self.metrics = metrics
        self.folder = folder
        self.memory = memory
        self.logger = logger
        reader = PublicationReader(folder: folder, root: root, policy: policy)
        var seen = HighWater()
        if let memory { seen = try HighWater(file: memory) }
        state = Mutex(State(seen: seen))
    }

    /// Loads the folder if anything in it changed since the last call; nil when nothing did.
    ///
    /// Reads files and checks signatures: not for a thread that answers requests.
    package func load(after earlier: LoadedPublication?) -> LoadedPublication? {
        state.withLock { state in
            // Taken before the files are read, so that a change in between shows the next time.
            let stamp = FolderStamp(folder: folder)
            guard stamp != state.stamp else { return nil }
            state.stamp = stamp
            let before = state.seen
            let read = reader.snapshot(&state.seen, now: now(), since: earlier?.snapshot)
            let files = files(of: read, seen: state.seen, earlier: earlier)
            let known = Array(state.seen.marks.keys)
            let loaded = LoadedPublication(read, files: files, known: known, holdingOnTo: earlier)
            let isSaved = state.seen == before || save(state.seen)
            // What may come right without a change in the folder is tried again.
            let mayComeRight = loaded.refusals.contains { $0.code == .unreadable || $0.code == .ahead }
            if mayComeRight || !isSaved { state.stamp = nil }
            let refusals = loaded.refusals.map(\.description)
            // Before the first transfer, say: nothing is there that could be refused.
            let isBare = before.marks.isEmpty && loaded.refusals.allSatisfy { $0.code == .missing }
            if !mayComeRight || refusals != state.refusals { report(loaded, isBare: isBare) }
            state.refusals = refusals
            metrics.loads.add()
            if !refusals.isEmpty, !isBare { metrics.refusedLoads.add() }
            return loaded
        }
    }

    /// The bytes of what was believed; a file that was replaced since then is left to the next time.
    private func files(of snapshot: Snapshot, seen: HighWater, earlier: LoadedPublication?) -> [String: PublishedFile] {
        guard case .success = snapshot.trust else { return [:] }
        var believed = [TrustList.path]
        believed += snapshot.statusLists.filter { (try? $0.value.get()) != nil }.keys
        believed += snapshot.issuedLists.filter { (try? $0.value.get()) != nil }.keys
        var files: [String: PublishedFile] = [:]
        if let checkpoint = try? snapshot.log?.get() {
            files[AuthorityLog.checkpoint] = PublishedFile(path: AuthorityLog.checkpoint, bytes: checkpoint.note.bytes)
        }
        for path in believed {
            guard let mark = seen.marks[path]?.digest else { continue }
            if let known = earlier?.files[path], known.mark == mark {
                files[path] = known
            } else {
                let place = "\(folder)/\(path)"
                let limit = PublicationReader.maximumFile
                guard let bytes = try? DurableFile.read(place, limit: limit, regularOnly: true),
                    HighWater.digest(of: bytes) == mark
                else { continue }
                files[path] = PublishedFile(path: path, bytes: bytes, at: place)
            }
        }
        return files
    }

    /// Whether the memory is on the disk, where there is one.
    private func save(_ seen: HighWater) -> Bool {
        guard let memory else { return true }
        do {
            try DurableFile.makeFolder(DurableFile.parent(of: memory), mode: 0o700)
            try seen.save(to: memory)
        } catch {
            logger.error("memory not saved", metadata: ["file": "\(memory)", "reason": "\(error.reason)"])
            return false
        }
        return true
    }

    private func report(_ loaded: LoadedPublication, isBare: Bool) {
        let trust = try? loaded.snapshot.trust.get()
        let (level, message): (Logger.Level, Logger.Message) =
            if loaded.refusals.isEmpty {
                (.notice, "publication loaded")
            } else if isBare {
                (.warning, "there is no publication yet")
            } else {
                (.error, "publication refused in part or whole; what was good stays in force")
            }
        logger.log(
            level: level,
            message,
            metadata: [
                "trustList": "\(trust.map { String($0.sequence) } ?? "none")",
                "statusLists": "\(loaded.snapshot.statusLists.count)",
                "issuedLists": "\(loaded.snapshot.issuedLists.count)",
                "log": "\((try? loaded.snapshot.log?.get()).map { String($0.head.size) } ?? "none")",
                "refused": .array(loaded.refusals.map { "\($0)" }),
            ]
        )
    }
}
