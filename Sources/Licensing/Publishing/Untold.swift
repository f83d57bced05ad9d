import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// What was said of an office's list before, as far as it lies in the publication and verifies.
struct ListBefore {
    /// Nil where it is missing or damaged.
    let statuses: StatusList?
    let issued: IssuedList?
    /// Whether both are what this registry published last, or it published none and none is there; else another did, or the same one
    /// before something was put back.
    var isOurs: Bool { ours.count == ListKind.allCases.count }
    /// Those that are.
    let ours: Set<ListKind>
    /// The last act that they tell of; nil where another published them.
    let acts: Int?
    /// Who signed each.
    private let issuers: [ListKind: IssuerNumber]

    init(of list: StatusListRecord, in folder: String, trust: TrustList, _ last: LastPublication?) {
        let (status, issue) = (
            ListKind.status.path(of: list.office, list.number), ListKind.issued.path(of: list.office, list.number)
        )
        func bytes(_ path: String) -> [UInt8] {
            (try? DurableFile.read("\(folder)/\(path)", limit: PublicationReader.maximumFile, regularOnly: true)) ?? []
        }
        let (statusBytes, issuedBytes) = (bytes(status), bytes(issue))
        statuses = try? StatusList(statusBytes, path: status, trust: trust)
        issued = try? IssuedList(issuedBytes, path: issue, trust: trust)
        let isNew =
            last.map { $0[status] == nil && $0[issue] == nil } ?? false && statusBytes.isEmpty && issuedBytes.isEmpty
        var ours: Set<ListKind> = []
        if isNew || statuses != nil && last?[status]?.digest == Digest(of: statusBytes) { ours.insert(.status) }
        if isNew || issued != nil && last?[issue]?.digest == Digest(of: issuedBytes) { ours.insert(.issued) }
        self.ours = ours
        acts = ours.count == ListKind.allCases.count ? last.map { $0[status]?.acts ?? $0.head.acts } : nil
        var issuers: [ListKind: IssuerNumber] = [:]
        for (kind, bytes) in [(ListKind.status, statusBytes), (.issued, issuedBytes)] {
            let keyID = (try? COSESign1(encoded: bytes))?.header.keyID
            issuers[kind] = trust.keys.first { $0.number.bigEndian == keyID }?.number
        }
        self.issuers = issuers
    }

    /// What the list of `kind` says of itself, and whose it is; nil where it is missing or damaged.
    func facts(_ kind: ListKind) -> (claims: ListClaims, issuer: IssuerNumber)? {
        let claims = kind == .status ? statuses?.claims : issued?.claims
        guard let claims, let issuer = issuers[kind] else { return nil }
        return (claims, issuer)
    }

    /// What was said of an entry; nil where it was not issued, or with another code.
    func status(at index: Int, digest: Digest) -> ListedStatus? {
        guard issued?.answer(index: index, digest: digest) == .issued else { return nil }
        return statuses?.value(at: index).flatMap(ListedStatus.init)
    }

    /// Whether the list of `kind` says this and nothing else.
    func says(_ entries: [(index: Int, status: ListedStatus, digest: Digest)], _ kind: ListKind) -> Bool {
        switch kind {
        case .status:
            guard let statuses else { return false }
            let used = (0..<statuses.count).count { statuses.value(at: $0) != ListedStatus.neverIssued.rawValue }
            return used == entries.count
                && entries.allSatisfy { statuses.value(at: $0.index) == $0.status.rawValue }
        case .issued:
            return issued?.count == entries.count
                && entries.allSatisfy { issued?.answer(index: $0.index, digest: $0.digest) == .issued }
        }
    }
}

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
