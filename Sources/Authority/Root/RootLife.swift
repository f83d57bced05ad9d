import Licence
import OpenSSL
package import Publication

extension Root {
    /// The root that takes this one's place; each vouches for the other, so that whoever trusts one believes both.
    func successor(of authority: String, key next: any Signer, validity: ClosedRange<Instant>) throws -> Root {
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
    /// The newest trust list that the root of this home has signed; nil when it has signed none.
    package func lastAnswer(_ root: Root) throws -> TrustList? {
        let bytes: [UInt8]
        do { bytes = try DurableFile.read(answered, limit: PublicationReader.maximumFile) } catch {
            if error.code == .missing { return nil }
            throw error
        }
        return try TrustList(bytes, root: root.certificate, crossCertificates: root.crossCertificates)
    }

    /// Remembers what the root has signed, and only then gives it away.
    package func save(_ answer: Root.Answer, to path: String) throws {
        try DurableFile.write(answer.bytes, to: answered)
        try DurableFile.write(answer.bytes, to: path)
    }
}

extension Root {
    /// The root of `home` with a throw-away key: for looking at what would be signed, with no key opened.
    package init(rehearsing home: Home) throws {
        let certificate = try home.readRoot()
        self.init(
            certificate: certificate,
            crossCertificates: try home.crossCertificates(),
            key: try PrivateKey(algorithm: certificate.publicKey.algorithm)
        )
    }
}
