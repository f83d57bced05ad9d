import Foundation
package import Licence
import LicenceCode
package import OpenSSL
package import Publication

/// The authority's root with its key in hand: certifies keys and signs trust lists, and reads no registry for it.
package struct Root {
    package let certificate: Certificate
    /// By which this root and those before it vouch for each other.
    package let crossCertificates: [Certificate]
    let key: any Signer

    /// Opens the root that lives in `home`.
    package init(in home: Home, prompt: @escaping SecretPrompt) throws {
        try home.checkOwnership()
        let certificate = try home.readRoot()
        try self.init(
            certificate: certificate,
            crossCertificates: home.crossCertificates(),
            key: KeyRing(home: home, prompt: prompt).root(certificate)
        )
    }

    init(certificate: Certificate, crossCertificates: [Certificate], key: any Signer) {
        self.certificate = certificate
        self.crossCertificates = crossCertificates
        self.key = key
    }

    /// A trust list that the root has signed.
    package struct Answer {
        package let list: TrustList
        package let bytes: [UInt8]
    }

    /// Certifies the new keys of `request` and signs the trust list that it asks for.
    ///
    /// - Throws: ``AuthorityError/Code/request`` when it would take back what `previous`, the newest list that was signed, says, when a new
    ///   key is not proved, or when a certificate is not of this root; ``AuthorityError/Code/clock`` when the clock is behind `previous`.
    ///
    /// In a rehearsal the key is a throw-away one, so that its signatures are not the root's.
    package func answer(
        _ request: RootRequest,
        after previous: TrustList?,
        now: Instant,
        isRehearsal: Bool = false
    ) throws -> Answer {
        if let previous, now < previous.issuedAt {
            throw AuthorityError(
                .clock,
                "the clock says \(now), but the last trust list was signed at \(previous.issuedAt); nothing is signed"
            )
        }
        guard certificate.lifetime.contains(now) else {
            throw AuthorityError(.key, "the root's certificate is not good at \(now)")
        }
        guard certificate.organisation == request.authority else {
            throw AuthorityError(
                .request,
                "it is of \(request.authority), and this is the root of \(certificate.organisation ?? "nobody")"
            )
        }
        guard (1...500).contains(request.base.utf8.count), request.base.unicodeScalars.allSatisfy(FieldText.isPrintable)
        else { throw AuthorityError(.request, "its base is no name of a place") }
        let list = TrustList(
            sequence: max(request.sequence, (previous.map { min($0.sequence, .max - 1) } ?? 0) + 1),
            issuedAt: now,
            nextUpdate: min(now.adding(seconds: request.lifetime), certificate.lifetime.upperBound),
            authority: request.authority,
            base: request.base,
            keys: try request.keys.map { try trusted($0, authority: request.authority, previous: previous) },
            crossCertificates: crossCertificates
        )
        if let fault = list.faults(after: previous).first {
            let last = previous.map {
                "; where the registry was put back, accept this root's last answer first, number \($0.sequence)"
            }
            throw AuthorityError(.request, fault + (last ?? ""))
        }
        let bytes = try list.signed(by: key)
        // What leaves the root is read once more as a verifier reads it.
        guard try isRehearsal || TrustList(bytes, root: certificate) == list else {
            throw AuthorityError(.request, "the signed trust list does not read back as it was")
        }
        return Answer(list: list, bytes: bytes)
    }

    private func trusted(
        _ asked: RootRequest.Key,
        authority: String,
        previous: TrustList?
    ) throws -> TrustedKey {
        func refuse(_ reason: String) -> AuthorityError { AuthorityError(.request, "key \(asked.number): \(reason)") }
        guard let number = IssuerNumber(asked.number), let purpose = TrustedKey.Purpose(rawValue: asked.purpose) else {
            throw refuse("its number or its purpose is impossible")
        }
        let kinds = asked.kinds.compactMap(LicenceKind.init)
        guard kinds.count == asked.kinds.count, Set(kinds).count == kinds.count,
            let divisions = try? asked.divisions.map({ try DivisionCode($0) }), Set(divisions).count == divisions.count,
            let office = try? DivisionCode(asked.office),
            (purpose == .licences) != divisions.isEmpty, (purpose == .licences) != kinds.isEmpty
        else { throw refuse("its divisions or its kinds are impossible") }
        guard (-1_440...1_440).contains(asked.utcOffset) else { throw refuse("its offset from UTC is impossible") }
        for text in [asked.name, asked.nameEn, asked.revocationReason ?? "-"] {
            guard !FieldText.normal(text).isEmpty, text.unicodeScalars.count <= 500,
                text.unicodeScalars.allSatisfy(FieldText.isPrintable)
            else { throw refuse("a name or a reason is empty, too long or has characters that do not print") }
        }
        return TrustedKey(
            number: number,
            purpose: purpose,
            certificate: try certificate(
                of: asked,
                purpose,
                Jurisdiction(divisions: divisions, kinds: Set(kinds)),
                authority: authority,
                before: previous?.key(number)?.certificate,
                refuse: refuse
            ),
            name: Bilingual(en: asked.nameEn, zh: asked.name),
            office: office,
            divisions: divisions,
            kinds: Set(kinds),
            utcOffset: asked.utcOffset,
            retiredAt: try asked.retiredAt.map { try instant($0, refuse) },
            revocation: try asked.revokedAt.map {
                TrustedKey.Revocation(at: try instant($0, refuse), reason: asked.revocationReason ?? "-")
            }
        )
    }

    private func certificate(
        of asked: RootRequest.Key,
        _ purpose: TrustedKey.Purpose,
        _ jurisdiction: Jurisdiction,
        authority: String,
        before: Certificate?,
        refuse: (String) -> AuthorityError
    ) throws -> Certificate {
        if let der = asked.certificate {
            guard asked.request == nil, let known = try? Certificate(der: Array(der)) else {
                throw refuse("its certificate cannot be read")
            }
            guard ownRoots.contains(where: known.isIssued) else { throw refuse("its certificate is not of this root") }
            return known
        }
        guard let der = asked.request, let proof = try? CertificationRequest(der: Array(der)) else {
            throw refuse("it has neither a certificate nor a certification request that its own key signed")
        }
        guard purpose != .log || proof.publicKey.algorithm == .edDSA else {
            throw refuse("a key for the log is of Ed25519, and this one is of \(proof.publicKey.algorithm.rawValue)")
        }
        guard let from = asked.from, let until = asked.until else { throw refuse("it says no validity") }
        let (first, last) = (try instant(from, refuse), try instant(until, refuse))
        let begin = ownRoots.map(\.lifetime.lowerBound).min() ?? certificate.lifetime.lowerBound
        guard begin <= first, first <= last, last <= certificate.lifetime.upperBound else {
            throw refuse("its validity (\(first) to \(last)) does not lie within the root's")
        }
        guard last < first.adding(years: Self.longestYears) else {
            throw refuse("its validity (\(first) to \(last)) is longer than \(Self.longestYears) years")
        }
        // An answer was lost on its way: the key keeps the certificate that it has already.
        if let before, before.publicKey.id == proof.publicKey.id, before.lifetime == first...last { return before }
        let template: CertificateTemplate =
            switch purpose {
            case .lists: .lists(of: authority, validity: first...last)
            case .log: .log(of: authority, validity: first...last)
            case .licences:
                .licences(of: asked.name, authority: authority, jurisdiction: jurisdiction, validity: first...last)
            }
        return try template.certificate(of: proof.publicKey, signedBy: key, issuer: certificate)
    }

    /// The longest validity of a key, in years.
    private static let longestYears = 15

    /// This root and those before it.
    private var ownRoots: [Certificate] { TrustList.roots(from: certificate, by: crossCertificates) }

    private func instant(_ text: String, _ refuse: (String) -> AuthorityError) throws -> Instant {
        guard let instant = Instant(rfc3339: text) else { throw refuse("\(text.prefix(40)) is no instant") }
        return instant
    }
}
