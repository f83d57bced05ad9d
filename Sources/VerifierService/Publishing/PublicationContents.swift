import Licence
package import Publication
import TransparencyLog

/// What a loaded publication consists of and what is wrong with it whatever the time: found once, since there may be thousands of lists.
package struct PublicationContents: Sendable {
    let trustList: File?
    let log: Log?
    let statusLists: [File]
    let issuedLists: [File]
    /// When the oldest status list was issued.
    let oldestStatus: Instant?
    /// What is wrong with it at any time.
    let faults: [String]
    /// When the first of all files expires, and when the last was issued.
    private let firstExpiry: Instant?
    private let lastIssue: Instant?

    struct File: Sendable {
        let path: String
        let sequence: Int
        let issuedAt: Instant
        let expires: Instant
    }

    struct Log: Encodable, Sendable {
        let origin: String
        let size: Int
        let witnesses: [String]
    }

    package init(_ snapshot: Snapshot, refusals: [PublicationError]) {
        trustList = (try? snapshot.trust.get()).map {
            File(path: TrustList.path, sequence: $0.sequence, issuedAt: $0.issuedAt, expires: $0.nextUpdate)
        }
        log = (try? snapshot.log?.get()).map { head in
            Log(
                origin: head.checkpoint.origin,
                size: head.head.size,
                witnesses: head.witnesses.keys.map(\.name).sorted()
            )
        }
        statusLists = Self.files(snapshot.statusLists.compactMapValues { try? $0.get().claims })
        issuedLists = Self.files(snapshot.issuedLists.compactMapValues { try? $0.get().claims })
        oldestStatus = statusLists.map(\.issuedAt).min()
        let files = [trustList].compactMap { $0 } + statusLists + issuedLists
        firstExpiry = files.map(\.expires).min()
        lastIssue = files.map(\.issuedAt).max()
        let refused = Set(refusals.map(\.file))
        let missing = Self.partners(of: (statusLists + issuedLists).map(\.path)).filter { !refused.contains($0) }
        var faults = refusals.map(\.description) + missing.map { "\($0): is not in the publication" }
        if trustList == nil, faults.isEmpty { faults.append("\(TrustList.path): is not loaded") }
        self.faults = faults
    }

    private static func files(_ claims: [String: ListClaims]) -> [File] {
        claims.sorted { $0.key < $1.key }.map { path, claims in
            File(path: path, sequence: claims.sequence, issuedAt: claims.issuedAt, expires: claims.expires)
        }
    }

    /// Lists that should be there because the other of the pair is: without both no verdict is possible.
    private static func partners(of paths: [String]) -> [String] {
        let known = Set(paths)
        return paths.compactMap { path in
            ListKind(path: path).map { kind in
                (kind == .status ? ListKind.issued : .status).path(named: kind.name(at: path))
            }
        }.filter { !known.contains($0) }
    }
}

// MARK: - At a time

extension PublicationContents {
    /// Whether nothing is wrong with it.
    func isSound(at now: Instant) -> Bool {
        faults.isEmpty && firstExpiry.map { now < $0 } ?? true && lastIssue.map { !Self.isAhead($0, of: now) } ?? true
    }

    /// Whether there is a trust list and a pair of lists by which any check at all can be answered.
    func canTell(at now: Instant) -> Bool {
        guard let trustList, now < trustList.expires, !Self.isAhead(trustList.issuedAt, of: now) else { return false }
        return [statusLists, issuedLists].allSatisfy { $0.contains { now < $0.expires } }
    }

    /// Whether what was issued then was issued ahead of this clock.
    static func isAhead(_ issuedAt: Instant, of now: Instant) -> Bool {
        issuedAt > now.adding(seconds: PublicationReader.clockSkew)
    }
}
