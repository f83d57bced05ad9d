import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TransparencyLog

/// The folder that is published to, as it was before.
struct FolderBefore {
    let path: String
    private let last: LastPublication?
    private let log: LogWriter?
    /// The size of the log that lies there, where this registry knows all that was told until then; else 0.
    private let known: Int

    init(_ path: String, _ last: LastPublication?, _ log: LogWriter?, _ session: Registry.Session) throws {
        (self.path, self.last, self.log) = (path, last, log)
        guard let size = log?.head(ofCopy: "\(path)/\(AuthorityLog.folder)")?.size,
            let end = log?.end(ofPublication: size), try session.hash(ofAct: end.acts) == end.head
        else {
            known = 0
            return
        }
        known = size
    }

    /// The lists that were published last: from here, or from where they were laid last if here is only what they took the place of.
    func lists(of list: StatusListRecord, trust: TrustList) -> ListBefore {
        let here = ListBefore(of: list, in: path, trust: trust, last)
        guard !here.isOurs, let other = last?.folder, other != path else { return here }
        for kind in ListKind.allCases {
            // What nobody believes takes nothing back, nor does what came later.
            guard let claims = here.facts(kind)?.claims else { continue }
            let entry = LogEntry(path: kind.path(of: list.office, list.number), claims, signed: here.bytes[kind] ?? [])
            guard let index = claims.logIndex, index < known, log?.tells(of: entry, at: index) == true else {
                return here
            }
        }
        var there = ListBefore(of: list, in: other, trust: trust, last)
        there.inPlace = here.ours
        return there.isOurs ? there : here
    }
}

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
    /// Those of ``ours`` that lie in the folder that is published to; others were laid into another one last.
    fileprivate(set) var inPlace: Set<ListKind>
    /// As they lie there; empty where one is missing.
    let bytes: [ListKind: [UInt8]]
    /// Who signed each.
    private let issuers: [ListKind: IssuerNumber]

    fileprivate init(of list: StatusListRecord, in folder: String, trust: TrustList, _ last: LastPublication?) {
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
        inPlace = ours
        acts = ours.count == ListKind.allCases.count ? last.map { $0[status]?.acts ?? $0.head.acts } : nil
        self.bytes = [.status: statusBytes, .issued: issuedBytes]
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
