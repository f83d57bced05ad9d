package import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Registry
import TransparencyLog

/// Replays an authority's own log against its registry and its publication.
package struct LogAudit {
    private let authority: Authority
    private let publication: String?

    /// `publication` is where the copy lies that anybody reads; nil: none is looked at.
    package init(_ authority: Authority, publication: String?) {
        self.authority = authority
        self.publication = publication
    }

    /// What was looked at.
    package struct Report {
        package fileprivate(set) var entries = 0
        /// Acts on licences that the log tells of, and that wait for the next publication.
        package fileprivate(set) var told = 0
        package fileprivate(set) var waiting = 0
        package fileprivate(set) var findings = 0
        package fileprivate(set) var notes: [String] = []
        /// Whether the log could be held against the registry.
        package fileprivate(set) var isCompared = true
    }

    /// `find` is told of each difference, `progress` how many of how many entries and acts are done.
    package func examine(
        find: (Doctor.Finding) throws -> Void,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        var report = Report()
        func tell(_ subject: String, _ reason: String) throws {
            report.findings += 1
            try find(Doctor.Finding(subject, reason))
        }
        let folder = LogFolder(authority.home.log)
        guard let bytes = try folder.ifThere(Checkpoint.path) else {
            let isGone = try authority.registry.read { try authority.isLogExpected($0) }
            if isGone { try tell("log", "is gone, and something was published") }
            return report
        }
        do {
            let keys = try authority.logKeys(authority.registry.read { try $0.keys(of: authority.record) })
            let head = try SignedCheckpoint(bytes, logKeys: keys).head
            if let last = authority.publishedLog, last.size > head.size {
                try tell(
                    "log",
                    "has \(head.size) entries, and \(last.size) were published from here: an older one was put back"
                )
            }
            let acts = try authority.registry.read { try $0.lastAct() }
            let replayed = try replay(folder, head, find: tell) { progress($0, head.size + acts) }
            report.entries = head.size
            report.notes = replayed.replay.notices
            let compared = try authority.registry.read { session in
                try compare(replayed, session, find: tell) { progress(head.size + $0, head.size + acts) }
            }
            (report.told, report.waiting) = (compared.told, compared.waiting)
            report.notes += compared.notes
            report.isCompared = compared.isCompared
            if let publication {
                let isSound = report.findings == 0
                try compare(replayed.replay, bytes, with: publication, find: tell)
                try compareTiles(of: folder, isSound: isSound, keys, with: publication, find: tell)
            }
        } catch { try tell("log", "\(error)") }
        return report
    }

    /// What the log tells, and of which acts.
    private struct Replayed {
        var replay = LogReplay()
        var acts: [(number: Int, value: Int, entry: Int)] = []
        /// Where each publication ended, and with which act.
        var ends: [(acts: Int, head: Digest, entry: Int)] = []
        /// The acts that put a registry back, the entries that it may not have, and the acts before that it may have and that were told as
        /// what is lost or stands otherwise.
        var restores: [(act: Int, lost: Range<Int>, own: Range<Int>)] = []

        /// Whether a registry was put back that may not have the act.
        func mayBeLost(_ act: (number: Int, value: Int, entry: Int)) -> Bool {
            restores.contains { $0.lost.contains(act.entry) }
        }

        /// Whether an act was done on an older registry before that was taken on.
        func wasDoneBeforeRestore(_ act: Int) -> Bool { restores.contains { $0.own.contains(act) } }
    }

    private struct Compared {
        var told = 0
        var waiting = 0
        var notes: [String] = []
        var isCompared = true
    }

    private func replay(
        _ folder: LogFolder,
        _ head: TreeHead,
        find: (String, String) throws -> Void,
        progress: (Int) -> Void
    ) throws -> Replayed {
        var (edge, replayed) = (TreeEdge(), Replayed())
        func check(_ tile: Tile, _ bytes: [UInt8]) throws {
            let stored = try? folder.read(tile)
            if stored != bytes {
                try find("log", "\(tile.path) \(stored == nil ? "is gone" : "is not what its entries hash to")")
            }
        }
        for index in 0..<(head.size + Tile.fullWidth - 1) / Tile.fullWidth {
            guard let tile = Tile(level: nil, index: index, ofTreeOf: head.size) else { break }
            for bytes in try tile.entries(of: folder.read(tile)) {
                try edge.append(Array(bytes)) { if $0.level != nil { try check($0, $1) } }
                let entry: LogEntry
                do { entry = try LogEntry(bytes) } catch {
                    try find("log", "entry \(edge.size - 1): \(error.reason)")
                    continue
                }
                for fault in replayed.replay.apply(entry) { try find("log", fault) }
                switch entry.content {
                case .act(let act): replayed.acts.append((act.number, bytes.hashValue, edge.size - 1))
                case .restore(let act, let from):
                    let common = replayed.ends.last { $0.head == from }
                    let first = (common?.acts ?? 0) + 1
                    let lost = (common?.entry ?? -1) + 1..<edge.size
                    replayed.restores.append((act, lost, first..<max(first, act)))
                case .registry(let acts, let head, _): replayed.ends.append((acts, head, edge.size - 1))
                case .list, .loss: break
                }
            }
            progress(edge.size)
        }
        for (tile, bytes) in edge.partial where tile.level != nil { try check(tile, bytes) }
        if edge.head != head { try find("log", "its entries do not hash to the root that was signed") }
        return replayed
    }

    private func compare(
        _ replayed: Replayed,
        _ session: Registry.Session,
        find: (String, String) throws -> Void,
        progress: (Int) -> Void
    ) throws -> Compared {
        guard let end = replayed.replay.registry else {
            try find("log", "does not say how far the acts have come")
            return Compared()
        }
        guard try session.hash(ofAct: end.acts) == end.head else {
            // Published is nothing of it yet.
            let common = try replayed.ends.last { try session.hash(ofAct: $0.acts) == $0.head }?.acts ?? 0
            if try session.actsOnTheAuthority([.restore]).contains(where: { $0.number > common }) {
                return Compared(
                    notes: ["a registry from before was put back, which the log does not tell yet; publish"],
                    isCompared: false
                )
            }
            try find("log", "tells of \(end.acts) acts, and the registry has others")
            return Compared()
        }
        // After a restoration numbers come again.
        let told = replayed.acts.sorted { ($0.number, $0.entry) < ($1.number, $1.entry) }
        var next = 0
        var compared = Compared()
        func missing(_ act: (number: Int, value: Int, entry: Int)) throws {
            if !replayed.mayBeLost(act) { try find("act \(act.number)", "is in the log, and not in the registry") }
        }
        do {
            _ = try session.trace(from: 1, logged: 1, progress: progress) { entry in
                guard case .act(let act) = entry.content else { return }
                if act.number > end.acts {
                    compared.waiting += 1
                    return
                }
                while next < told.count, told[next].number < act.number {
                    try missing(told[next])
                    next += 1
                }
                let value = entry.encoded[...].hashValue
                var (isTold, others) = (false, 0)
                while next < told.count, told[next].number == act.number {
                    if told[next].value == value {
                        isTold = true
                    } else if !replayed.mayBeLost(told[next]) {
                        others += 1
                    }
                    next += 1
                }
                if others > 0 { try find("act \(act.number)", "is another in the log than in the registry") }
                if !isTold, others == 0, !replayed.wasDoneBeforeRestore(act.number) {
                    try find("act \(act.number)", "is in the registry, and not in the log")
                }
                if isTold { compared.told += 1 }
            }
        } catch let error as RegistryError { try find("registry", "\(error)") }
        for act in told[min(next, told.count)...] { try missing(act) }
        let since = try? session.trace(from: end.acts + 1)
        for list in try session.statusLists() {
            let said = replayed.replay.lists[list.name.description] ?? LogReplay.List()
            let touched = since?[list.name] ?? []
            var present = 0
            for (index, status, digest) in try session.entries(of: list) {
                if touched.contains(index) {
                    if said.status(at: index) != .neverIssued { present += 1 }
                    continue
                }
                present += 1
                if said.status(at: index) != status || !said.isDigest(digest, at: index) {
                    try find(
                        "list \(list.name)",
                        "entry \(index) is \(said.status(at: index)) in the log, and \(status) here, or of another code"
                    )
                }
            }
            if said.used != present {
                try find("list \(list.name)", "has \(said.used) entries in the log, and \(present) here")
            }
        }
        return compared
    }

    /// What lies in the publication.
    private func compare(
        _ replay: LogReplay,
        _ checkpoint: [UInt8],
        with publication: String,
        find: (String, String) throws -> Void
    ) throws {
        let source = FolderSource(publication)
        guard let published = try? source.read(AuthorityLog.checkpoint) else {
            return try find(
                "publication",
                "\(publication) has no \(AuthorityLog.checkpoint); `licet publish` lays it, or --publication names another folder"
            )
        }
        if (try? source.read(TrustList.path)).map({ (try? authority.trustList($0)) == nil }) ?? true {
            try find("publication", "\(TrustList.path) is gone or damaged; `licet publish` lays it anew")
        }
        if published != checkpoint {
            let theirs = (try? Checkpoint(text: SignedNote(published).text).head.size) ?? 0
            try find(
                "publication",
                theirs > replay.count
                    ? "\(publication) has \(theirs) entries of the log, and this home \(replay.count): an older home was put back, and `licet "
                        + "restore --as-it-is --publication` takes the log over"
                    : "\(publication) has another checkpoint; `licet publish` brings it up to date"
            )
        } else if let end = replay.end {
            // By which readers know the newest lists.
            let path = AuthorityLog.lists(ofLogOf: replay.count)
            if (try? source.read(path)) != replay.table.file(endedBy: end) {
                try find("publication", "\(path) is gone or damaged; `licet publish` lays it anew")
            }
        }
        for path in Set(ListKind.allCases.flatMap { source.paths(of: $0) }).union(replay.table.paths).sorted() {
            guard let bytes = try? source.read(path) else {
                try find("publication", "\(path) is gone; `licet publish` lays it anew")
                continue
            }
            if replay.table[path]?.digest != COSESign1.digest(ofSigned: bytes) {
                try find("publication", "\(path) is not the one that the log tells of last")
            }
        }
    }

    /// Every tile of the copy that is published; where the log at home is not sound nobody knows which of two is right.
    private func compareTiles(
        of log: LogFolder,
        isSound: Bool,
        _ keys: [NoteKey],
        with publication: String,
        find: (String, String) throws -> Void
    ) throws {
        let copy = LogFolder("\(publication)/\(AuthorityLog.folder)")
        guard let bytes = try? copy.ifThere(Checkpoint.path),
            let size = try? SignedCheckpoint(bytes, logKeys: keys).head.size,
            let own = try? log.ifThere(Checkpoint.path).map({ try Checkpoint(text: SignedNote($0).text).head.size }),
            size <= own
        else { return }
        for tile in Tile.added(from: 0, to: size) {
            guard let own = try? log.read(tile) else { continue }
            let laid = try? copy.read(tile)
            if laid != own {
                let path = "\(AuthorityLog.folder)/\(tile.path)"
                let what =
                    switch (laid, isSound) {
                    case (nil, _): "is gone; `licet publish` lays it anew"
                    case (_?, true):
                        "is damaged; `licet publish` lays it anew, of a long log once it is taken away there"
                    case (_?, false): "is another than at home"
                    }
                try find("publication", "\(path) \(what)")
            }
        }
    }
}
