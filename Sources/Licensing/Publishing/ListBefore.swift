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
    /// Those of ``ours`` that lie in the folder that is published to; others were laid into another one last.
    private(set) var inPlace: Set<ListKind>
    /// As they lie there; empty where one is missing.
    let bytes: [ListKind: [UInt8]]
    private let name: String
    /// Who signed each.
    private let issuers: [ListKind: IssuerNumber]

    /// What lies in `folder`, or in the one that was published to last where that is newer and of this registry.
    static func newest(
        of list: StatusListRecord,
        in folder: String,
        trust: TrustList,
        _ last: LastPublication?,
        _ log: LogWriter?
    ) -> ListBefore {
        let here = ListBefore(of: list, in: folder, trust: trust, last)
        guard !here.isOurs, let other = last?.folder, other != folder, here.isOvertaken(in: log) else { return here }
        var there = ListBefore(of: list, in: other, trust: trust, last)
        there.inPlace = here.ours
        return there.isOurs ? there : here
    }

    private init(of list: StatusListRecord, in folder: String, trust: TrustList, _ last: LastPublication?) {
        name = list.name.description
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

    /// Whether nothing is there that anybody believes but what this authority's own log tells of: what is newer takes nothing back.
    private func isOvertaken(in log: LogWriter?) -> Bool {
        ListKind.allCases.allSatisfy { kind in
            guard let claims = facts(kind)?.claims else { return true }
            guard let log, let index = claims.logIndex, let bytes = bytes[kind] else { return false }
            return log.tells(of: LogEntry(path: kind.path(named: name), claims, signed: bytes), at: index)
        }
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
