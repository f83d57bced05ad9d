import Foundation
package import Licence
import LicenceCode
package import OpenSSL
package import Publication

extension Root {
    /// The root that takes this one's place; each vouches for the other, so that whoever trusts one believes both.
    package func successor(of authority: String, key next: any Signer, years: Int, now: Instant) throws -> Root {
        let validity = Authority.validity(from: now, years: years)
        let generation = crossCertificates.filter { $0.isIssued(by: $0) }.count
        let new = try CertificateTemplate.root(
            of: authority,
            generation: max(2, generation + 1),
            validity: validity
        ).certificate(of: next.publicKey, signedBy: next, issuer: nil)
        let end = min(certificate.lifetime.upperBound, validity.upperBound)
        guard validity.lowerBound <= end else {
            throw AuthorityError(.key, "the root's certificate has ended; it can vouch for nobody")
        }
        // The old one says: believe the new. The new one says: the keys that the old one
        // certified, from its first day on, are mine; a trust list that it signs is not.
        let forward = try CertificateTemplate.cross(to: new, validity: validity.lowerBound...end)
            .certificate(of: next.publicKey, signedBy: key, issuer: certificate)
        let backward = try CertificateTemplate.cross(to: certificate, forKeysOnly: true, validity: certificate.lifetime)
            .certificate(of: certificate.publicKey, signedBy: next, issuer: new)
        let before = crossCertificates.isEmpty ? [certificate] : crossCertificates
        return Root(certificate: new, crossCertificates: before + [forward, backward, new], key: next)
    }
}

extension Home {
    /// Makes the first root of `authority` in this home, which has none.
    package func makeRoot(
        of authority: String,
        _ algorithm: Algorithm,
        in place: KeyPlace,
        years: Int,
        now: Instant
    ) throws -> Root {
        try makeFolders()
        try checkOwnership()
        let lock = try FileLock(path: rootLock)
        defer { _ = lock }
        guard !FileManager.default.fileExists(atPath: rootCertificate) else {
            throw AuthorityError(.alreadyThere, "\(path) has a root already")
        }
        let validity = Authority.validity(from: now, years: years)
        return try withNewRoot(of: authority, algorithm, in: place, validity: validity) { $0 }
    }

    /// Makes a root that takes the place of `old`, the one of this home; it does from one moment to the next, or not at all.
    package func makeSuccessor(
        of old: Root,
        named authority: String,
        _ algorithm: Algorithm,
        in place: KeyPlace,
        years: Int,
        now: Instant
    ) throws -> Root {
        let lock = try FileLock(path: rootLock)
        defer { _ = lock }
        guard try readRoot() == old.certificate else {
            throw AuthorityError(.alreadyThere, "\(path) has another root by now")
        }
        return try withNewKey(algorithm, in: place, label: "\(authority) Root", isNeeded: isRoot) { key in
            let next = try old.successor(of: authority, key: key, years: years, now: now)
            try save(cross: next.crossCertificates)
            let name = next.certificate.publicKey.id.description
            try DurableFile.write(next.certificate.pem, to: certificateFile(name))
            try DurableFile.write(next.certificate.pem, to: rootCertificate)
            return next
        }
    }

    /// The newest trust list that the root of this home has signed; nil when it has signed none.
    package func lastAnswer(_ root: Root) throws -> TrustList? {
        let bytes: [UInt8]
        do { bytes = try DurableFile.read(answered, limit: PublicationReader.maximumFile) } catch {
            if error.code == .missing { return nil }
            throw error
        }
        return try TrustList(
            bytes,
            ofRootOrOneBefore: root.certificate,
            crossCertificates: root.crossCertificates
        )
    }

    /// Refuses a file in a folder that is not there, or in this home, where it could take the place of what the root lives by.
    package func checkOutput(_ file: String) throws {
        let folder = URL(filePath: DurableFile.parent(of: file)).resolvingSymlinksInPath().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw AuthorityError(.request, "there is no folder \(folder)")
        }
        let home = URL(filePath: path).resolvingSymlinksInPath().path
        guard folder != home, !folder.hasPrefix("\(home)/") else {
            throw AuthorityError(.request, "\(file) lies in the home of the root; an answer goes elsewhere")
        }
    }

    /// Has `root`, which lives here, answer `request`; remembers what it signed, and only then gives it away, to `file`.
    ///
    /// One at a time: two answers at once would be two trust lists of one number. Returns the answer and the list before it.
    package func answer(
        _ request: RootRequest,
        by root: Root,
        to file: String,
        now: () -> Instant
    ) throws -> (answer: Root.Answer, before: TrustList?) {
        let lock = try FileLock(path: rootLock)
        defer { _ = lock }
        guard try readRoot() == root.certificate else {
            throw AuthorityError(.request, "\(path) has another root by now")
        }
        let before = try lastAnswer(root)
        let answer = try root.answer(request, after: before, now: now())
        try DurableFile.write(answer.bytes, to: answered)
        try DurableFile.write(answer.bytes, to: file)
        return (answer, before)
    }
}

extension Root {
    /// A root that nobody keeps: for rehearsals.
    package init(rehearsing authority: String, key: any Signer, years: Int, now: Instant) throws {
        let certificate = try CertificateTemplate.root(
            of: authority,
            validity: Authority.validity(from: now, years: years)
        ).certificate(of: key.publicKey, signedBy: key, issuer: nil)
        self.init(certificate: certificate, crossCertificates: [], key: key)
    }

    /// Signs something else than a trust list, which `type` (COSE `typ`) tells apart from one.
    package func signed(_ payload: [UInt8], type: String) throws -> [UInt8] {
        try COSESign1(
            payload: payload,
            contentType: nil,
            type: type,
            keyID: certificate.publicKey.id.bytes,
            certificates: crossCertificates.map(\.der),
            key: key
        ).encoded
    }

    /// The root of `home` with a throw-away key: for looking at what would be signed, with no key opened.
    package init(rehearsing home: Home) throws {
        try home.checkOwnership()
        let certificate = try home.readRoot()
        let name = certificate.publicKey.id.description
        if try home.tokenURI(name) == nil { try home.checkKeyFile(name) }
        self.init(
            certificate: certificate,
            crossCertificates: try home.crossCertificates(),
            key: try PrivateKey(algorithm: certificate.publicKey.algorithm)
        )
    }
}
