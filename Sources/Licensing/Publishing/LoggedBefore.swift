package import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
package import Publication
package import Registry
package import TransparencyLog

/// Where the log and the registry meet, also after one from before was put back.
extension Authority {
    /// Opens the authority's own log; `folder` is where it is published.
    func openLog(beside folder: String) throws -> LogWriter {
        let (known, isExpected, beginning) = try registry.read {
            (try $0.keys(of: record), try isLogExpected($0), try $0.logBeginning())
        }
        let hasCopy = FileManager.default.fileExists(atPath: "\(folder)/\(AuthorityLog.checkpoint)")
        let log = try LogWriter(
            at: home,
            origin: logOrigin(known),
            keys: logKeys(known),
            isExpected: isExpected || hasCopy,
            beginning: beginning
        )
        // Before anything is signed: two logs of the same size would prove that this authority tells two stories.
        let last = log.isAnew ? LastPublication(at: home) : LastPublication.ofLog(at: home)
        var seen = SeenLog()
        if let head = last?.log { seen.see(head, of: LastPublication.logInWords) }
        // An older home may publish elsewhere than it did since. What cannot be read there says nothing.
        for folder in Set([folder, last?.folder ?? folder]).sorted() {
            let copy = "\(folder)/\(AuthorityLog.folder)"
            if let head = log.head(ofCopy: copy) { seen.see(head, of: LogWriter.inWords(copy)) }
        }
        // Where this home does not know what it published, what lies there may.
        if LastPublication(at: home) == nil, !log.isAnew { seen.see(try Published(in: folder, of: self).claims) }
        try log.refuse(behind: seen)
        return log
    }

    /// Whether there was a log, by what the home or the registry knows, and none is about to begin anew.
    package func isLogExpected(_ session: Registry.Session) throws -> Bool {
        let begun = LogBeginning(in: home.log)
        if let act = try session.logBeginning(), begun?.hash == act.hash, begun?.stage == .toSign { return false }
        let isKnown = LastPublication(at: home).map { !$0.files.isEmpty } ?? false
        return try isKnown || session.hasPublished()
    }

    /// The head of the log that was published last, as far as the home knows.
    package var publishedLog: TreeHead? { LastPublication(at: home)?.log }

    /// Where this registry was published last, as far as the home knows.
    package var publishedTo: String? { LastPublication(at: home)?.folder }

    /// All keys that ever signed the log's checkpoints, or may; of `keys` those that fit.
    package func logKeys(_ keys: [TrustedKey], where fits: (TrustedKey) -> Bool = { _ in true }) throws -> [NoteKey] {
        let origin = try logOrigin(keys)
        return keys.filter { $0.purpose == .log && fits($0) }.compactMap {
            NoteKey(name: origin, kind: .log, key: $0.certificate.publicKey)
        }
    }

    /// What the log calls itself.
    package func logOrigin(_ keys: [TrustedKey]) throws -> String {
        guard let first = keys.first(where: { $0.number.value == 1 }) else {
            throw AuthorityError(.noKey, "the authority's first key is gone; `licet doctor` says more")
        }
        return TrustList.logOrigin(base: record.base, firstKey: first.certificate.publicKey.id.description)
    }

    /// The first act that the log does not tell of yet.
    ///
    /// Where a registry from before was put back, the log is told so first, and what is lost with it: its entries tell of acts that this
    /// registry does not have.
    func actsToTell(
        of session: Registry.Session,
        _ lists: [StatusListRecord],
        _ log: inout LogWriter
    ) throws -> Int {
        guard let last = log.last else { return 1 }
        if try session.hash(ofAct: last.acts) == last.head { return last.acts + 1 }
        let (replay, ends) = try LogFolder(home.log).replay()
        // The last publication that was of this registry.
        let common = try ends.last { try session.hash(ofAct: $0.acts) == $0.head }
        guard let restore = try session.actsOnTheAuthority([.restore]).first(where: { $0.number > common?.acts ?? 0 })
        else {
            throw AuthorityError(
                .rolledBack,
                "the log tells of \(last.acts) acts, and the registry has others: an older one was put back. "
                    + "`licet doctor` says more; `licet restore` takes it on"
            )
        }
        try log.append(LogEntry(at: restore.at, .restore(act: restore.number, from: common?.head ?? Self.nothing)))
        for loss in try losses(replay, lists, since: restore.number, session) {
            try log.append(LogEntry(at: restore.at, .loss(loss)))
        }
        return restore.number
    }

    private static let nothing = Digest(bytes: Act.origin) ?? Digest(of: [])

    /// What the log tells of entries that was otherwise when the registry's act before `act` was done.
    private func losses(
        _ replay: LogReplay,
        _ lists: [StatusListRecord],
        since act: Int,
        _ session: Registry.Session
    ) throws -> [[LogEntry.Effect]] {
        let touched = try trace(from: act, session) ?? [:]
        var effects: [LogEntry.Effect] = []
        for list in lists {
            let told = replay.lists[list.name.description] ?? LogReplay.List()
            var present = Set<Int>()
            for (index, status, digest) in try session.entries(of: list) {
                var then: ListedStatus? = status
                if touched[list.name]?.contains(index) == true {
                    guard let reference = ListReference(list: list.number, index: index),
                        let licence = try session.licence(at: reference, in: list.office)
                    else { throw Self.tampered("entry \(index) of list \(list.name) cannot be read") }
                    let before = try story(of: licence, upTo: act - 1, session).story
                    then = before.statuses[licence.licence.version].map { ListedStatus($0) }
                }
                guard let then else { continue }
                present.insert(index)
                if told.status(at: index) != then || !told.isDigest(digest, at: index) {
                    effects.append(
                        LogEntry.Effect(list: list.name.description, index: index, digest: digest.bytes, status: then)
                    )
                }
            }
            effects += told.lost(among: present, of: list.name.description)
        }
        let known = Set(lists.map(\.name.description))
        for (name, told) in replay.lists.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
            effects += told.lost(among: [], of: name)
        }
        return stride(from: 0, to: effects.count, by: LogEntry.maximumEffects).map {
            Array(effects[$0..<min($0 + LogEntry.maximumEffects, effects.count)])
        }
    }
}
