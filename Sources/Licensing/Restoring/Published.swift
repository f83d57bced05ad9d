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
        func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
        func read(_ path: String) -> [UInt8]? {
            try? DurableFile.read("\(folder)/\(path)", limit: PublicationReader.maximumFile, regularOnly: true)
        }
        let own = authority.publishedTrustList().flatMap { list in
            (try? DurableFile.read(authority.home.publishedTrustList, limit: PublicationReader.maximumFile))
                .map { (list: list, bytes: $0) }
        }
        let there = folder.isEmpty ? nil : read(TrustList.path)
        let published = there.flatMap { bytes in (try? authority.trustList(bytes)).map { (list: $0, bytes: bytes) } }
        if let published {
            // What this home has published itself since is no less true where an older folder is named.
            let isOlder = own.map {
                $0.list.sequence > published.list.sequence && $0.list.faults(after: published.list).isEmpty
            }
            trust = isOlder == true ? own : published
        } else if let own, folder.isEmpty || Self.folders.contains(where: isThere) {
            trust = own
            if !folder.isEmpty {
                remarks.append(
                    "the trust list in \(folder) is missing or damaged, and number \(own.list.sequence) counts, which was published from "
                        + "here last"
                )
            }
        }
        if folder.isEmpty { return }
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
