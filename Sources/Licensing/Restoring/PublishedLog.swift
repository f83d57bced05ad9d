import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TransparencyLog

/// What is known of the log that readers have seen: a restoration must go on from there.
struct SeenLog {
    /// What this home published last.
    let last: TreeHead?
    /// The greatest place in the log that a published list names; nil where no list was published.
    let greatestPlace: Int?
    /// Whether a registry or a home says that lists were published.
    let hasLists: Bool
    /// Whether the published trust list is newer than the registry's: so may the log be than the home's.
    let hasNewerTrust: Bool

    init(of home: Home, _ published: Published, _ session: Registry.Session) throws {
        let record = LastPublication(at: home)
        last = record?.log
        let claims = published.statuses.values.map(\.claims) + published.issued.values.map(\.claims)
        greatestPlace = claims.compactMap(\.logIndex).max()
        hasLists =
            try record.map { !$0.files.isEmpty } ?? false || !published.files.isEmpty || session.hasPublished()
        let known = try session.newestTrustList()?.sequence ?? 0
        hasNewerTrust = published.trust.map { $0.list.sequence > known } ?? false
    }

    /// Why a log does not go on from what was seen; nil where it does.
    func fault(of tree: TileTree) -> String? {
        let size = tree.head.size
        if let last {
            if size < last.size { return "has \(size) entries, and \(last.size) were published from here" }
            if (try? tree.root(of: last.size)) != last.root { return "is another one than was published from here" }
        }
        if let greatestPlace, greatestPlace >= size {
            return "has \(size) entries, and a published list is entry \(greatestPlace)"
        }
        return nil
    }
}

extension Authority {
    /// Takes the published log over where the home's own is shorter or gone: the next entry must go on from the last that anybody saw.
    ///
    /// - Throws: ``AuthorityError/Code/request`` where what is published does not hold together, or is another log than was seen, or there
    ///   is none at all though lists were published; then the home's own is as it was.
    func takeOverLog(from folder: String, keys known: [TrustedKey], _ seen: SeenLog) throws -> String? {
        let keys = try logKeys(known)
        let (published, own) = (LogFolder("\(folder)/\(AuthorityLog.folder)"), LogFolder(home.log))
        let mine = try own.ifThere(Checkpoint.path).flatMap { try? SignedCheckpoint($0, logKeys: keys).head }
        let isWhole = mine.map { (try? own.isWhole($0)) == true } ?? false
        guard let bytes = try published.ifThere(Checkpoint.path) else {
            guard let mine, isWhole else {
                if !seen.hasLists { return nil }
                let state = FileManager.default.fileExists(atPath: home.log) ? "damaged or incomplete" : "gone"
                throw notGoneOn("\(folder) has no \(AuthorityLog.checkpoint), and \(home.log) is \(state)")
            }
            if let fault = seen.fault(of: own.tree(of: mine)) {
                throw notGoneOn("\(folder) has no \(AuthorityLog.checkpoint), and the log in \(home.log) \(fault)")
            }
            if seen.hasNewerTrust {
                throw notGoneOn(
                    "\(folder) has no \(AuthorityLog.checkpoint), and a newer trust list than this registry"
                )
            }
            return nil
        }
        do {
            let checkpoint = try SignedCheckpoint(bytes, logKeys: keys)
            let tree = published.tree(of: checkpoint.head)
            var aside: String?
            if let mine, isWhole {
                let kept = own.tree(of: mine)
                if checkpoint.head.size <= mine.size, try kept.root(of: checkpoint.head.size) == checkpoint.head.root {
                    if let fault = seen.fault(of: kept) { throw notGoneOn("the log in \(home.log) \(fault)") }
                    return nil
                }
                if try !checkpoint.head.continues(mine, by: tree.consistencyProof(from: mine.size)) {
                    // What the world has seen counts; the other is kept for whoever asks how it came to be.
                    aside = "\(home.log).before-\(mine.size)-\(mine.root.description.prefix(8))"
                }
            } else if let mine, checkpoint.head.size < mine.size {
                throw LogError(
                    .inconsistent,
                    "it has \(checkpoint.head.size) entries, and \(home.path), which is damaged, \(mine.size)"
                )
            }
            // Every entry is hashed anew, before anything is written over what may be the only whole one.
            let edge = try published.replayed(to: checkpoint.head) { _, _ in }
            guard edge.head == checkpoint.head else {
                throw LogError(.inconsistent, "its entries do not hash to what was signed")
            }
            if let fault = seen.fault(of: tree) { throw notGoneOn("the log in \(folder) \(fault)") }
            if let aside { try DurableFile.move(home.log, to: aside) }
            var files = UnreadFiles()
            _ = try published.replayed(to: checkpoint.head) { try files.write($1, to: "\(home.log)/\($0.path)") }
            for (tile, bytes) in edge.partial { try files.write(bytes, to: "\(home.log)/\(tile.path)") }
            try files.sync(in: home.log)
            try DurableFile.write(bytes, to: "\(home.log)/\(Checkpoint.path)")
            // No other begins any more.
            unlink("\(home.log)/\(LogWriter.beginsAnew)")
            return "the log was taken over from \(folder), with \(checkpoint.head.size) entries"
        } catch let error as LogError {
            throw AuthorityError(.request, "the log in \(folder) is not taken over: \(error)")
        }
    }

    private func notGoneOn(_ what: String) -> AuthorityError {
        AuthorityError(
            .request,
            "\(what): the log must go on where readers have seen it. Name a copy that has all of it, such as one of `licet sync "
                + "--whole-log`; where there is none any more, --new-log lets another begin, which needs another key"
        )
    }

    /// Goes on with the log of `publication`, or with the home's own, and tells what people must know.
    ///
    /// Where neither has all that readers saw and `isLost` says that nobody has, another begins.
    func goOnWithLog(
        of publication: String?,
        isLost: Bool,
        keys known: [TrustedKey],
        _ seen: SeenLog,
        now: Instant
    ) throws -> [String] {
        if let publication {
            do {
                return try takeOverLog(from: publication, keys: known, seen).map { [$0] } ?? []
            } catch let error as AuthorityError where isLost && error.code == .request {
                return ["\(error.reason)"] + (try beginLog(keys: known, now: now))
            }
        }
        let own = LogFolder(home.log)
        let mine = try? own.ifThere(Checkpoint.path).flatMap { try? SignedCheckpoint($0, logKeys: logKeys(known)).head }
        guard seen.hasLists || FileManager.default.fileExists(atPath: home.log) else { return [] }
        var remarks: [String] = []
        if seen.hasLists {
            remarks.append(
                "LISTS WERE PUBLISHED BEFORE, and nothing of them was looked at: who was revoked since may be valid again. Wherever a copy "
                    + "of them is, take the registry on once more with --publication"
            )
        }
        if let mine, (try? own.isWhole(mine)) == true, seen.fault(of: own.tree(of: mine)) == nil {
            if seen.hasLists, seen.last == nil {
                remarks.append(needsAnotherKey(known, "WHERE READERS SAW A LONGER LOG", now))
            }
            return remarks
        }
        return remarks + (try beginLog(keys: known, now: now))
    }

    /// Puts what there is of a log aside, and lets the next publication begin another.
    private func beginLog(keys known: [TrustedKey], now: Instant) throws -> [String] {
        var remarks: [String] = []
        if FileManager.default.fileExists(atPath: home.log) {
            let aside = Self.freeName("\(home.log).before")
            try DurableFile.move(home.log, to: aside)
            remarks.append("the log that was here lies in \(aside)")
        }
        try DurableFile.makeFolder(home.log)
        try DurableFile.write([], to: "\(home.log)/\(LogWriter.beginsAnew)")
        return remarks + [needsAnotherKey(known, "THE LOG BEGINS ANEW", now)]
    }

    private func needsAnotherKey(_ known: [TrustedKey], _ what: String, _ now: Instant) -> String {
        let numbers = known.filter { $0.purpose == .log && $0.revocation == nil }.map(\.number.description)
        let revoke = numbers.map { "`licet office revoke-key \($0) --after \(now) --reason …`" }.joined(separator: ", ")
        return
            "\(what): who has seen the one of before believes no other by its key. Make another key, `licet authority rotate-key --log`, "
            + "revoke the one of before, \(revoke), and publish; who follows the log with `licet log monitor` begins another --state"
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
