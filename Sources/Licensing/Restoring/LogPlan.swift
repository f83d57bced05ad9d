import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TransparencyLog

/// How the log goes on after a restoration.
struct LogPlan {
    let way: Way
    /// What must be looked at.
    var remarks: [String] = []

    enum Way {
        /// There is none, and nothing was ever published.
        case none
        /// The home's own has all that readers saw.
        case own
        /// The published one does, and the home's own does not.
        case takenOver(PublishedLog)
        /// Neither does, and another begins.
        case anew
    }

    /// A published log of which every entry was hashed.
    struct PublishedLog {
        let folder: LogFolder
        /// As it lies there.
        let checkpoint: [UInt8]
        let edge: TreeEdge
        /// Where the home's own is kept, since the world saw another; nil where this one goes on from it.
        let aside: String?
    }

    /// What the restoration's act says of it; `begins` where another log was to begin and has not.
    func detail(begins: Bool) -> String {
        switch way {
        case .none, .own: begins ? Deed.logGoesOn : ""
        case .takenOver: Deed.logGoesOn
        case .anew: Deed.logBeginsAnew
        }
    }
}

/// What the logs at hand are held against.
struct RestoredLog {
    let home: Home
    /// That may sign it, those that only the published trust list knows among them.
    let keys: [NoteKey]
    let seen: SeenLog
    /// Whether a registry or a home says that lists were published, or some are.
    let hasLists: Bool
    /// Whether the published trust list is newer than the registry's: so may the log be than the home's.
    let hasNewerTrust: Bool
    /// Where the home published last, as far as it knows.
    let publishedTo: String?

    /// Why no log at hand has all that readers saw.
    struct Standstill: Error { let reason: String }

    private var own: LogFolder { LogFolder(home.log) }

    /// The home's own log, where it is signed, and whether all of it is there.
    private func mine() -> (head: TreeHead, isWhole: Bool)? {
        guard let bytes = (try? own.ifThere(Checkpoint.path)) ?? nil,
            let head = try? SignedCheckpoint(bytes, logKeys: keys).head
        else { return nil }
        return (head, (try? own.isWhole(head)) == true)
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
        let head: TreeHead
        do { head = try SignedCheckpoint(bytes, logKeys: keys).head } catch {
            return try planWithoutPublished("the log in \(folder) is not taken over (\(error))", isThere: true)
        }
        do { return try plan(copy, head, bytes) } catch let error as LogError {
            throw Standstill(reason: "the log in \(folder) is not taken over: \(error)")
        }
    }

    private func plan(_ copy: LogFolder, _ head: TreeHead, _ bytes: [UInt8]) throws -> LogPlan {
        let tree = copy.tree(of: head)
        var aside: String?
        let mine = mine()
        if let mine, mine.isWhole {
            let kept = own.tree(of: mine.head)
            if head.size <= mine.head.size, try kept.root(of: head.size) == head.root {
                if let fault = seen.fault(of: kept) { throw Standstill(reason: "the log in \(home.log) \(fault)") }
                return LogPlan(way: .own)
            }
            if try !head.continues(mine.head, by: tree.consistencyProof(from: mine.head.size)) {
                // What the world has seen counts; the other is kept for whoever asks how it came to be.
                aside = "\(home.log).before-\(mine.head.size)-\(mine.head.root.description.prefix(8))"
            }
        } else if let mine, head.size < mine.head.size {
            throw Standstill(
                reason: "\(copy.folder) has \(head.size) entries, and \(home.log), which is damaged, \(mine.head.size)"
            )
        }
        let edge = try copy.replayed(to: head) { _, _ in }
        guard edge.head == head else {
            throw LogError(.inconsistent, "its entries do not hash to what was signed")
        }
        if let fault = seen.fault(of: tree) { throw Standstill(reason: "the log in \(copy.folder) \(fault)") }
        return LogPlan(way: .takenOver(LogPlan.PublishedLog(folder: copy, checkpoint: bytes, edge: edge, aside: aside)))
    }

    /// Where there is none published, or one that says nothing.
    private func planWithoutPublished(_ reason: String, isThere: Bool) throws -> LogPlan {
        guard let mine = mine(), mine.isWhole else {
            if !hasLists, !isThere { return LogPlan(way: .none) }
            let state = FileManager.default.fileExists(atPath: home.log) ? "damaged or incomplete" : "gone"
            throw Standstill(reason: "\(reason), and \(home.log) is \(state)")
        }
        if let fault = seen.fault(of: own.tree(of: mine.head)) {
            throw Standstill(reason: "\(reason), and the log in \(home.log) \(fault)")
        }
        if hasNewerTrust {
            throw Standstill(reason: "\(reason), and a newer trust list than this registry is published")
        }
        return LogPlan(way: .own, remarks: isThere ? ["\(reason); the log in \(home.log) goes on"] : [])
    }

    /// The home's own where it has all that the home knows of, and another where it does not: nothing is published.
    func planWithoutPublication() -> LogPlan {
        guard hasLists || FileManager.default.fileExists(atPath: home.log) else { return LogPlan(way: .none) }
        guard let mine = mine(), mine.isWhole, seen.fault(of: own.tree(of: mine.head)) == nil else {
            return LogPlan(way: .anew)
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
    func takeOver(_ log: LogPlan.PublishedLog) throws -> String {
        if let aside = log.aside { try DurableFile.move(home.log, to: aside) }
        var files = UnreadFiles()
        _ = try log.folder.replayed(to: log.edge.head) { try files.write($1, to: "\(home.log)/\($0.path)") }
        for (tile, bytes) in log.edge.partial { try files.write(bytes, to: "\(home.log)/\(tile.path)") }
        try files.sync(in: home.log)
        try DurableFile.write(log.checkpoint, to: "\(home.log)/\(Checkpoint.path)")
        return "the log was taken over from \(log.folder.folder), with \(log.edge.head.size) entries"
    }
}

extension Authority {
    /// Lets the next publication begin another log, with the act of the registry that says so, and puts what there is of one aside.
    ///
    /// Until this is done nothing is published.
    func beginLog(with act: Act) throws -> [String] {
        var remarks: [String] = []
        if FileManager.default.fileExists(atPath: home.log) {
            let aside = Self.freeName("\(home.log).before")
            try DurableFile.move(home.log, to: aside)
            remarks.append("the log that was here lies in \(aside)")
        }
        try DurableFile.makeFolder(home.log)
        try LogBeginning(act).write(in: home.log)
        return remarks
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
