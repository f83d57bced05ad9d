import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TransparencyLog

/// The authority's own log, to which whoever publishes adds; one at a time, under ``Home/publishLock``.
///
/// The tiles come first and may be written again; what counts is the checkpoint, and once that is on the disk, nothing that it covers changes.
struct LogWriter {
    private let folder: String
    private let origin: String
    private let keys: [NoteKey]
    private var edge: TreeEdge
    private var table = ListTable()
    private var files = UnreadFiles()
    /// That it began anew; nil where it is the one that there ever was.
    private var beginning: LogBeginning?
    /// Whether it began anew, and nothing was laid since: then the lists that lie anywhere are perhaps of the log of before.
    var isAnew: Bool { beginning.map { $0.stage != .laid } ?? false }
    /// The head of a published log of before, which makes way for this one; nil where none does.
    private var replaced: TreeHead? { isAnew ? beginning?.replaced : nil }
    /// The size that it had when it was opened.
    private var openedSize = 0
    /// The checkpoint that is on the disk; nil where there is none yet.
    private(set) var committed: SignedCheckpoint?
    /// How far the acts had come when the last publication ended, and the hash of the last one.
    private(set) var last: (acts: Int, head: Digest)?
    /// The same of those that were added since.
    private(set) var told: (acts: Int, head: Digest)?

    /// Opens the log of `home`, whose checkpoint one of `keys` has signed, and which began anew with the act `beginning`.
    ///
    /// - Throws: ``AuthorityError/Code/storage`` where it is damaged, ``AuthorityError/Code/rolledBack`` where `isExpected` and it is gone, or
    ///   it is the one from before it began anew.
    init(at home: Home, origin: String, keys: [NoteKey], isExpected: Bool, beginning act: Act?) throws {
        folder = home.log
        let begun = LogBeginning(in: folder)
        if let act, begun?.hash != act.hash {
            throw AuthorityError(
                .rolledBack,
                "\(folder) is not the log that was to begin anew with act \(act.number): that was broken off, or an older one was put back. "
                    + "`licet restore --as-it-is --publication` takes over what is published; where that is none, `--new-log` with it begins it"
            )
        }
        beginning = act == nil ? nil : begun
        self.origin = origin
        self.keys = keys
        let source = LogFolder(folder)
        guard let bytes = try source.ifThere(Checkpoint.path) else {
            if isExpected, beginning?.stage != .toSign {
                throw AuthorityError(
                    .rolledBack,
                    "\(folder) has no checkpoint, and something was published before: the log must go on where it was. \(Self.takesOver)"
                )
            }
            edge = TreeEdge()
            return
        }
        var made: (path: String, bytes: [UInt8])?
        do {
            let checkpoint = try SignedCheckpoint(bytes, logKeys: self.keys)
            edge = try TreeEdge(of: checkpoint.head) { tile throws(LogError) in try source.read(tile) }
            committed = checkpoint
            openedSize = checkpoint.head.size
            if checkpoint.head.size > 0 {
                let (table, end) = try source.lists(checkpoint.head)
                guard case .registry(let acts, let head, _) = end.content else {
                    throw LogError(.inconsistent, "its last entry is not the end of a publication")
                }
                self.table = table
                last = (acts, head)
                made = (ListTable.path(ofLogOf: checkpoint.head.size), table.file(endedBy: end))
                told = last
            }
            // Before anything is signed: what is published may be the only whole one, and it is gone on from there.
            if checkpoint.head.size <= Self.readsEach, try !source.isWhole(checkpoint.head) {
                throw LogError(.inconsistent, "its entries and tiles do not hash to its checkpoint")
            }
        } catch {
            throw Self.damaged(folder, "\(error)")
        }
        // A table that had to be made anew of all entries is not made anew each time.
        var files = UnreadFiles()
        if let made { try files.write(made.bytes, to: "\(folder)/\(made.path)") }
    }

    private func damaged(_ what: String) -> AuthorityError { Self.damaged(folder, what) }

    private static func damaged(_ folder: String, _ what: String) -> AuthorityError {
        AuthorityError(
            .storage,
            "\(folder) is damaged (\(what)); `licet log audit` says more. \(takesOver)"
        )
    }

    /// What helps where the home's log is not what it should be.
    static let takesOver =
        "`licet restore --as-it-is --publication` with what is published takes the log over from there; where it is lost everywhere, "
        + "`--new-log` with it lets another begin"

    /// Who has signed the head beside the authority, by name.
    var witnesses: [String] {
        let names = committed?.note.signatures.map(\.name).filter { $0 != origin } ?? []
        return Set(names).sorted()
    }

    /// Where the next entry will stand.
    var size: Int { edge.size }

    /// The log as it is signed.
    var tree: TileTree? {
        committed.map { checkpoint in
            let source = LogFolder(folder)
            return TileTree(checkpoint.head) { tile throws(LogError) in try source.read(tile) }
        }
    }

    /// Whether an entry stands at `index` of what is signed.
    func tells(of entry: LogEntry, at index: Int) -> Bool {
        guard let committed, index < committed.head.size else { return false }
        return (try? LogFolder(folder).entry(index)) == entry
    }

    /// How far the acts had come when the publication ended that made the log so large.
    func end(ofPublication size: Int) -> (acts: Int, head: Digest)? {
        guard let committed, size > 0, size <= committed.head.size,
            case .registry(let acts, let head, _)? = try? LogFolder(folder).entry(size - 1).content
        else { return nil }
        return (acts, head)
    }

    /// Remembers that all acts up to this one are told of, those that are not on licences passed over.
    mutating func tell(upTo acts: Int, _ head: Digest) { told = (acts, head) }

    mutating func append(_ entry: LogEntry) throws {
        if case .list(let list) = entry.content { table.tell(list, at: edge.size) }
        var full: [(Tile, [UInt8])] = []
        edge.append(entry.encoded) { full.append(($0, $1)) }
        for (tile, bytes) in full { try files.write(bytes, to: "\(folder)/\(tile.path)") }
    }

    /// Ends a publication, where something is new: says how far the acts have come, puts what was added on the disk, and signs the head.
    mutating func end(by signer: any Signer, at now: Instant) throws {
        if let told, edge.size != committed?.head.size ?? 0 || last.map({ $0 != told }) ?? true {
            let end = LogEntry(at: now, .registry(acts: told.acts, head: told.head, lists: table.digest))
            try append(end)
            try files.write(table.file(endedBy: end), to: "\(folder)/\(ListTable.path(ofLogOf: edge.size))")
            try commit(by: signer)
            last = told
        } else if let committed, committed.signer != NoteKey(name: origin, kind: .log, key: signer.publicKey) {
            try commit(by: signer)
        }
    }

    /// Nothing else is signed of this size ever after.
    private mutating func commit(by signer: any Signer) throws {
        // A smaller one was looked at when it was opened.
        if let head = committed?.head, (Self.readsEach + 1...Self.looksAtEach).contains(head.size),
            (try? LogFolder(folder).isWhole(head)) != true
        {
            throw damaged("its entries and tiles do not hash to its checkpoint")
        }
        guard let key = NoteKey(name: origin, kind: .log, key: signer.publicKey) else {
            throw AuthorityError(.key, "the key for the log is not of Ed25519")
        }
        for (tile, bytes) in edge.partial { try files.write(bytes, to: "\(folder)/\(tile.path)") }
        try files.sync(in: folder)
        if beginning?.stage == .toSign {
            beginning?.stage = .toLay
            try beginning?.write(in: folder)
        }
        let checkpoint = Checkpoint(origin: origin, head: edge.head)
        let signature = try key.signature(of: checkpoint.text, by: signer)
        try write(SignedNote(text: checkpoint.text, signatures: [signature]), keys: keys + [key])
    }

    /// Adds what witnesses have signed to the checkpoint.
    mutating func add(_ cosignatures: [SignedNote.Signature]) throws {
        guard var note = committed?.note, !cosignatures.isEmpty else { return }
        note.add(cosignatures)
        try write(note, keys: keys)
    }

    private mutating func write(_ note: SignedNote, keys: [NoteKey]) throws {
        let before = committed?.head
        let signed = try SignedCheckpoint(note.bytes, logKeys: keys)
        try DurableFile.write(note.bytes, to: "\(folder)/\(Checkpoint.path)")
        committed = signed
        LogFolder(folder).removePartials(before: before?.size ?? 0, now: signed.head.size)
        ListTable.removeOld(in: folder, upTo: signed.head.size)
    }

    /// All of a publication is laid: from here on the log goes on from itself.
    func wasLaid() throws {
        guard var beginning, beginning.stage != .laid else { return }
        beginning.stage = .laid
        try beginning.write(in: folder)
    }

    /// Refuses to sign anything beside what others have seen.
    ///
    /// - Throws: ``AuthorityError/Code/rolledBack``
    func refuse(behind seen: SeenLog) throws {
        guard let fault = seen.fault(of: tree) else { return }
        let other =
            beginning.map {
                " Or the log began anew since, with act \($0.act): where the other one is that of before, move it aside and publish again"
            } ?? ""
        throw AuthorityError(
            .rolledBack,
            "\(folder) \(fault): perhaps an older home was put back. \(Self.takesOver).\(other)"
        )
    }

    /// The head of a published copy; nil where there is none, none that the log has signed, or one that makes way.
    func head(ofCopy target: String) -> TreeHead? {
        let head = LogFolder(target).head(signedBy: keys)
        return head == replaced ? nil : head
    }

    /// What the log in a folder is called.
    static func inWords(_ folder: String) -> String { "the log in \(folder)" }

    /// Brings a published copy up to date: the tiles and the table of lists first, the checkpoint last; the paths below the log's prefix of
    /// what was written.
    ///
    /// Of what was there before, the tiles at the right edge and those of higher levels are read, and of a small log all. `beforeCheckpoint`
    /// is done when all else is on the disk.
    ///
    /// - Throws: ``AuthorityError/Code/rolledBack`` where what lies there is longer, or another log.
    func copy(to target: String, beforeCheckpoint: () throws -> Void) throws -> [String] {
        guard let committed else { return [] }
        let (source, copy) = (LogFolder(folder), LogFolder(target))
        // The log of before, or what cannot be read of it.
        if isAnew, head(ofCopy: target) == nil, FileManager.default.fileExists(atPath: "\(target)/\(Checkpoint.path)") {
            try DurableFile.move(target, to: Authority.freeName("\(target).before"))
        }
        func own(_ what: () throws -> [UInt8]) throws -> [UInt8] {
            do { return try what() } catch { throw damaged("\(error)") }
        }
        let present = head(ofCopy: target)
        if let present {
            var seen = SeenLog()
            seen.see(present, of: Self.inWords(target))
            try refuse(behind: seen)
        }
        let (before, size) = (present?.size ?? 0, committed.head.size)
        try DurableFile.makeFolder(target)
        let new = Tile.added(from: before, to: size)
        var tiles = new
        if before > 0 {
            let isSmall = size <= Self.readsEach
            let all = Tile.added(from: 0, to: size)
            let looked = isSmall ? all : Tile.proving([], in: size) + all.filter { $0.level ?? 0 > 0 }
            let known = Set(new)
            tiles += try Set(looked).filter { tile in
                try !known.contains(tile) && own { try source.read(tile) } != (try? copy.read(tile))
            }
            if !isSmall, size <= Self.looksAtEach {
                let known = Set(tiles)
                tiles += Tile.added(from: 0, to: size).filter { !known.contains($0) && !copy.has($0) }
            }
        }
        // What lies there may be the only whole one.
        let isLaidAnew = size > Self.readsEach && (tiles.count > new.count || before < openedSize)
        if isLaidAnew, (try? source.isWhole(committed.head)) != true { throw damaged("what is published is another") }
        // Anybody may ask for a tile before the checkpoint that covers it is there, and keep what he gets.
        var files: [StagedFile] = []
        var (isWritten, swept) = (false, Set<String>())
        defer { if !isWritten { for file in files { file.discard() } } }
        func stage(_ bytes: [UInt8], at path: String) throws {
            let path = "\(target)/\(path)"
            try DurableFile.makeFolder(DurableFile.parent(of: path))
            if swept.insert(DurableFile.parent(of: path)).inserted { StagedFile.sweep(DurableFile.parent(of: path)) }
            files.append(try StagedFile(bytes, for: path))
        }
        for tile in tiles { try stage(own { try source.read(tile) }, at: tile.path) }
        var healed = tiles.dropFirst(new.count).map(\.path)
        let table = ListTable.path(ofLogOf: size)
        let lists = try own { try source.listsFile(committed.head) }
        if copy.read(table) != lists {
            try stage(lists, at: table)
            if before == size { healed.append(table) }
        }
        isWritten = true
        try StagedFile.commit(files, in: target)
        try beforeCheckpoint()
        if (try? copy.ifThere(Checkpoint.path)) == committed.note.bytes { return healed }
        try DurableFile.write(committed.note.bytes, to: "\(target)/\(Checkpoint.path)")
        copy.removePartials(before: before, now: size)
        ListTable.removeOld(in: target, upTo: size)
        return [Checkpoint.path] + healed
    }

    /// Up to so many entries each publication reads every tile that lies at home and where it is published.
    private static let readsEach = 1 << 16
    /// Up to so many it reads those at home before it signs, and looks whether each that is published is there; of more the audit does.
    private static let looksAtEach = 1 << 22
}
