import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// What was said of an office's list when it was published last, as far as it lies there and verifies.
struct ListBefore {
    let statuses: StatusList
    let issued: IssuedList

    /// Nil where the files are missing, damaged, or not those that this registry published last.
    init?(of list: StatusListRecord, in folder: String, trust: TrustList, _ session: Registry.Session) throws {
        func bytes(_ kind: ListKind) throws -> [UInt8]? {
            let path = kind.path(of: list.office, list.number)
            guard let last = try session.published(path),
                let bytes = try? DurableFile.read("\(folder)/\(path)", limit: PublicationReader.maximumFile),
                Digest(of: bytes) == last.fileDigest
            else { return nil }
            return bytes
        }
        guard let statuses = try bytes(.status), let issued = try bytes(.issued),
            let statuses = try? StatusList(
                statuses,
                path: ListKind.status.path(of: list.office, list.number),
                trust: trust
            ),
            let issued = try? IssuedList(
                issued,
                path: ListKind.issued.path(of: list.office, list.number),
                trust: trust
            )
        else { return nil }
        (self.statuses, self.issued) = (statuses, issued)
    }
}

extension Authority {
    /// Refuses a list that says what no act tells of, or takes back what was published before and no act can take back: that a licence
    /// was issued, or that it has ended.
    ///
    /// Each entry that is new or other than `before` is held against its acts; where nothing was published before, or something else lies
    /// there, each. Who writes the file without an officer's key would otherwise have what he wrote signed and published; `licet doctor`
    /// finds him too, and goes along the whole chain, but somebody must ask it.
    func refuseUntold(
        _ entries: [(index: Int, status: ListedStatus, digest: Digest)],
        of list: StatusListRecord,
        since before: ListBefore?,
        _ session: Registry.Session
    ) throws {
        let name = "list \(list.office)-\(list.number)"
        func tampered(_ what: String) -> AuthorityError {
            AuthorityError(
                .rolledBack,
                "\(name): \(what); somebody has tampered with the registry, nothing of it is published. `licet doctor` says more"
            )
        }
        if entries.count != list.used {
            throw tampered("\(list.used) licences were given an entry of it, and there are \(entries.count)")
        }
        var kept = 0
        var others: [(index: Int, status: ListedStatus, was: ListedStatus?)] = []
        for entry in entries {
            var was: ListedStatus?
            if let before, before.issued.answer(index: entry.index, digest: entry.digest) == .issued {
                kept += 1
                was = before.statuses.value(at: entry.index).flatMap(ListedStatus.init)
            }
            if was != entry.status { others.append((entry.index, entry.status, was)) }
        }
        if let before, kept != before.issued.count {
            throw tampered(
                "\(before.issued.count - kept) licences that were published are not in it any more, or others"
            )
        }
        // Of many the most are told by the one act that issued them, which can be asked of all at once.
        let plain = others.count > 50 ? try session.plainEntries(of: list) : []
        for entry in others where entry.was != nil || !plain.contains(entry.index) {
            guard let reference = ListReference(list: list.number, index: entry.index),
                let record = try session.licence(at: reference, in: list.office)
            else { throw tampered("entry \(entry.index) cannot be read") }
            let subject = "\(record.creditCode) v\(record.licence.version)"
            let was = entry.was.map { "was published as \($0) and " } ?? ""
            if let was = entry.was, was.isFinal {
                throw tampered("\(subject) was published as \(was) and is \(entry.status) now, which no act can do")
            }
            guard try isAsTold(record, session) else {
                throw tampered("\(subject) \(was)is \(entry.status) now, which no act says")
            }
        }
    }

    /// Whether a version of a licence has the status and the code that its acts tell of.
    func isAsTold(_ licence: LicenceRecord, _ session: Registry.Session) throws -> Bool {
        let story = LicenceStory(
            try session.acts(on: licence.creditCode),
            lastDays: try session.lastDays(of: licence.creditCode),
            utcOffset: record.utcOffset
        )
        let version = licence.licence.version
        return story.statuses[version] == licence.status && story.digests[version] == licence.code.digest.bytes
    }
}

extension ListedStatus {
    /// Whether nothing follows it: for each version of a licence that has ended.
    fileprivate var isFinal: Bool {
        switch self {
        case .revoked, .superseded, .cancelled, .annulled: true
        case .valid, .suspended, .dormant, .neverIssued: false
        }
    }
}
