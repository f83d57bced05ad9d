import Authority
import Foundation
import Licence
import OpenSSL
import Publication
package import Registry

/// That a log is the one that began anew with an act of the registry, in a file beside its tiles.
///
/// The act says that another begins, and this that it did: a log that lies there without it is the one of before, and one that is gone is not
/// begun a second time.
struct LogBeginning: Equatable {
    let act: Int
    let hash: Digest
    /// Whether all of a publication was laid since; from there on the log goes on from itself.
    var isLaid = false

    private static let name = "begins-anew"

    init(_ act: Act) { (self.act, hash) = (act.number, act.hash) }

    /// Nil where there is none in the folder of a log, or none that can be read.
    init?(in log: String) {
        guard let bytes = try? DurableFile.read("\(log)/\(Self.name)", limit: 256, regularOnly: true) else {
            return nil
        }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard words.count == 3, let act = Int(words[0]),
            let hash = [UInt8](hexadecimal: words[1]).flatMap({ Digest(bytes: $0) })
        else { return nil }
        (self.act, self.hash, isLaid) = (act, hash, words[2] == "laid")
    }

    func write(in log: String) throws {
        try DurableFile.write(Array("\(act) \(hash) \(isLaid ? "laid" : "begun")".utf8), to: "\(log)/\(Self.name)")
    }
}

extension Registry.Session {
    /// The act with which the log began anew, where it did not go on from another since.
    package func logBeginning() throws -> Act? {
        try actsOnTheAuthority([.restore]).last { act in
            [Deed.logBeginsAnew, Deed.logGoesOn].contains { act.deed.detail?.contains($0) == true }
        }.flatMap { $0.deed.detail?.contains(Deed.logBeginsAnew) == true ? $0 : nil }
    }
}

extension Authority {
    /// What must still be done since the log began anew; nil where it did not, or all is done.
    package func remarkOfLogBeginning(_ session: Registry.Session) throws -> String? {
        guard let act = try session.logBeginning() else { return nil }
        return Self.remark(ofLogBegunAt: act.at, try session.keys(of: record))
    }

    /// Whether another log is to begin, and none did yet.
    func isLogToBegin(_ session: Registry.Session) throws -> Bool {
        try session.logBeginning().map { LogBeginning(in: home.log).map { $0.hash } != $0.hash } ?? false
    }

    static func remark(ofLogBegunAt time: Instant, _ keys: [TrustedKey]) -> String? {
        let before = keys.filter { $0.purpose == .log && $0.validity.lowerBound <= time && $0.revocation == nil }
        return before.isEmpty ? nil : needsAnotherKey("THE LOG BEGINS ANEW", instead: before, time)
    }

    static func needsAnotherKey(_ what: String, instead keys: [TrustedKey], _ time: Instant) -> String {
        let revoke = keys.map { "`licet office revoke-key \($0.number) --after \(time) --reason …`" }
        return
            "\(what): who has seen the one of before believes no other by its key. Make another key, `licet authority rotate-key --log`, "
            + "revoke the one of before, \(revoke.joined(separator: ", ")), and publish; who follows the log with `licet log monitor` begins "
            + "another --state"
    }
}
