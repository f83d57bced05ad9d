import Foundation
import Licence
import LicenceCode
package import OpenSSL
import Publication
package import TransparencyLog

/// Follows an authority's log from outside: reads every entry, holds the lists against them, and keeps what it has seen.
///
/// All that it believes is the root. Its folder has every entry and every checkpoint that it was shown, so that it can prove what it says.
package struct Monitor {
    private let origin: any FileOrigin
    let root: Certificate
    private let folder: String
    private let watched: [LogEntry.Subject: String]
    var replay = LogReplay()
    var edge = TreeEdge()
    var head = TreeHead.empty
    var kept = Kept()

    /// What is kept beside the log.
    struct Kept: Codable, Equatable {
        var trustSequence = 0
        /// What was other than the log tells when it was looked at last, while a publication was under way: lists with their numbers.
        var suspects: Set<String> = []
        /// What was found wrong with the log and was signed by it, until somebody says that he knows.
        var faults: [String] = []
        /// Tiles that were not what the entries hash to, by path, with the digest of what they must be.
        var tiles: [String: String]? = nil
    }

    /// What was seen and is not on the disk yet.
    struct Unsaved {
        var files = UnreadFiles()
        var checkpoint: [UInt8]?
    }
    private var unsaved = Unsaved()

    /// What one look has shown.
    package struct Report {
        package fileprivate(set) var head: TreeHead = .empty
        package fileprivate(set) var new = 0
        /// Lists that say exactly what the log tells.
        package internal(set) var lists = 0
        /// What must not be.
        package internal(set) var faults: [String] = []
        /// What people should know.
        package internal(set) var notices: [String] = []
        /// What was done with licences that are watched.
        package fileprivate(set) var watched: [String] = []
        package fileprivate(set) var witnesses: [String] = []
    }

    /// Goes on from what lies in `folder`, or begins there.
    ///
    /// `watching` are credit codes whose acts are told.
    package init(
        of origin: Origin,
        root: Certificate,
        folder: String,
        watching: [String] = [],
        web: WebOptions = WebOptions(),
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        switch origin {
        case .web(let address): self.origin = WebFiles(address, web)
        case .folder(let path): self.origin = LocalFiles(source: FolderSource(path))
        case .bundle(let path):
            throw PublicationError(
                .malformed,
                file: path,
                "is a bundle; a monitor follows a folder or an address"
            )
        }
        self.root = root
        self.folder = folder
        watched = Dictionary(watching.map { (LogEntry.Subject($0), $0) }) { first, _ in first }
        try DurableFile.makeFolder(folder, mode: 0o700)
        try goOn(progress)
    }

    var own: FolderSource { FolderSource(folder) }
    private var headFile: String { "\(folder)/\(AuthorityLog.checkpoint)" }
    private var keptFile: String { "\(folder)/seen.json" }

    /// Replays what is kept.
    private mutating func goOn(_ progress: (Int, Int) -> Void) throws {
        guard let bytes = try? own.read(AuthorityLog.checkpoint) else { return }
        do {
            if let data = try? DurableFile.read(keptFile, limit: PublicationReader.maximumFile) {
                kept = try JSONDecoder().decode(Kept.self, from: Data(data))
            }
            let known = try Checkpoint(text: SignedNote(bytes).text).head
            for index in 0..<(known.size + Tile.fullWidth - 1) / Tile.fullWidth {
                guard let tile = Tile(level: nil, index: index, ofTreeOf: known.size) else { break }
                let source = own
                let bytes = try tile.read { path throws(LogError) in try source.logFile(path) }
                for entry in try tile.entries(of: bytes) {
                    edge.append(Array(entry)) { _, _ in }
                    // What cannot be read was told when it came.
                    if let entry = try? LogEntry(entry) { _ = replay.apply(entry) }
                }
                progress(edge.size, known.size)
            }
            guard edge.head == known else { throw LogError(.inconsistent, "its entries do not hash to its checkpoint") }
            head = known
        } catch {
            throw PublicationError(
                .malformed,
                file: folder,
                "what was kept is damaged (\(error)); begin anew in another folder"
            )
        }
    }

    /// Looks at the log and the lists once; ``save()`` remembers what was seen, once people were told.
    ///
    /// - Throws: where the publication cannot be read; what is read and must not be is in the report.
    package mutating func look(progress: (Int, Int) -> Void = { _, _ in }) throws -> Report {
        var report = Report()
        report.head = head
        let (found, trust) = try newest(&report)
        if trust.sequence < kept.trustSequence {
            report.faults.append("trust list \(trust.sequence) was put in the place of \(kept.trustSequence)")
        }
        kept.trustSequence = max(kept.trustSequence, trust.sequence)
        guard let checkpoint = found else { return report }
        report.witnesses = checkpoint.note.signatures.map(\.name).filter { $0 != checkpoint.checkpoint.origin }
        let isFollowed = try follow(checkpoint, &report, progress)
        report.faults += kept.faults
        if isFollowed {
            kept.suspects = try holdAgainstTiles(&report).union(holdAgainstLists(trust, &report))
        }
        return report
    }

    /// Remembers what was seen, so that it is told no second time.
    package mutating func save() throws {
        try unsaved.files.sync(in: folder)
        // What is known of the log is there before the entries count as seen: else it might never be told.
        try saveKept()
        if let checkpoint = unsaved.checkpoint { try DurableFile.write(checkpoint, to: headFile) }
        unsaved = Unsaved()
    }

    private func saveKept() throws {
        let data = try JSONEncoder().encode(kept)
        if (try? DurableFile.read(keptFile, limit: PublicationReader.maximumFile)) != Array(data) {
            try DurableFile.write(Array(data), to: keptFile)
        }
    }

    /// The checkpoint that is published, nil where there is none to go on with, which the report says; and the trust list, which is read
    /// after it and so has all its keys.
    private func newest(_ report: inout Report) throws -> (SignedCheckpoint?, TrustList) {
        var attempt = 1
        while true {
            let isLast = attempt == Self.attempts
            var bytes: [UInt8]?
            do throws(PublicationError) { bytes = try get(AuthorityLog.checkpoint, fresh: attempt > 1) } catch {
                guard error.code == .missing, head == .empty else { throw error }
            }
            let trust = try TrustList(get(TrustList.path, fresh: attempt > 1), root: root)
            guard let bytes else {
                report.notices.append("there is no log yet")
                return (nil, trust)
            }
            attempt += 1
            do throws(LogError) {
                let checkpoint = try SignedCheckpoint(bytes, logKeys: trust.logKeys.map(\.note))
                // A cache on the way may have kept older ones.
                let isOlder = checkpoint.head.size < head.size || trust.sequence < kept.trustSequence
                if isLast || !isOlder { return (checkpoint, trust) }
            } catch {
                guard isLast else { continue }
                report.faults.append("\(AuthorityLog.checkpoint): \(error)")
                return (nil, trust)
            }
        }
    }

    /// What does not fit is asked for once more, past the caches.
    private static let attempts = 2
    private static let mostFaults = 1_000

    /// Forgets what was found wrong before: somebody has looked into it.
    package mutating func acknowledge() throws {
        kept.faults = []
        try saveKept()
    }

    func get(_ path: String, fresh: Bool = false, version: Int? = nil) throws(PublicationError) -> [UInt8] {
        guard case .new(let bytes, _) = try origin.get(path, tag: nil, fresh: fresh, version: version) else {
            throw PublicationError(.missing, file: path, "was not sent")
        }
        return bytes
    }

    /// Reads the entries that are new; false where the log is not the one that was followed.
    private mutating func follow(_ next: SignedCheckpoint, _ report: inout Report, _ progress: (Int, Int) -> Void)
        throws -> Bool
    {
        if next.head == head { return true }
        guard next.head.size > head.size else {
            try keep(next)
            if next.head.size == head.size {
                // Both are signed: that proves it, and stands.
                remember(["the log has two trees of \(head.size) entries; both checkpoints are kept"])
            } else {
                report.faults.append(
                    "the log was rolled back: it has \(next.head.size) entries, and had \(head.size); both checkpoints are kept. Where its key was "
                        + "revoked and the authority says that another begins, follow that in another folder"
                )
            }
            return false
        }
        for attempt in 1...Self.attempts {
            guard let found = try read(to: next.head, fresh: attempt > 1, progress) else { continue }
            remember(found.faults)
            report.new = next.head.size - head.size
            report.notices += found.replay.notices[replay.notices.count...]
            report.watched += found.watched
            kept.tiles = (kept.tiles ?? [:]).filter { !$0.key.contains(".p/") && ListTable.size(ofPath: $0.key) == nil }
                .merging(found.tiles) { $1 }
            (edge, replay, head) = (found.edge, found.replay, next.head)
            (unsaved.files, unsaved.checkpoint) = (found.files, next.note.bytes)
            report.head = head
            return true
        }
        try keep(next)
        report.faults.append(
            "the entries do not hash to the checkpoint of \(next.head.size), after the \(head.size) that were seen before: the log is "
                + "another one, or what was sent is damaged; both checkpoints are kept"
        )
        return false
    }

    /// What entries that are new have told.
    private struct Found {
        var edge: TreeEdge
        var replay: LogReplay
        var files = UnreadFiles()
        var faults: [String] = []
        var watched: [String] = []
        /// Tiles that became full, with the digest of what they must be.
        var tiles: [String: String] = [:]
    }

    /// Reads the entries up to `next`; nil where they do not hash to it, and then nothing of them is believed.
    private func read(to next: TreeHead, fresh: Bool, _ progress: (Int, Int) -> Void) throws -> Found? {
        var found = Found(edge: edge, replay: replay)
        var edge = edge
        var index = head.size / Tile.fullWidth
        while let tile = Tile(level: nil, index: index, ofTreeOf: next.size) {
            let bundle: [UInt8]
            let entries: [ArraySlice<UInt8>]
            do throws(LogError) {
                bundle = try tile.read { path throws(LogError) in
                    do throws(PublicationError) { return try get("\(AuthorityLog.folder)/\(path)", fresh: fresh) } catch
                    {
                        throw LogError(error.code == .missing ? .missing : .malformed, error.reason)
                    }
                }
                entries = try tile.entries(of: bundle)
            } catch {
                let hint = error.code == .missing ? "; a copy has the log where it was made with --whole-log" : ""
                throw PublicationError(.unreadable, file: AuthorityLog.path(of: tile), "\(error.reason)\(hint)")
            }
            for bytes in entries.dropFirst(edge.size - index * Tile.fullWidth) {
                edge.append(Array(bytes)) { tile, bytes in
                    if tile.level != nil { found.tiles[tile.path] = Digest(of: bytes).description }
                }
                let entry: LogEntry
                do { entry = try LogEntry(bytes) } catch {
                    found.faults.append("entry \(edge.size - 1): \(error.reason)")
                    continue
                }
                found.faults += found.replay.apply(entry)
                if let line = told(entry, at: edge.size - 1) { found.watched.append(line) }
            }
            try found.files.write(bundle, to: "\(folder)/\(AuthorityLog.path(of: tile))")
            progress(edge.size - head.size, next.size - head.size)
            index += 1
        }
        found.edge = edge
        return edge.head == next ? found : nil
    }

    private mutating func remember(_ faults: [String]) {
        kept.faults += faults.filter { !kept.faults.contains($0) }.prefix(Self.mostFaults - kept.faults.count)
    }

    /// Keeps a checkpoint that does not go on from the one that was seen: two of them prove what the log did.
    private func keep(_ checkpoint: SignedCheckpoint) throws {
        let name = "\(checkpoint.head.size)-\(checkpoint.head.root.description.prefix(16))"
        try DurableFile.makeFolder("\(folder)/evidence")
        try DurableFile.write(checkpoint.note.bytes, to: "\(folder)/evidence/\(name)")
        if let known = try? own.read(AuthorityLog.checkpoint) {
            try DurableFile.write(known, to: "\(folder)/evidence/\(head.size)-\(head.root.description.prefix(16))")
        }
    }

    private func told(_ entry: LogEntry, at index: Int) -> String? {
        guard case .act(let act) = entry.content, let code = watched[act.subject] else { return nil }
        let effects = act.effects.map { "entry \($0.index) of \($0.list) became \($0.status)" }.joined(separator: ", ")
        return "\(code): \(act.kind.rawValue) at \(entry.at), log entry \(index): \(effects)"
    }
}
