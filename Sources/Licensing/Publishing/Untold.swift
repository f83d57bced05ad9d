import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

extension Authority {
    /// Refuses a list that says what no act tells of, or takes back what was published before and no act can take back: that a licence
    /// was issued, or that it has ended.
    ///
    /// Each entry that is new or other than `before`, or `touched` by an act since, is held against its code and its acts, and no entry
    /// is other that no act has touched; where this registry published nothing before, or something else lies there, `touched` is nil and
    /// each is looked at. Who writes the file without an officer's key would otherwise have what he wrote signed and published; `licet
    /// doctor` finds him too, but somebody must ask it.
    func refuseUntold(
        _ entries: [(index: Int, status: ListedStatus, digest: Digest)],
        of list: StatusListRecord,
        since before: ListBefore?,
        _ touched: Set<Int>?,
        _ session: Registry.Session
    ) throws {
        let name = "list \(list.office)-\(list.number)"
        func tampered(_ what: String) -> AuthorityError { Self.tampered("\(name): \(what)") }
        func publishedByAnother(_ what: String) -> AuthorityError {
            AuthorityError(
                .rolledBack,
                "\(name): \(what): another registry published that, or this one before it was put back. "
                    + "`licet restore --as-it-is --publication` with this folder takes on what was published here"
            )
        }
        if entries.count != list.used {
            throw tampered("\(list.used) licences were given an entry of it, and there are \(entries.count)")
        }
        if let missing = touched?.subtracting(entries.map(\.index)).first {
            throw tampered("entry \(missing), which an act names, is not in it")
        }
        if list.size != Registry.Session.listSize { throw tampered("it has \(list.size) entries, which no list has") }
        var kept = 0
        var others: [(index: Int, status: ListedStatus, digest: Digest, was: ListedStatus?)] = []
        for (index, status, digest) in entries {
            let was = before?.status(at: index, digest: digest)
            if was != nil { kept += 1 }
            if was != status || touched?.contains(index) ?? true {
                others.append((index, status, digest, was))
            }
        }
        // What another one published may have been lost with what was put back; what this one published is not.
        if let before, before.isOurs, let count = before.issued?.count, kept != count {
            throw tampered(
                "\(count - kept) licences that were published are not in it any more, or others"
            )
        }
        let issuers = Set(try session.keys(of: record).filter { $0.office == list.office }.map(\.number))
        // Most are told by the one act that issued them, which is quickly asked of the whole list.
        let plain = others.count > entries.count / 10 ? try session.plainEntries(of: list, by: issuers) : [:]
        for entry in others {
            func name() throws -> (record: LicenceRecord, subject: String, was: String) {
                guard let reference = ListReference(list: list.number, index: entry.index),
                    let record = try session.licence(at: reference, in: list.office)
                else { throw tampered("entry \(entry.index) cannot be read") }
                let was = entry.was.map { $0 == entry.status ? "" : "was published as \($0) and " } ?? ""
                return (record, "\(record.creditCode) v\(record.licence.version)", was)
            }
            if let was = entry.was, was != entry.status, !entry.status.canFollow(was),
                before?.isOurs == true || was.isEnd
            {
                let (_, subject, was) = try name()
                if before?.isOurs == true {
                    throw tampered("\(subject) \(was)is \(entry.status) now, which no act can do")
                }
                throw publishedByAnother("\(subject) \(was)is \(entry.status) now, which no act can do")
            }
            if touched?.contains(entry.index) == false {
                let (_, subject, was) = try name()
                throw tampered("\(subject) \(was)is \(entry.status) now, which no act says that came since")
            }
            if plain[entry.index] == entry.digest, entry.status == .valid, entry.was ?? .valid == .valid { continue }
            let (record, subject, was) = try name()
            // What is signed is what was looked at, and not another row that passes for it.
            guard ListedStatus(record.status) == entry.status else {
                throw tampered("\(subject) is there twice, as \(entry.status) and as \(record.status)")
            }
            guard record.code.digest == entry.digest, record.code.claims.reference == record.reference,
                issuers.contains(record.issuer), record.code.issuerNumber == record.issuer
            else { throw tampered("\(subject) stands at an entry that its code does not name") }
            guard try isAsTold(record, session, before?.acts.map { (entry.was, $0) }) else {
                throw tampered("\(subject) \(was)is \(entry.status) now, which no act says")
            }
            // What rests otherwise, or has ended, takes nothing back.
            if let seen = entry.was, seen.isReversible, entry.status == .valid, before?.isOurs == false,
                try !story(of: record, session).story.wasEver(seen, record.licence.version)
            {
                throw publishedByAnother("\(subject) \(was)is \(entry.status) now, and was never \(seen) here")
            }
        }
    }

    /// The acts on a licence, and what they made of it; of the first `end` acts only where that is named.
    func story(of licence: LicenceRecord, upTo end: Int = .max, _ session: Registry.Session) throws -> (
        acts: [Act], story: LicenceStory
    ) {
        let acts = try session.acts(on: licence.creditCode).filter { $0.number <= end }
        let lastDays = try session.lastDays(of: licence.creditCode)
        return (acts, LicenceStory(acts, lastDays: lastDays, utcOffset: record.utcOffset))
    }

    /// Whether a version of a licence has the status and the code that its acts tell of.
    ///
    /// With `published`, the acts up to that one must also tell of what was published then: an act from before could be hidden.
    func isAsTold(
        _ licence: LicenceRecord,
        _ session: Registry.Session,
        _ published: (was: ListedStatus?, acts: Int)? = nil
    ) throws -> Bool {
        let version = licence.licence.version
        let (acts, story) = try story(of: licence, session)
        if let published {
            let before = try self.story(of: licence, upTo: published.acts, session).story.statuses[version]
            guard before.map(ListedStatus.init) == published.was else { return false }
        }
        // Of the issue the code's own signature tells.
        for act in acts where act.deed.kind != .licence(.issue) {
            if try session.fault(of: act) != nil { return false }
        }
        guard let key = try session.publicKey(of: licence.issuer), licence.code.cose.isSigned(by: key) else {
            return false
        }
        // The register could say something else than the code, and the next version would be signed by it.
        let claims = Claims(licence.licence, profile: licence.profile, reference: licence.reference)
        return story.faults.isEmpty && claims == licence.code.claims && story.statuses[version] == licence.status
            && story.digests[version] == licence.code.digest.bytes
    }
}

extension LicenceStory {
    /// Whether a version ever was as it was published.
    func wasEver(_ status: ListedStatus, _ version: Int) -> Bool {
        past[version, default: []].contains { ListedStatus($0) == status }
    }
}
