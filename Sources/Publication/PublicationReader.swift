import Foundation
package import Licence
import LicenceCode
package import OpenSSL

/// Reads a publication from a folder, believing nothing but its root.
package struct PublicationReader {
    private let folder: String
    private let root: Certificate

    /// The greatest size of one file.
    package static let maximumFile = 64 << 20

    package init(folder: String, root: Certificate) {
        self.folder = folder
        self.root = root
    }

    /// Reads all files that belong to the trust list; what cannot be believed says so in its place.
    ///
    /// `seen` is what was accepted before; it grows by what is accepted now. A file that was issued ahead of `now`, by more than
    /// ``clockSkew``, is not believed: remembered, it would shut out every true one until then.
    package func snapshot(_ seen: inout HighWater, now: Instant) -> Snapshot {
        let trust: TrustList
        do { trust = try trustList(&seen, now) } catch {
            return Snapshot(trust: .failure(error), statusLists: [:], issuedLists: [:])
        }
        var statusLists: [String: Result<StatusList, PublicationError>] = [:]
        for path in paths(of: .status) {
            statusLists[path] = list(path, &seen, now) { bytes throws(PublicationError) in
                let list = try StatusList(bytes, path: path, trust: trust)
                return (list, list.claims)
            }
        }
        var issuedLists: [String: Result<IssuedList, PublicationError>] = [:]
        for path in paths(of: .issued) {
            issuedLists[path] = list(path, &seen, now) { bytes throws(PublicationError) in
                let list = try IssuedList(bytes, path: path, trust: trust)
                return (list, list.claims)
            }
        }
        return Snapshot(trust: .success(trust), statusLists: statusLists, issuedLists: issuedLists)
    }

    private func trustList(_ seen: inout HighWater, _ now: Instant) throws(PublicationError) -> TrustList {
        let bytes = try file(TrustList.path)
        let trust = try TrustList(bytes, root: root)
        try Self.check(trust.issuedAt, TrustList.path, now)
        try seen.accept(TrustList.path, sequence: trust.sequence, issuedAt: trust.issuedAt, bytes: bytes)
        seen.forget(revokedBy: trust)
        return trust
    }

    private func list<List>(
        _ path: String,
        _ seen: inout HighWater,
        _ now: Instant,
        _ read: ([UInt8]) throws(PublicationError) -> (List, ListClaims)
    ) -> Result<List, PublicationError> {
        do {
            let bytes = try file(path)
            let (list, claims) = try read(bytes)
            try Self.check(claims.issuedAt, path, now)
            try seen.accept(path, sequence: claims.sequence, issuedAt: claims.issuedAt, bytes: bytes)
            return .success(list)
        } catch { return .failure(error) }
    }

    /// Seconds that a signed file may lie ahead of the clock before the clock, or the file, is called wrong.
    package static let clockSkew: Int64 = 300

    private static func check(_ issuedAt: Instant, _ path: String, _ now: Instant) throws(PublicationError) {
        guard issuedAt <= now.adding(seconds: clockSkew) else {
            throw PublicationError(.ahead, file: path, "was issued at \(issuedAt), which lies ahead of this clock")
        }
    }

    private func file(_ path: String) throws(PublicationError) -> [UInt8] {
        do { return try DurableFile.read("\(folder)/\(path)", limit: Self.maximumFile, regularOnly: true) } catch {
            throw PublicationError(error.code, file: path, error.reason)
        }
    }

    /// The lists in one folder of the publication; temporary files are not among them.
    private func paths(of kind: ListKind) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind.rawValue)")) ?? []
        return names.filter { $0.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D } }.sorted()
            .map(kind.path(named:))
    }
}
