import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication

/// What is published, as far as it verifies: a registry from before must not repeat it.
struct Published {
    var trust: (list: TrustList, bytes: [UInt8])?
    var files: [String: (sequence: Int, issuedAt: Instant)] = [:]
    var statuses: [String: StatusList] = [:]
    var issued: [String: IssuedList] = [:]
    /// What a log says of those that verify, by path.
    var entries: [String: LogEntry] = [:]
    /// Lists that are there and do not verify.
    var damaged: Set<String> = []

    /// What must be known of it.
    var remarks: [String] = []

    private static let folders = ListKind.allCases.map(\.rawValue) + [AuthorityLog.folder]

    /// What those that verify say of themselves.
    var claims: [ListClaims] { statuses.values.map(\.claims) + issued.values.map(\.claims) }

    init(in folder: String, of authority: Authority) throws {
        func read(_ path: String) -> [UInt8]? {
            try? DurableFile.read("\(folder)/\(path)", limit: PublicationReader.maximumFile, regularOnly: true)
        }
        if folder.isEmpty { return }
        let own = try? DurableFile.read(
            authority.home.publishedTrustList,
            limit: PublicationReader.maximumFile,
            regularOnly: true
        )
        if let bytes = read(TrustList.path), let list = try? authority.trustList(bytes) {
            trust = (list, bytes)
        } else if let own, let list = try? authority.trustList(own),
            Self.folders.contains(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") })
        {
            trust = (list, own)
            remarks.append(
                "the trust list in \(folder) is missing or damaged, and number \(list.sequence) counts, which was published from here last"
            )
        }
        guard let list = trust?.list else { return }
        for kind in ListKind.allCases {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind.rawValue)")) ?? []
            for name in names {
                guard let (office, number) = Self.place(ofListNamed: name) else { continue }
                // A name says nothing: what it names must verify.
                let path = kind.path(of: office, number)
                let bytes = read(path) ?? []
                let claims: ListClaims?
                switch kind {
                case .status:
                    statuses[path] = try? StatusList(bytes, path: path, trust: list)
                    claims = statuses[path]?.claims
                case .issued:
                    issued[path] = try? IssuedList(bytes, path: path, trust: list)
                    claims = issued[path]?.claims
                }
                guard let claims else {
                    damaged.insert(path)
                    continue
                }
                files[path] = (claims.sequence, claims.issuedAt)
                entries[path] = LogEntry(path: path, claims, signed: bytes)
            }
        }
    }

    /// Whose list it is, and its number.
    static func place(ofListNamed name: String) -> (office: DivisionCode, number: Int)? {
        let parts = name.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2, let office = try? DivisionCode(parts[0]),
            (1...ListReference.lastList).contains(parts[1])
        else { return nil }
        return (office, parts[1])
    }
}
