import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication

/// What is published, as far as it verifies: a registry from before must not repeat it.
struct Published {
    var trust: (list: TrustList, bytes: [UInt8])?
    /// The greatest number of a list that verifies, by office.
    var lists: [DivisionCode: Int] = [:]
    var files: [String: (sequence: Int, issuedAt: Instant)] = [:]
    var statuses: [String: StatusList] = [:]
    var issued: [String: IssuedList] = [:]

    init(in folder: String, of authority: Authority) throws {
        func read(_ path: String) -> [UInt8]? {
            try? DurableFile.read("\(folder)/\(path)", limit: PublicationReader.maximumFile, regularOnly: true)
        }
        guard let bytes = read(TrustList.path), let list = try? authority.trustList(bytes) else { return }
        trust = (list, bytes)
        for kind in ListKind.allCases {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind.rawValue)")) ?? []
            for name in names {
                let parts = name.split(separator: "-").compactMap { Int($0) }
                guard parts.count == 2, let office = try? DivisionCode(parts[0]) else { continue }
                // A name says nothing: what it names must verify.
                let path = kind.path(of: office, parts[1])
                guard let bytes = read(path) else { continue }
                let claims: ListClaims?
                switch kind {
                case .status:
                    statuses[path] = try? StatusList(bytes, path: path, trust: list)
                    claims = statuses[path]?.claims
                case .issued:
                    issued[path] = try? IssuedList(bytes, path: path, trust: list)
                    claims = issued[path]?.claims
                }
                guard let claims else { continue }
                files[path] = (claims.sequence, claims.issuedAt)
                lists[office] = max(lists[office] ?? 0, parts[1])
            }
        }
    }
}
