import Authority
import Foundation
package import Licence
import OpenSSL
import Publication
package import Registry
import TransparencyLog

/// That a log is the one that began anew with an act of the registry, in a file beside its tiles.
///
/// The act says that another begins, and this that it did: a log that lies there without it is the one of before, and one that is gone is not
/// begun a second time.
struct LogBeginning: Equatable {
    let act: Int
    let hash: Digest
    /// When; the act may be a later one that took the place of the first.
    let at: Instant
    var stage = Stage.toSign
    /// The log of before that was published then, as far as its head could be read: it makes way for this one.
    var replaced: TreeHead?

    enum Stage: String {
        /// Nothing is signed, and what lies anywhere is of before.
        case toSign
        /// Something is signed, and perhaps not published: it does not begin again.
        case toLay
        /// All of a publication was laid; from there on the log goes on from itself.
        case laid
    }

    private static let name = "begins-anew"

    init(_ act: Act, replaced: TreeHead? = nil) {
        (self.act, hash, at, self.replaced) = (act.number, act.hash, act.logBegan ?? act.at, replaced)
    }

    /// Nil where there is none in the folder of a log, or none that can be read.
    init?(in log: String) {
        guard let bytes = try? DurableFile.read("\(log)/\(Self.name)", limit: 256, regularOnly: true) else {
            return nil
        }
        func digest(_ word: Substring) -> Digest? { [UInt8](hexadecimal: word).flatMap { Digest(bytes: $0) } }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard words.count == 4 || words.count == 6, let act = Int(words[0]), let hash = digest(words[1]),
            let at = Instant(rfc3339: String(words[2])), let stage = Stage(rawValue: String(words[3]))
        else { return nil }
        (self.act, self.hash, self.at, self.stage) = (act, hash, at, stage)
        if words.count == 6, let size = Int(words[4]), let root = digest(words[5]) {
            replaced = TreeHead(size: size, root: root)
        }
    }

    func write(in log: String) throws {
        let before = replaced.map { " \($0.size) \($0.root)" } ?? ""
        try DurableFile.write(Array("\(act) \(hash) \(at) \(stage.rawValue)\(before)".utf8), to: "\(log)/\(Self.name)")
    }

    static func remove(in log: String) { unlink("\(log)/\(name)") }

    /// The same log, of which another registry says so.
    func carried(to other: Act) -> Self {
        var new = Self(other, replaced: replaced)
        new.stage = stage
        return new
    }
}

extension Act {
    /// When the log began anew, where it did with this act or that took the place of another.
    package var logBegan: Instant? {
        guard let detail = deed.detail, let range = detail.firstRange(of: Deed.logBeginsAnew) else { return nil }
        let rest = detail[range.upperBound...]
        guard rest.hasPrefix(Deed.since) else { return at }
        return Instant(rfc3339: String(rest.dropFirst(Deed.since.count).prefix { $0 != ";" }))
    }
}

extension Registry.Session {
    /// The act with which the log began anew, where it did not go on from another since.
    package func logBeginning() throws -> Act? {
        try actsOnTheAuthority([.restore]).last { act in
            [Deed.logBeginsAnew, Deed.logGoesOn].contains { act.deed.detail?.contains($0) == true }
        }.flatMap { $0.logBegan == nil ? nil : $0 }
    }
}

extension Authority {
    /// What must still be done since the log began anew; nil where it did not, or all is done.
    package func remarkOfLogBeginning(_ session: Registry.Session) throws -> String? {
        guard let time = try session.logBeginning()?.logBegan else { return nil }
        return Self.remark(ofLogBegunAt: time, try session.keys(of: record))
    }

    static func remark(ofLogBegunAt time: Instant, _ keys: [TrustedKey]) -> String? {
        let before = keys.filter { $0.purpose == .log && $0.validity.lowerBound <= time && $0.revocation == nil }
        return before.isEmpty ? nil : needsAnotherKey("THE LOG BEGINS ANEW", instead: before, time)
    }

    static func needsAnotherKey(_ what: String, instead keys: [TrustedKey], _ time: Instant) -> String {
        let revoke = keys.map { "`licet office revoke-key \($0.number) --after \(time) --reason …`" }
        return
            "\(what): readers who know the log of before believe no other that the same key signs. Make another key, `licet authority rotate-key --log`, "
            + "revoke the one of before, \(revoke.joined(separator: ", ")), and publish; who follows the log with `licet log monitor` begins "
            + "another --state"
    }
}
