package import Authority
package import Licence
import LicenceCode
package import OpenSSL
package import Publication
import Registry

extension Authority {
    /// What was published.
    package struct PublishReport {
        /// Paths of files that are new or changed.
        package internal(set) var written: [String] = []
        /// Paths of files that were good as they were.
        package internal(set) var unchanged: [String] = []
    }

    /// How long lists speak.
    package struct PublishTerms {
        /// Seconds until a list says nothing any more.
        package let lifetime: Int64
        /// Seconds until a reader should fetch it again.
        package let timeToLive: Int
        /// Bytes of a registry up to which each page of it is looked at first.
        package let wholeUpTo: Int

        package init(lifetime: Int64, timeToLive: Int, wholeUpTo: Int = 256 << 20) {
            self.lifetime = lifetime
            self.timeToLive = timeToLive
            self.wholeUpTo = wholeUpTo
        }
    }

    /// Writes the publication into `folder`: status and issued lists first, then the trust list that names who signed them.
    ///
    /// A list whose licences did not change is left alone while more than half of its life remains and its key is still
    /// the one that signs lists. `checking` is told how many of how many acts were looked at, `progress` how many of how many lists are done.
    package func publish(
        to folder: String,
        on terms: PublishTerms,
        checking: (Int, Int) -> Void = { _, _ in },
        progress: (Int, Int) -> Void = { _, _ in },
        now: @autoclosure () -> Instant
    ) throws -> PublishReport {
        // One at a time: a slower publisher would put its older lists over newer ones.
        let lock = try FileLock(path: home.publishLock)
        defer { _ = lock }
        let isEmpty = try home.read(registry) { session in
            try home.checkTail(session)
            _ = try signingTime(now(), session)
            // Of a larger one the doctor looks at every page, and here only what is read.
            if try session.size() <= terms.wholeUpTo, let damage = try session.brokenPages().first {
                throw AuthorityError(.storage, "the registry is damaged: \(damage); `licet doctor` says more")
            }
            return try session.statusLists().isEmpty
        }
        // One for all, chosen before the trust list that names it. A key that does not open leaves no trace, not even a folder.
        let signer = try isEmpty ? nil : listSigner(now: now())
        if let signer { _ = try keys.signer(of: signer) }
        let traced = try registry.read { try trace(in: folder, $0, checking) }
        let lists = signer == nil ? [] : traced.lists
        // A trust list that has ended, perhaps only by this clock, is found before a list is signed with this time.
        let trust = try currentTrustList(now: now)
        try refuseOlder(trust, than: "\(folder)/\(TrustList.path)")
        var published = LastPublication(head: traced.head)
        try DurableFile.makeFolder("\(folder)/status")
        try DurableFile.makeFolder("\(folder)/issued")
        var report = PublishReport()
        for (number, list) in lists.enumerated() {
            defer { progress(number + 1, lists.count) }
            guard let signer else { continue }
            let files = try signedLists(of: list, traced, by: signer, folder: folder, terms: terms, now: now)
            // That these numbers are given away must outlive a power cut: SQLite does not look whether the name of its log does.
            if files.contains(where: { $0.bytes != nil }) { try DurableFile.sync(folder: home.path) }
            for file in files {
                if let bytes = file.bytes {
                    published[file.path] = LastPublication.File(
                        sequence: file.sequence,
                        digest: Digest(of: bytes),
                        acts: file.acts
                    )
                    try DurableFile.write(bytes, to: "\(folder)/\(file.path)")
                    report.written.append(file.path)
                } else {
                    published[file.path] = traced.last?[file.path]
                    report.unchanged.append(file.path)
                }
            }
        }
        let path = "\(folder)/\(TrustList.path)"
        if (try? DurableFile.read(path, limit: PublicationReader.maximumFile, regularOnly: true)) == trust.bytes {
            report.unchanged.append(TrustList.path)
        } else {
            try DurableFile.write(trust.bytes, to: path)
            report.written.append(TrustList.path)
        }
        if (try? DurableFile.read(home.publishedTrustList, limit: PublicationReader.maximumFile, regularOnly: true))
            != trust.bytes
        {
            try DurableFile.write(trust.bytes, to: home.publishedTrustList)
        }
        if published != traced.last { try published.write(to: home) }
        return report
    }

    /// The newest trust list; signed anew by the root when less than a third of its life remains.
    private func currentTrustList(now: () -> Instant) throws -> TrustListRecord {
        let (newest, isTold) = try registry.read { session in
            (try newestTrustList(session), try !hasRootKey || endedUntold(session).isEmpty)
        }
        // When it ends is what it says, and not what the registry says of it.
        if let newest { _ = try trustList(newest) }
        if let newest, isTold, newest.nextUpdate.since(now()) > Self.trustListLifetime / 3, try isSignedByRoot(newest) {
            return newest
        }
        if !hasRootKey, let newest, now() < newest.nextUpdate { return newest }
        _ = try keys.root(root)
        return try registry.write { session in
            let now = try signingTime(now(), session)
            try renewTrustList(session, now: now)
            guard let made = try session.newestTrustList() else {
                throw RegistryError(.storage, "the new trust list is not in the registry")
            }
            return made
        }
    }

    /// One file of the publication; no bytes when what lies in the folder is still good.
    private struct SignedFile {
        let path: String
        let bytes: [UInt8]?
        var sequence = 0
        /// The last act that it tells of.
        var acts = 0
    }

    private func signedLists(
        of list: StatusListRecord,
        _ traced: Traced,
        by signer: TrustedKey,
        folder: String,
        terms: PublishTerms,
        now: () -> Instant
    ) throws -> [SignedFile] {
        let key = try keys.signer(of: signer)
        // What did not change since is not even read.
        let isKept =
            try traced.touched.map { $0[list.name] == nil } ?? false
            && registry.read { session in
                guard let trust = try newestTrust(session) else { return false }
                let before = ListBefore(of: list, in: folder, trust: trust, traced.last)
                return try ListKind.allCases.allSatisfy { kind in
                    guard let last = try session.published(kind.path(of: list.office, list.number)) else {
                        return false
                    }
                    return last.revision == list.revision && isGood(last, before, kind, terms, signer, now())
                }
            }
        if isKept {
            return ListKind.allCases.map { SignedFile(path: $0.path(of: list.office, list.number), bytes: nil) }
        }
        return try registry.write { session in
            let now = try signingTime(now(), session)
            guard
                let list = try session.statusLists().first(where: {
                    $0.office == list.office && $0.number == list.number
                })
            else { throw RegistryError(.storage, "a list of the registry has vanished") }
            let entries = try session.entries(of: list)
            let content = Self.content(of: entries)
            let before = try newestTrust(session).map { ListBefore(of: list, in: folder, trust: $0, traced.last) }
            if before?.isOurs != true, traced.touched != nil {
                throw AuthorityError(
                    .changedSince,
                    "somebody changed what lies in \(folder) while it was looked at; publish again"
                )
            }
            // Those that were gone along are not looked at once more, where they are still those.
            if try session.contradiction(to: traced.head) == nil {
                session.remember(traced.sound)
            }
            // Others may have been at work since.
            let since = try trace(from: traced.head.acts + 1, session)
            let touched = traced.touched.map { ($0[list.name] ?? []).union(since?[list.name] ?? []) }
            try refuseUntold(entries, of: list, since: before, touched, session)
            return try ListKind.allCases.map { kind in
                let path = kind.path(of: list.office, list.number)
                let last = try session.published(path)
                if let last, let before, before.says(entries, kind),
                    isGood(last, before, kind, terms, signer, now)
                {
                    if last.revision != list.revision || last.contentDigest != content {
                        try session.save(last.with(revision: list.revision, contentDigest: content))
                    }
                    return SignedFile(path: path, bytes: nil)
                }
                try refuseOlder(than: "\(folder)/\(path)", kind, path, last, session)
                let claims = ListClaims(
                    subject: record.base + path,
                    issuedAt: now,
                    // A list says nothing any more when its key does not.
                    expires: min(now.adding(seconds: terms.lifetime), signer.validity.upperBound),
                    timeToLive: terms.timeToLive,
                    sequence: try number(after: last, traced.last?[path], now: now)
                )
                let bytes =
                    switch kind {
                    case .status:
                        try StatusList(
                            claims: claims,
                            size: list.size,
                            entries: entries.map { ($0.index, $0.status) }
                        ).signed(by: key, number: signer.number)
                    case .issued:
                        try IssuedList(claims: claims, entries: entries.map { ($0.index, $0.digest) })
                            .signed(by: key, number: signer.number)
                    }
                try session.save(
                    PublishedFile(
                        path: path,
                        sequence: claims.sequence,
                        revision: list.revision,
                        issuedAt: claims.issuedAt,
                        contentDigest: content
                    )
                )
                return SignedFile(
                    path: path,
                    bytes: bytes,
                    sequence: claims.sequence,
                    acts: try session.lastAct()
                )
            }
        }
    }

    /// What a list says, without its times and number.
    package static func content(of entries: [(index: Int, status: ListedStatus, digest: Digest)]) -> Digest {
        Digest(of: entries.flatMap { CBORWriter.entry($0) })
    }

    /// The number of the next list after `last`.
    ///
    /// A reader believes no smaller one ever after: a number that no publishing can have come to, one a second, is none of ours.
    private func number(after last: PublishedFile?, _ known: LastPublication.File?, now: Instant) throws -> Int {
        let number = max(last?.sequence ?? 0, known?.sequence ?? 0)
        guard (0..<Int(now.seconds)).contains(number) else {
            throw Self.tampered("\(last?.path ?? "") is said to have been published as number \(number)")
        }
        return number + 1
    }

    /// Whether what lies in the folder was published last, speaks for long enough, and is by the key of today.
    private func isGood(
        _ last: PublishedFile,
        _ before: ListBefore,
        _ kind: ListKind,
        _ terms: PublishTerms,
        _ signer: TrustedKey,
        _ now: Instant
    ) -> Bool {
        // As the file says, which is signed, and not as the registry does.
        guard let (claims, issuer) = before.facts(kind), claims.sequence == last.sequence else { return false }
        return before.ours.contains(kind) && issuer == signer.number
            && (terms.lifetime / 2 + 1...terms.lifetime).contains(claims.expires.since(now))
    }

    private func listSigner(now: Instant) throws -> TrustedKey {
        let keys = try registry.read { try signingKeys($0) }
        let live = keys.filter { $0.purpose == .lists && $0.signs(at: now) && $0.revocation == nil }
        guard let newest = live.max(by: { $0.number < $1.number }) else {
            let states = keys.filter { $0.purpose == .lists }.map { "key \($0.number) \($0.state(at: now).text)" }
            throw AuthorityError(
                .noKey,
                "no key for lists signs at \(now): \(states.isEmpty ? "there is none" : states.joined(separator: ", ")); "
                    + "`licet authority rotate-key` makes the next"
            )
        }
        return newest
    }
}

extension CBORWriter {
    /// An entry as it goes into the digest of a list's content.
    fileprivate static func entry(_ entry: (index: Int, status: ListedStatus, digest: Digest)) -> [UInt8] {
        var writer = CBORWriter()
        writer.int(entry.index)
        writer.int(Int(entry.status.rawValue))
        writer.byteString(entry.digest.bytes)
        return writer.bytes
    }
}
