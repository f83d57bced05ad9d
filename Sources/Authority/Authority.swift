import Foundation
package import Licence
package import LicenceCode
package import OpenSSL
import Publication
package import Registry

/// A licensing authority: its root, its offices and their keys, and the registry that they write.
package struct Authority {
    package let home: Home
    package let registry: Registry
    package let record: AuthorityRecord
    package let root: Certificate
    let keys: KeyRing

    /// How long a trust list speaks, in seconds: 90 days.
    static let trustListLifetime: Int64 = 90 * 86_400
    /// Seconds in a year of certificates.
    static let year: Int64 = 31_557_600

    /// Opens the authority that lives at `home`.
    package init(home: Home, prompt: @escaping PassphrasePrompt) throws {
        self.home = home
        registry = try Registry(path: home.registry)
        record = try registry.read { try $0.authority() }
        root = try Certificate(pem: DurableFile.read(home.rootCertificate, limit: 65_536))
        keys = KeyRing(home: home, prompt: prompt)
    }

    /// What a new authority is called and where its codes point to.
    package struct Founding {
        package let name: String
        package let verifyAddress: String?
        package let algorithm: Algorithm
        package let utcOffset: Int

        package init(name: String, verifyAddress: String?, algorithm: Algorithm, utcOffset: Int) {
            self.name = name
            self.verifyAddress = verifyAddress
            self.algorithm = algorithm
            self.utcOffset = utcOffset
        }
    }

    /// Makes a new authority at `home`: a root, a key for lists, the first trust list, an empty registry.
    ///
    /// It appears whole or not at all: everything is made in a folder beside `home` that is renamed at the end.
    package static func found(
        _ founding: Founding,
        at home: Home,
        officer: String,
        now: Instant,
        passphrase: Secret
    ) throws {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
        guard present.isEmpty else {
            throw AuthorityError(.alreadyThere, "\(home.path) is not empty; an authority needs a folder of its own")
        }
        let verifyAddress = try founding.verifyAddress.map { address in
            _ = try CodePrefix(verifyAddress: address)
            return address.hasSuffix("/") ? String(address.dropLast()) : address
        }
        let draft = Home(path: "\(home.path).new-\(UInt32.random(in: .min ... .max))")
        do {
            try draft.makeFolders()
            try draft.furnish(
                founding,
                verifyAddress: verifyAddress,
                officer: officer,
                now: now,
                passphrase: passphrase
            )
            guard rename(draft.path, home.path) == 0 else {
                throw AuthorityError(.storage, "\(home.path) cannot be made: \(String(cString: strerror(errno)))")
            }
            try DurableFile.sync(folder: DurableFile.parent(of: home.path))
        } catch {
            try? FileManager.default.removeItem(atPath: draft.path)
            throw error
        }
    }

    /// The text that stands before the digits of this authority's codes.
    package var prefix: CodePrefix {
        get throws { try record.verifyAddress.map { try CodePrefix(verifyAddress: $0) } ?? .bare }
    }

    /// The day at the authority.
    package func today(_ now: Instant) throws -> CalendarDate { try CalendarDate(at: now, utcOffset: record.utcOffset) }

    /// - Throws: ``AuthorityError/Code/clock`` when the clock is behind what was already recorded.
    func checkClock(_ now: Instant, _ session: Registry.Session) throws {
        guard let newest = try session.newestRecord(), now < newest else { return }
        throw AuthorityError(
            .clock,
            "the clock says \(now), but something was recorded at \(newest); nothing is signed until it is set right"
        )
    }
}

extension Home {
    /// Fills the folder of a new authority.
    fileprivate func furnish(
        _ founding: Authority.Founding,
        verifyAddress: String?,
        officer: String,
        now: Instant,
        passphrase: Secret
    ) throws {
        let rootKey = try PrivateKey(algorithm: founding.algorithm)
        let root = try CertificateTemplate.root(
            of: founding.name,
            validity: now...now.adding(seconds: 30 * Authority.year)
        ).certificate(of: rootKey.publicKey, signedBy: rootKey, issuer: nil)
        let listKey = try PrivateKey(algorithm: founding.algorithm)
        let listCertificate = try CertificateTemplate.lists(
            of: founding.name,
            validity: now...now.adding(seconds: 10 * Authority.year)
        ).certificate(of: listKey.publicKey, signedBy: rootKey, issuer: root)
        try save(rootKey, root, name: Home.root, passphrase: passphrase)
        try save(listKey, listCertificate, passphrase: passphrase)
        try DurableFile.write(root.pem, to: rootCertificate)
        let record = AuthorityRecord(
            name: founding.name,
            base: verifyAddress.map { "\($0)/publication/" } ?? "licet:",
            verifyAddress: verifyAddress,
            utcOffset: founding.utcOffset
        )
        try Registry(path: registry, create: true).write { session in
            try session.insert(record)
            let key = NewKey(purpose: .lists, office: nil, certificate: listCertificate, divisions: [], kinds: [])
            _ = try session.insert(key)
            try session.issueTrustList(record, root: rootKey, now: now)
            try session.record(
                Act(at: now, officer: officer, kind: .createAuthority, subject: nil, reason: founding.name)
            )
        }
    }
}

extension Registry.Session {
    /// Signs the trust list of the keys that are there now.
    func issueTrustList(_ record: AuthorityRecord, root: PrivateKey, now: Instant) throws {
        let newest = try newestTrustList()
        let list = TrustList(
            sequence: (newest?.sequence ?? 0) + 1,
            issuedAt: now,
            nextUpdate: now.adding(seconds: Authority.trustListLifetime),
            authority: record.name,
            base: record.base,
            keys: try keys(of: record)
        )
        try insert(
            TrustListRecord(
                sequence: list.sequence,
                issuedAt: list.issuedAt,
                nextUpdate: list.nextUpdate,
                bytes: list.signed(by: root)
            )
        )
    }
}
