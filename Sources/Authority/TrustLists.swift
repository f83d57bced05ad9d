package import Licence
package import LicenceCode
import OpenSSL
package import Publication
package import Registry

/// How the trust list is brought up to date: by the root where its key is here, by a file to the root and back where it is not.
extension Authority {
    /// Whether the root's key is kept in this home.
    package var hasRootKey: Bool { home.hasKey(root.publicKey.id.description) }

    /// Reads a trust list of the registry, which this root or one before it has signed.
    package func trustList(_ bytes: [UInt8]) throws -> TrustList {
        try TrustList(bytes, ofRootOrOneBefore: root, crossCertificates: home.crossCertificates())
    }

    /// Reads a trust list of the registry, which must bear the number and times that it is recorded with.
    package func trustList(_ record: TrustListRecord) throws -> TrustList {
        try keys.list(record) { try trustList(record.bytes) }
    }

    /// What the root has not been told yet, one line each; empty when the trust list says what the registry says.
    package func untold() throws -> [String] {
        try registry.read { session in
            let newest = try session.newestTrustList()
            let list = try newest.map { try trustList($0) }
            var lines = try session.requestedKeys().map { "key \($0.number) waits for its certificate" }
            for key in try session.keys(of: record) {
                let told = list?.key(key.number)
                if let revocation = key.revocation, told?.revocation != revocation {
                    lines.append("key \(key.number) of \(key.name.zh) is revoked as of \(revocation.at)")
                }
                if let at = key.retiredAt, told?.retiredAt != at {
                    lines.append("key \(key.number) of \(key.name.zh) retires at \(at)")
                }
            }
            if let newest, try !isSignedByRoot(newest) {
                lines.append(
                    "the trust list is not by the root of today; where accepting the newest was broken off, accept it again"
                )
            }
            return lines
        }
    }

    /// What is to be taken to a root that is kept apart.
    package func rootRequest(lifetime: Int64) throws -> RootRequest {
        guard (1...RootRequest.longestLifetime).contains(lifetime) else {
            throw AuthorityError(
                .request,
                "a trust list speaks for \(RootRequest.longestLifetime / 86_400) days at most"
            )
        }
        return try home.read(registry) { session in
            try home.checkTail(session)
            // What the root signed before stands beside what it is asked for; it is what it was.
            _ = try signingKeys(session)
            try refuseOtherKeys(session)
            return try RootRequest(record, lifetime: lifetime, in: session)
        }
    }

    /// The keys of the registry, held against the newest trust list: what the root has not said, no key may do.
    ///
    /// - Throws: ``AuthorityError/Code/key`` when the list is not by this root, or when a key is other there than here.
    package func signingKeys(_ session: Registry.Session) throws -> [TrustedKey] {
        let present = try session.keys(of: record)
        if present.isEmpty { return [] }
        if let fault = try faultsOfEnds(of: present, session).first {
            throw AuthorityError.tampered(fault, "no key of it signs")
        }
        guard let newest = try session.newestTrustList() else {
            throw AuthorityError(.key, "the registry has keys and no trust list; `licet doctor` says more")
        }
        let list = try trustList(newest)
        guard list.authority == record.name, list.base == record.base, record.base == record.expectedBase else {
            throw AuthorityError(
                .key,
                "the registry is of another authority than its trust list; `licet doctor` says more"
            )
        }
        for key in present {
            guard let told = list.key(key.number), told.isSame(as: key) else {
                throw AuthorityError(
                    .key,
                    "key \(key.number) is another in the registry than in the trust list; `licet doctor` says more"
                )
            }
            guard told.revocation == nil || key.revocation != nil, told.retiredAt == nil || key.retiredAt != nil else {
                throw AuthorityError(
                    .key,
                    "key \(key.number) is revoked or retired in the trust list and not in the registry; `licet doctor` says more"
                )
            }
        }
        return present
    }

    /// The newest trust list, unless it is not the newest that there was.
    ///
    /// - Throws: ``AuthorityError/Code/rolledBack`` where the one that was accepted last is gone.
    package func newestTrustList(_ session: Registry.Session) throws -> TrustListRecord? {
        guard let newest = try session.newestTrustList() else { return nil }
        let accepted = try session.actsOnTheAuthority([.acceptTrustList]).last?.deed.digest
        // The root may have come to this home since, and made the next ones.
        if let accepted, Digest(of: newest.bytes) != accepted,
            try !session.trustLists().contains(where: { Digest(of: $0.bytes) == accepted })
        {
            throw AuthorityError.tampered(
                "the trust list that was accepted last is gone",
                "none before it is published"
            )
        }
        return newest
    }

    /// Whether the root of today signed it, and not one before.
    package func isSignedByRoot(_ list: TrustListRecord) throws -> Bool {
        try COSESign1(encoded: list.bytes).header.keyID == root.publicKey.id.bytes
    }

    /// Takes the trust list that came back from a root that is kept apart; returns what is new in it.
    ///
    /// - Throws: ``AuthorityError/Code/request`` when it is not signed by the root, older than the newest, or does not say of the
    ///   registry's keys what the registry says.
    package func accept(
        trustList bytes: [UInt8],
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> [String] {
        let list: TrustList
        do { list = try TrustList(bytes, root: root, crossCertificates: home.crossCertificates()) } catch let error
            as PublicationError
        { throw AuthorityError(.request, error.reason) }
        let news = try write(as: officer, now: now) { desk in
            let (session, now) = (desk.session, desk.now)
            // Accepted from ahead of this clock, it would forbid every act until then.
            guard list.issuedAt <= now.adding(seconds: Int64(record.clockSkew)), now < list.nextUpdate else {
                throw AuthorityError(
                    .request,
                    "the trust list speaks from \(list.issuedAt) to \(list.nextUpdate), and now is \(now); "
                        + "compare the clocks here and at the root, or wait"
                )
            }
            let previous = try session.newestTrustList().map { try trustList($0) }
            if previous == list {
                // It may have been broken off after the record: what follows it is done again.
                try saveCertificates(of: list)
                guard try follow(list, bytes) else {
                    throw AuthorityError(.request, "this trust list was accepted before")
                }
                return ["what was broken off is finished: the root that took over is the home's own"]
            }
            let adopted =
                try isFromBefore(list, session)
                ? adoptLostKeys(of: list, at: desk) { key in
                    "key \(key.number) was not asked for by this registry, which was put back; if nobody here knows it, revoke it"
                } : []
            try refuseOtherKeys(session)
            for key in try session.requestedKeys() {
                if list.key(key.number) != nil { try refuseUnasked(key, session) }
            }
            try session.accept(list, bytes: bytes, after: previous, of: record)
            let news = list.news(since: previous) + adopted
            try session.record(
                Deed(
                    .authority(.acceptTrustList),
                    digest: Digest(of: bytes),
                    reason: "trust list \(list.sequence)"
                ),
                by: desk.officer.number,
                at: max(now, list.issuedAt)
            )
            return news
        }
        try saveCertificates(of: list)
        try follow(list, bytes)
        return news
    }

    func refuseUnasked(_ key: RequestedKey, _ session: Registry.Session) throws {
        guard let fault = try session.fault(of: key, record) else { return }
        throw AuthorityError.tampered(fault, "nothing is accepted for it")
    }

    /// Makes a root that took over the home's own; whether there was one.
    @discardableResult
    private func follow(_ list: TrustList, _ bytes: [UInt8]) throws -> Bool {
        let signer = try COSESign1(encoded: bytes).header.keyID
        let next = list.crossCertificates.first { $0.publicKey.id.bytes == signer && $0.isIssued(by: $0) }
        guard let next, next != root else { return false }
        try home.save(cross: list.crossCertificates)
        try DurableFile.write(next.pem, to: home.rootCertificate)
        return true
    }

    /// Has the root, whose key is here, sign the trust list that `session` says there should be.
    ///
    /// `made` is a key that is asked for in this transaction.
    package func renewTrustList(_ session: Registry.Session, made: IssuerNumber? = nil, now: Instant) throws {
        _ = try signingKeys(session)
        try refuseOtherKeys(session)
        let request = try RootRequest(record, lifetime: Self.trustListLifetime, made: made, in: session)
        let previous = try session.newestTrustList().map { try trustList($0) }
        let signer = Root(certificate: root, crossCertificates: try home.crossCertificates(), key: try keys.root(root))
        let answer = try signer.answer(request, after: previous, now: now)
        if let fault = publishedTrustList().flatMap({ answer.list.faults(after: $0).first }) {
            throw AuthorityError.tampered(
                "the next trust list would take back what was published (\(fault))",
                "the root signs nothing of it"
            )
        }
        try session.accept(answer.list, bytes: answer.bytes, after: previous, of: record)
        try saveCertificates(of: answer.list)
    }

    /// The trust list that was published last, which lies beside the registry; nil where nobody knows.
    package func publishedTrustList() -> TrustList? {
        let bytes = try? DurableFile.read(
            home.publishedTrustList,
            limit: PublicationReader.maximumFile,
            regularOnly: true
        )
        return bytes.flatMap { try? trustList($0) }
    }

    /// Keeps each key's certificate beside it.
    private func saveCertificates(of list: TrustList) throws {
        for key in list.keys {
            let file = home.certificateFile(key.certificate.publicKey.id.description)
            let pem = try key.certificate.pem
            if (try? DurableFile.read(file, limit: 65_536)) != pem { try DurableFile.write(pem, to: file) }
        }
    }
}

extension Registry.Session {
    /// Makes `list`, which the root signed, the newest; the requested keys in it become keys.
    package func accept(_ list: TrustList, bytes: [UInt8], after previous: TrustList?, of record: AuthorityRecord)
        throws
    {
        if let fault = list.faults(after: previous).first { throw AuthorityError(.request, fault) }
        guard list.authority == record.name, list.base == record.base else {
            throw AuthorityError(.request, "the trust list is of \(list.authority)")
        }
        let requested = try requestedKeys()
        for asked in requested {
            guard let key = list.key(asked.number) else { continue }
            guard key.certificate.publicKey.id == asked.request.publicKey.id, key.purpose == asked.purpose,
                key.jurisdiction == Jurisdiction(divisions: asked.divisions, kinds: asked.kinds),
                key.validity == asked.validity, key.office == asked.office ?? .country
            else { throw AuthorityError(.request, "key \(asked.number) is not what was asked for") }
            try certify(asked, with: key.certificate)
        }
        let known = Dictionary(try keys(of: record).map { ($0.number, $0) }) { first, _ in first }
        for key in list.keys {
            guard let mine = known[key.number], mine.isSame(as: key) else {
                throw AuthorityError(.request, "the trust list has a key \(key.number) that was not asked for")
            }
            // What was revoked or retired after the request was made comes with the next list.
            guard key.revocation.map({ told in mine.revocation.map { $0.at <= told.at } ?? false }) ?? true,
                key.retiredAt.map({ told in mine.retiredAt.map { $0 <= told } ?? false }) ?? true
            else {
                throw AuthorityError(
                    .request,
                    "the trust list revokes or retires key \(key.number), which nobody asked for"
                )
            }
        }
        try insert(
            TrustListRecord(
                sequence: list.sequence,
                issuedAt: list.issuedAt,
                nextUpdate: list.nextUpdate,
                bytes: bytes
            )
        )
    }
}

extension TrustList {
    /// Reads a list that `root` or one before it has signed, in the eyes of who signed it: today's root believes no list of
    /// yesterday's.
    init(_ bytes: [UInt8], ofRootOrOneBefore root: Certificate, crossCertificates: [Certificate]) throws {
        let signer = try COSESign1(encoded: bytes).header.keyID
        let itself = TrustList.roots(from: root, by: crossCertificates)
            .first { $0.publicKey.id.bytes == signer && $0.isIssued(by: $0) }
        try self.init(bytes, root: itself ?? root, crossCertificates: crossCertificates)
    }
}

extension TrustedKey {
    /// Whether all but what may still come, retirement and revocation, is the same.
    package func isSame(as other: TrustedKey) -> Bool {
        certificate == other.certificate && purpose == other.purpose && name == other.name && office == other.office
            && jurisdiction == other.jurisdiction && utcOffset == other.utcOffset
    }
}
