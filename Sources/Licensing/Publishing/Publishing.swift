package import Authority
import Foundation
package import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
package import TransparencyLog

extension Authority {
    /// What was published.
    package struct PublishReport {
        /// Paths of files that are new or changed.
        package internal(set) var written: [String] = []
        /// Paths of files that were good as they were.
        package internal(set) var unchanged: [String] = []
        /// How many entries the log has; nil where there is none yet.
        package internal(set) var logSize: Int?
        /// Who has signed the head of the log beside the authority, by name.
        package internal(set) var witnesses: [String] = []
        /// What must still be done.
        package internal(set) var remarks: [String] = []
    }

    /// How long lists speak.
    package struct PublishTerms {
        /// Seconds until a list says nothing any more.
        package let lifetime: Int64
        /// Seconds until a reader should fetch it again.
        package let timeToLive: Int
        /// Bytes of a registry up to which each page of it is looked at first.
        package let wholeUpTo: Int

        package init(lifetime: Int64, timeToLive: Int, wholeUpTo: Int = 256 << 20) {
            self.lifetime = lifetime
            self.timeToLive = timeToLive
            self.wholeUpTo = wholeUpTo
        }
    }

    /// Asks witnesses for their signatures under a checkpoint; it gets the note, and the log's tree for a proof.
    package typealias Cosigning = (SignedNote, TileTree) -> [SignedNote.Signature]

    /// Writes the publication into `folder`.
    ///
    /// What was done since is told in the log first, then the lists that changed are signed, each with its place in the log, and the head of
    /// the log is signed over all of that. Then the trust list, the log, and at the end the lists are laid into the folder, so that whoever
    /// reads them finds them in the log.
    ///
    /// A list whose licences did not change is left alone while more than half of its life remains and its key is still
    /// the one that signs lists; for another folder than the last time it is copied from there. `checking` is told how many of how many acts were looked at, `progress` how many of how many lists are done.
    package func publish(
        to folder: String,
        on terms: PublishTerms,
        cosigning: Cosigning? = nil,
        checking: (Int, Int) -> Void = { _, _ in },
        progress: (Int, Int) -> Void = { _, _ in },
        now: @autoclosure () -> Instant
    ) throws -> PublishReport {
        // One at a time: a slower publisher would put its older lists over newer ones.
        let lock = try FileLock(path: home.publishLock)
        defer { _ = lock }
        let checkpoints = ["\(home.log)/\(Checkpoint.path)", "\(folder)/\(AuthorityLog.checkpoint)"]
        for path in [home.published, home.publishedTrustList, "\(folder)/\(TrustList.path)"] + checkpoints {
            DurableFile.sweep(beside: path)
        }
        let isEmpty = try home.read(registry) { session in
            try home.checkTail(session)
            _ = try signingTime(now(), session)
            // Of a larger one the doctor looks at every page, and here only what is read.
            if try session.size() <= terms.wholeUpTo, let damage = try session.brokenPages().first {
                throw AuthorityError(.storage, "the registry is damaged: \(damage); `licet doctor` says more")
            }
            return try session.statusLists().isEmpty
        }
        // One for all, chosen before the trust list that names it. A key that does not open leaves no trace, not even a folder.
        try refuseForeign("\(folder)/\(TrustList.path)")
        let signers = try isEmpty ? nil : PublicationSigners(of: self, now: now())
        // An authority without a list has no log; where one is published, it is from before.
        let isLogged = signers != nil || FileManager.default.fileExists(atPath: "\(folder)/\(AuthorityLog.checkpoint)")
        var log = isLogged ? try openLog(beside: folder) : nil
        let traced = try registry.read { try trace(in: folder, $0, &log, checking) }
        let lists = signers == nil ? [] : traced.lists
        // A trust list that has ended, perhaps only by this clock, is found before a list is signed with this time.
        let trust = try currentTrustList(now: now)
        try refuseOlder(trust, than: "\(folder)/\(TrustList.path)")
        var published = LastPublication(head: traced.head, folder: folder)
        for kind in ListKind.allCases {
            try DurableFile.makeFolder("\(folder)/\(kind.rawValue)")
            StagedFile.sweep("\(folder)/\(kind.rawValue)")
        }
        var report = PublishReport()
        var staged: [StagedFile] = []
        var isCommitted = false
        defer { if !isCommitted { for file in staged { file.discard() } } }
        for (number, list) in lists.enumerated() {
            defer { progress(number + 1, lists.count) }
            guard let signers, var writer = log else { continue }
            let files = try signedLists(of: list, traced, by: signers.lists, terms: terms, &writer, now)
            log = writer
            for file in files {
                published[file.path] = file.signed ?? traced.last?[file.path]
                if let bytes = file.bytes {
                    staged.append(try StagedFile(bytes, for: "\(folder)/\(file.path)"))
                    report.written.append(file.path)
                } else {
                    report.unchanged.append(file.path)
                }
            }
        }
        // That these numbers are given away must outlive a power cut: SQLite does not look whether the name of its log does.
        if !staged.isEmpty { try DurableFile.sync(folder: home.path) }
        if let signers, var writer = log {
            try writer.end(by: keys.signer(of: signers.log), at: now())
            if let cosigning, let note = writer.committed?.note, let tree = writer.tree {
                // What witnesses answer stops nobody.
                do { try writer.add(cosigning(note, tree)) } catch is LogError {}
            }
            log = writer
        }
        try lay(trust, in: folder, &report)
        if let log {
            // Between the checkpoint and the lists that it tells of as little happens as can.
            let laid = try log.copy(to: "\(folder)/\(AuthorityLog.folder)") {
                try StagedFile.sync(staged, in: folder)
            }
            report.written += laid.map { "\(AuthorityLog.folder)/\($0)" }
            if !laid.contains(Checkpoint.path) { report.unchanged.append(AuthorityLog.checkpoint) }
            report.logSize = log.committed?.head.size
            report.witnesses = log.witnesses
        }
        published.log = log?.committed?.head ?? traced.last?.log
        isCommitted = true
        try StagedFile.commit(staged, in: folder, areSynced: log != nil)
        if published != traced.last { try published.write(to: home) }
        try log?.wasLaid()
        report.remarks = try registry.read { [try remarkOfLogBeginning($0)].compactMap { $0 } }
        return report
    }

    private func lay(_ trust: TrustListRecord, in folder: String, _ report: inout PublishReport) throws {
        let path = "\(folder)/\(TrustList.path)"
        func isThere(_ path: String) -> Bool {
            (try? DurableFile.read(path, limit: PublicationReader.maximumFile, regularOnly: true)) == trust.bytes
        }
        if isThere(path) {
            report.unchanged.append(TrustList.path)
        } else {
            try DurableFile.write(trust.bytes, to: path)
            report.written.append(TrustList.path)
        }
        if !isThere(home.publishedTrustList) { try DurableFile.write(trust.bytes, to: home.publishedTrustList) }
    }

    /// The newest trust list; signed anew by the root when less than a third of its life remains.
    private func currentTrustList(now: () -> Instant) throws -> TrustListRecord {
        let (newest, isTold) = try registry.read { session in
            (try newestTrustList(session), try !hasRootKey || endedUntold(session).isEmpty)
        }
        // When it ends is what it says, and not what the registry says of it.
        if let newest { _ = try trustList(newest) }
        if let newest, isTold, newest.nextUpdate.since(now()) > Self.trustListLifetime / 3, try isSignedByRoot(newest) {
            return newest
        }
        if !hasRootKey, let newest, now() < newest.nextUpdate { return newest }
        _ = try keys.root(root)
        return try registry.write { session in
            let now = try signingTime(now(), session)
            try renewTrustList(session, now: now)
            guard let made = try session.newestTrustList() else {
                throw RegistryError(.storage, "the new trust list is not in the registry")
            }
            return made
        }
    }
}

/// The keys that sign a publication; both can be opened.
struct PublicationSigners {
    let lists: TrustedKey
    let log: TrustedKey

    init(of authority: Authority, now: Instant) throws {
        let known = try authority.registry.read { try authority.signingKeys($0) }
        let (next, nextOfLog) = ("licet authority rotate-key", "licet authority rotate-key --log")
        lists = try Self.live(.lists, "lists", next, among: known, now: now)
        log = try Self.live(.log, "the log", nextOfLog, among: known, now: now)
        for (key, command) in [(lists, next), (log, nextOfLog)] {
            do { _ = try authority.keys.signer(of: key) } catch let error as AuthorityError where error.code == .key {
                throw AuthorityError(
                    .key,
                    "\(error.reason) (key \(key.number), for \(key.purpose == .log ? "the log" : "lists")); where it is lost, `\(command)` makes "
                        + "the next"
                )
            }
        }
    }

    private static func live(
        _ purpose: TrustedKey.Purpose,
        _ what: String,
        _ command: String,
        among keys: [TrustedKey],
        now: Instant
    ) throws -> TrustedKey {
        let fitting = keys.filter { $0.purpose == purpose }
        let live = fitting.filter { $0.signs(at: now) && $0.revocation == nil }
        guard let newest = live.max(by: { $0.number < $1.number }) else {
            let states = fitting.map { "key \($0.number) \($0.state(at: now).text)" }
            throw AuthorityError(
                .noKey,
                "no key for \(what) signs at \(now): \(states.isEmpty ? "there is none" : states.joined(separator: ", ")); "
                    + "`\(command)` makes the next"
            )
        }
        return newest
    }
}
