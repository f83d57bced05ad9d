package import Authority
import Licence
import LicenceCode
package import OpenSSL
package import Publication
import Registry
import TransparencyLog

extension Authority {
    /// One file of the publication.
    struct ListFile {
        let path: String
        /// Nil when what lies in the folder is still good.
        let bytes: [UInt8]?
        /// What is to be remembered of it; nil when that was published already, perhaps to another folder.
        var signed: LastPublication.File?

        /// One that was published already, and is still good.
        init(_ kind: ListKind, at path: String, kept before: ListBefore) {
            self.path = path
            bytes = before.inPlace.contains(kind) ? nil : before.bytes[kind]
        }

        init(path: String, signed bytes: [UInt8], _ claims: ListClaims, acts: Int) {
            self.path = path
            self.bytes = bytes
            signed = LastPublication.File(sequence: claims.sequence, digest: Digest(of: bytes), acts: acts)
        }
    }

    /// Signs the lists of a pair that changed, and tells the log of what was done until then, and of each.
    func signedLists(
        of list: StatusListRecord,
        _ traced: Traced,
        by signer: TrustedKey,
        terms: PublishTerms,
        _ log: inout LogWriter,
        _ now: () -> Instant
    ) throws -> [ListFile] {
        let key = try keys.signer(of: signer)
        let logged = log.committed?.head.size ?? 0
        // What did not change since is not even read.
        if traced.touched.map({ $0[list.name] == nil }) ?? false {
            let kept: [ListFile]? = try registry.read { session in
                guard let trust = try newestTrust(session) else { return nil }
                let before = traced.folder.lists(of: list, trust: trust)
                var files: [ListFile] = []
                for kind in ListKind.allCases {
                    let path = kind.path(of: list.office, list.number)
                    guard let last = try session.published(path), last.revision == list.revision,
                        isGood(last, before, kind, terms, signer, logged, now())
                    else { return nil }
                    files.append(ListFile(kind, at: path, kept: before))
                }
                return files
            }
            if let kept { return kept }
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
            let before = try newestTrust(session).map { traced.folder.lists(of: list, trust: $0) }
            if before?.isOurs != true, traced.touched != nil {
                throw AuthorityError(
                    .changedSince,
                    "somebody changed what lies in \(traced.folder.path) while it was looked at; publish again"
                )
            }
            // Those that were gone along are not looked at once more, where they are still those.
            if try session.contradiction(to: traced.head) == nil {
                session.remember(traced.sound)
            }
            // Others may have been at work since.
            let since = try trace(from: traced.head.acts + 1, session, &log)
            let touched = traced.touched.map { ($0[list.name] ?? []).union(since?[list.name] ?? []) }
            try refuseUntold(entries, of: list, since: before, touched, session)
            return try ListKind.allCases.map { kind in
                let path = kind.path(of: list.office, list.number)
                let last = try session.published(path)
                if let last, let before, before.says(entries, kind),
                    isGood(last, before, kind, terms, signer, logged, now)
                {
                    if last.revision != list.revision || last.contentDigest != content {
                        try session.save(last.with(revision: list.revision, contentDigest: content))
                    }
                    return ListFile(kind, at: path, kept: before)
                }
                try refuseOlder(than: "\(traced.folder.path)/\(path)", kind, path, last, session)
                let claims = ListClaims(
                    subject: record.base + path,
                    issuedAt: now,
                    // A list says nothing any more when its key does not.
                    expires: min(now.adding(seconds: terms.lifetime), signer.validity.upperBound),
                    timeToLive: terms.timeToLive,
                    sequence: try number(after: last, traced.last?[path], now: now),
                    logIndex: log.size
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
                try log.append(LogEntry(path: path, claims, signed: bytes))
                try session.save(
                    PublishedFile(
                        path: path,
                        sequence: claims.sequence,
                        revision: list.revision,
                        issuedAt: claims.issuedAt,
                        contentDigest: content
                    )
                )
                return ListFile(path: path, signed: bytes, claims, acts: try session.lastAct())
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

    /// Whether what lies in the folder was published last, speaks for long enough, is by the key of today, and stands in the log, of which
    /// `logged` entries are signed.
    private func isGood(
        _ last: PublishedFile,
        _ before: ListBefore,
        _ kind: ListKind,
        _ terms: PublishTerms,
        _ signer: TrustedKey,
        _ logged: Int,
        _ now: Instant
    ) -> Bool {
        // As the file says, which is signed, and not as the registry does.
        guard let (claims, issuer) = before.facts(kind), claims.sequence == last.sequence else { return false }
        return before.ours.contains(kind) && issuer == signer.number
            && claims.logIndex.map { $0 < logged } ?? false
            && (terms.lifetime / 2 + 1...terms.lifetime).contains(claims.expires.since(now))
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
