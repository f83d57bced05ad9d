import Authority
import Foundation
import Licence
import Publication
import Registry
import TransparencyLog

/// What the logs at hand are held against.
struct RestoredLog {
    let home: Home
    /// That may sign it, those that only the published trust list knows among them.
    let keys: [NoteKey]
    let seen: SeenLog
    /// Of that, what the published lists tell.
    let ofLists: SeenLog
    /// Those of the keys that are revoked, by the newest trust list.
    let revoked: Set<NoteKey>
    /// Whether a registry or a home says that lists were published, or some are.
    let hasLists: Bool
    /// Whether the published trust list is newer than what registry and home know: so may the log be than the home's.
    let hasNewerTrust: Bool
    /// Where the home published last, as far as it knows.
    let publishedTo: String?
    /// That the home's own log began anew.
    let begun: LogBeginning?

    /// Why no log at hand has all that readers saw.
    struct Standstill: Error {
        let reason: String
        /// Of a published log that is signed, and yet not taken over.
        var replaced: TreeHead? = nil
    }

    private var own: LogFolder { LogFolder(home.log) }

    /// The home's own log, where it is signed, and whether all of it is there.
    private func mine() -> (head: TreeHead, signer: NoteKey, isWhole: Bool)? {
        guard let bytes = (try? own.ifThere(Checkpoint.path)) ?? nil,
            let checkpoint = try? SignedCheckpoint(bytes, logKeys: keys)
        else { return nil }
        return (checkpoint.head, checkpoint.signer, (try? own.isWhole(checkpoint.head)) == true)
    }

    /// Which of the home's own and the one published in `folder` has all that readers saw.
    ///
    /// Every entry is hashed anew, and nothing is written.
    ///
    /// - Throws: ``Standstill``
    func plan(publishedIn folder: String) throws -> LogPlan {
        let copy = LogFolder("\(folder)/\(AuthorityLog.folder)")
        let bytes: [UInt8]?
        do { bytes = try copy.ifThere(Checkpoint.path) } catch {
            return try planWithoutPublished("the checkpoint in \(copy.folder) cannot be read (\(error))", isThere: true)
        }
        guard let bytes else {
            return try planWithoutPublished("\(folder) has no \(AuthorityLog.checkpoint)", isThere: false)
        }
        let checkpoint: SignedCheckpoint
        do { checkpoint = try SignedCheckpoint(bytes, logKeys: keys) } catch {
            return try planWithoutPublished("the log in \(folder) is not taken over (\(error))", isThere: true)
        }
        let head = checkpoint.head
        do { return try plan(copy, checkpoint) } catch let error as LogError {
            throw Standstill(reason: "the log in \(folder) is not taken over: \(error)", replaced: head)
        } catch let error as Standstill { throw Standstill(reason: error.reason, replaced: head) }
    }

    private func plan(_ copy: LogFolder, _ checkpoint: SignedCheckpoint) throws -> LogPlan {
        let (head, tree) = (checkpoint.head, copy.tree(of: checkpoint.head))
        var (seen, isOther, isVoid) = (seen, false, false)
        var remarks: [String] = []
        if let mine = mine() {
            let kept = own.tree(of: mine.head)
            if mine.isWhole, head.size <= mine.head.size, try kept.root(of: head.size) == head.root {
                if let fault = seen.fault(of: kept) { throw Standstill(reason: "the log in \(home.log) \(fault)") }
                return LogPlan(way: .own)
            }
            if try head.size < mine.head.size || tree.root(of: mine.head.size) != mine.head.root {
                isOther = true
                switch (isRevoked(checkpoint.signer), isRevoked(mine.signer)) {
                case (true, false): throw twoLogs(copy, "its key is revoked, and that is signed by another")
                // Readers forget what a revoked key has signed.
                case (false, true): (seen, isVoid) = (ofLists, true)
                default:
                    if let begun, begun.stage != .toSign {
                        throw twoLogs(copy, "that began anew with act \(begun.act)")
                    }
                    if !mine.isWhole, head.size < mine.head.size {
                        let size = mine.head.size
                        throw Standstill(
                            reason:
                                "\(copy.folder) has \(head.size) entries, and \(home.log), which is damaged, \(size)"
                        )
                    }
                }
            }
        } else {
            // Signed by a key that nobody knows here, or not at all.
            isOther = FileManager.default.fileExists(atPath: home.log)
            if publishedTo == nil { remarks.append(doubt(head.size, of: copy, "nothing is left here that tells")) }
        }
        let edge = try copy.replayed(to: head) { _, _ in }
        guard edge.head == head else {
            throw LogError(.inconsistent, "its entries do not hash to what was signed")
        }
        if let fault = seen.fault(of: tree) { throw Standstill(reason: "the log in \(copy.folder) \(fault)") }
        let published = LogPlan.PublishedLog(
            folder: copy,
            checkpoint: checkpoint.note.bytes,
            edge: edge,
            // What the world has seen counts; the other is heard, and kept for whoever asks how it came to be.
            aside: isOther ? Authority.freeName("\(home.log).before") : nil,
            other: isOther ? own.replayAsFar() : LogReplay(),
            isOtherVoid: isVoid
        )
        return LogPlan(way: .takenOver(published), remarks: remarks)
    }

    private func isRevoked(_ key: NoteKey) -> Bool { revoked.contains(key) }

    private func twoLogs(_ copy: LogFolder, _ why: String) -> AuthorityError {
        AuthorityError(
            .request,
            "\(copy.folder) is another log than \(home.log): \(why). Name the folder that was published to since, or move \(copy.folder) aside "
                + "where it is the log of before"
        )
    }

    /// Where there is none published, or one that says nothing.
    private func planWithoutPublished(_ reason: String, isThere: Bool) throws -> LogPlan {
        guard let mine = mine(), mine.isWhole else {
            let isHere = FileManager.default.fileExists(atPath: home.log)
            if !hasLists, !isThere, !isHere { return LogPlan(way: .none) }
            let state =
                begun.map { $0.stage != .laid } ?? false
                ? "about to begin anew" : isHere ? "damaged or incomplete" : "gone"
            throw Standstill(reason: "\(reason), and \(home.log) is \(state)")
        }
        if let fault = seen.fault(of: own.tree(of: mine.head)) {
            throw Standstill(reason: "\(reason), and the log in \(home.log) \(fault)")
        }
        if hasNewerTrust {
            throw Standstill(reason: "\(reason), and a newer trust list than this registry is published")
        }
        return LogPlan(way: .own, remarks: hasLists || isThere ? [doubt(mine.head.size, of: own, reason)] : [])
    }

    /// What must be known where a log goes on, and nothing says that readers saw no more.
    private func doubt(_ size: Int, of log: LogFolder, _ reason: String) -> String {
        "NOBODY CAN SAY WHETHER READERS SAW MORE THAN THE \(size) ENTRIES of \(log.folder), which go on: \(reason). Where that is what was "
            + "published last, all is well; where it was itself put back from a copy, or is a copy that lags behind, take the registry on once "
            + "more with the newest, before you publish"
    }

    /// The home's own where it has all that the home knows of, and another where it does not: nothing is published.
    func planWithoutPublication() -> LogPlan {
        guard hasLists || FileManager.default.fileExists(atPath: home.log) else { return LogPlan(way: .none) }
        guard let mine = mine(), mine.isWhole, seen.fault(of: own.tree(of: mine.head)) == nil else {
            return LogPlan(way: .anew(replaced: nil))
        }
        return LogPlan(way: .own)
    }

    /// What helps at a standstill.
    var advice: String {
        let last = publishedTo.map { " (\($0) was published to last)" } ?? ""
        return
            "the log must go on where readers have seen it. Name a copy that has all of it\(last), such as one of `licet sync "
            + "--whole-log`; where there is none any more, --new-log lets another begin, which needs another key"
    }

    /// Writes a published log over the home's own.
    func takeOver(_ log: LogPlan.PublishedLog) throws -> [String] {
        var remarks = ["the log was taken over from \(log.folder.folder), with \(log.edge.head.size) entries"]
        // First: broken off after it, the same is chosen again.
        if log.isOtherVoid { for file in [home.published, home.publishedBefore] { unlink(file) } }
        if let aside = log.aside {
            try DurableFile.move(home.log, to: aside)
            let (told, size) = (log.other.count, log.edge.head.size)
            remarks.append(
                told == 0
                    ? "what was in its place lies in \(aside)"
                    : "THE LOG THAT WAS HERE IS ANOTHER, OR CANNOT BE BELIEVED: it told of \(told) entries, and the published one of \(size). It "
                        + "was heard, and lies in \(aside); where something was published of it that is not in the other, readers believe "
                        + "nothing more"
            )
        }
        var files = UnreadFiles()
        _ = try log.folder.replayed(to: log.edge.head) { try files.write($1, to: "\(home.log)/\($0.path)") }
        for (tile, bytes) in log.edge.partial { try files.write(bytes, to: "\(home.log)/\(tile.path)") }
        try files.sync(in: home.log)
        // Whether this one began anew is not known by what was here before.
        LogBeginning.remove(in: home.log)
        try DurableFile.write(log.checkpoint, to: "\(home.log)/\(Checkpoint.path)")
        return remarks
    }

    /// What becomes of the beginning of a log; `known` is the act that the registry has of one.
    func beginning(of way: LogPlan.Way, _ known: Act?) throws -> LogPlan.Beginning {
        var beginning: LogBeginning?
        switch way {
        case .anew(let replaced): return .begins(replaced: replaced)
        case .none: break
        case .own: beginning = begun?.stage == .toSign ? nil : begun
        case .takenOver(let log):
            beginning = known.map { LogBeginning($0) } ?? begun
            beginning?.stage = .laid
            // One from before then has been published before.
            guard let at = beginning?.at, let first = log.folder.firstEnd(), first >= at else {
                beginning = nil
                break
            }
        }
        guard let beginning else { return known == nil ? .none : .takenBack }
        return beginning.hash == known?.hash ? .stays(beginning) : .carried(beginning)
    }
}

extension LogFolder {
    fileprivate func tree(of head: TreeHead) -> TileTree {
        TileTree(head) { tile throws(LogError) in try read(tile) }
    }

    /// Goes along all entries; `emit` gets each tile and bundle that becomes full.
    fileprivate func replayed(to head: TreeHead, _ emit: (Tile, [UInt8]) throws -> Void) throws -> TreeEdge {
        var edge = TreeEdge()
        for index in 0..<(head.size + Tile.fullWidth - 1) / Tile.fullWidth {
            guard let tile = Tile(level: nil, index: index, ofTreeOf: head.size) else { break }
            for entry in try tile.entries(of: read(tile)) { try edge.append(Array(entry), emit: emit) }
        }
        return edge
    }
}
