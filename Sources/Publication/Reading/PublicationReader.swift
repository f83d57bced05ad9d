import Foundation
package import Licence
import LicenceCode
package import OpenSSL
import TransparencyLog

/// Reads a publication, believing nothing but its root.
package struct PublicationReader {
    private let source: any PublicationSource
    private let root: Certificate
    private let policy: WitnessPolicy

    /// The greatest size of one file.
    package static let maximumFile = 64 << 20

    package init(
        source: any PublicationSource,
        root: Certificate,
        policy: WitnessPolicy = .none
    ) {
        self.source = source
        self.root = root
        self.policy = policy
    }

    package init(folder: String, root: Certificate, policy: WitnessPolicy = .none) {
        self.init(source: FolderSource(folder), root: root, policy: policy)
    }

    /// Reads all files that belong to the trust list; what cannot be believed says so in its place.
    ///
    /// `seen` is what was accepted before; it grows by what is accepted now. A file that was issued ahead of `now`, by more than
    /// ``clockSkew``, is not believed: remembered, it would shut out every true one until then. Where the authority keeps a log, a list that
    /// is not the newest of which it tells is not believed either, nor a log of which nobody can show that it goes on from the one that was
    /// seen.
    ///
    /// Lists of `earlier` whose files are the same are taken from there: what did not change takes no second copy in memory, and under the same
    /// trust list no second look at its signature.
    package func snapshot(_ seen: inout HighWater, now: Instant, since earlier: Snapshot? = nil) -> Snapshot {
        var grown = seen
        var checkpoint = try? source.read(AuthorityLog.checkpoint)
        var snapshot = once(&grown, now, earlier)
        for attempt in 1..<Self.attempts {
            guard snapshot.refusals.contains(where: { $0.code == .notLogged || $0.code == .overtaken }) else { break }
            // Lists that came after the checkpoint was read, or come now: somebody publishes.
            let newer = try? source.read(AuthorityLog.checkpoint)
            if newer == checkpoint {
                guard source.isBeingWritten else { break }
                Thread.sleep(forTimeInterval: Double(attempt) * Self.pause)
            }
            (checkpoint, grown) = (newer, seen)
            snapshot = once(&grown, now, earlier)
        }
        seen = grown
        return snapshot
    }

    private static let attempts = 4
    /// Seconds, for the first of them.
    private static let pause = 0.05

    private func once(_ seen: inout HighWater, _ now: Instant, _ earlier: Snapshot?) -> Snapshot {
        let trust: TrustList
        do { trust = try trustList(&seen, now) } catch {
            return Snapshot(trust: .failure(error), statusLists: [:], issuedLists: [:])
        }
        let log =
            trust.hasLog
            ? LoggedLists.read(from: source, trust: trust, policy: policy, &seen) : nil
        var statusLists: [String: Result<StatusList, PublicationError>] = [:]
        var digests: [String: Digest] = [:]
        let isSameTrust = (try? earlier?.trust.get()) == trust
        for path in source.paths(of: .status) {
            let known = (try? earlier?.statusLists[path]?.get()).map { ($0, earlier?.digests[path]) }
            statusLists[path] = list(path, log, &seen, now, &digests) { bytes, digest throws(PublicationError) in
                let isKnown = known?.1 == digest
                if let known, isKnown, isSameTrust { return (known.0, known.0.claims) }
                let read = try StatusList(bytes, path: path, trust: trust)
                let list = isKnown ? known?.0 ?? read : read
                return (list, list.claims)
            }
        }
        var issuedLists: [String: Result<IssuedList, PublicationError>] = [:]
        for path in source.paths(of: .issued) {
            let known = (try? earlier?.issuedLists[path]?.get()).map { ($0, earlier?.digests[path]) }
            issuedLists[path] = list(path, log, &seen, now, &digests) { bytes, digest throws(PublicationError) in
                let isKnown = known?.1 == digest
                if let known, isKnown, isSameTrust { return (known.0, known.0.claims) }
                let read = try IssuedList(bytes, path: path, trust: trust)
                let list = isKnown ? known?.0 ?? read : read
                return (list, list.claims)
            }
        }
        return Snapshot(
            trust: .success(trust),
            log: log?.map(\.checkpoint),
            table: (try? log?.get())?.table,
            statusLists: statusLists,
            issuedLists: issuedLists,
            digests: digests
        )
    }

    /// Remembers the trust list and the head of the log, as far as they are believed, and looks at no list.
    package func remember(in seen: inout HighWater, now: Instant) {
        guard let trust = try? trustList(&seen, now), trust.hasLog else { return }
        _ = LoggedLists.read(from: source, trust: trust, policy: policy, &seen)
    }

    /// The trust list alone, remembering nothing.
    package static func trust(
        _ source: any PublicationSource,
        root: Certificate
    ) -> Result<TrustList, PublicationError> {
        do throws(PublicationError) { return .success(try TrustList(source.read(TrustList.path), root: root)) } catch {
            return .failure(error)
        }
    }

    private func trustList(_ seen: inout HighWater, _ now: Instant) throws(PublicationError) -> TrustList {
        let bytes = try source.read(TrustList.path)
        let trust = try TrustList(bytes, root: root)
        try Self.check(trust.issuedAt, TrustList.path, now)
        try seen.accept(TrustList.path, sequence: trust.sequence, issuedAt: trust.issuedAt, bytes: bytes)
        seen.forget(revokedBy: trust)
        return trust
    }

    private func list<List>(
        _ path: String,
        _ log: Result<LoggedLists, PublicationError>?,
        _ seen: inout HighWater,
        _ now: Instant,
        _ digests: inout [String: Digest],
        _ read: ([UInt8], Digest) throws(PublicationError) -> (List, ListClaims)
    ) -> Result<List, PublicationError> {
        do throws(PublicationError) {
            let bytes = try source.read(path)
            let digest = Digest(of: bytes)
            let (list, claims) = try read(bytes, digest)
            try Self.check(claims.issuedAt, path, now)
            try log?.get().check(path, claims, bytes)
            try seen.accept(path, sequence: claims.sequence, issuedAt: claims.issuedAt, bytes: bytes)
            digests[path] = digest
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
}
