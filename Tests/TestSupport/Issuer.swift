package import Licence
package import LicenceCode
package import OpenSSL
package import Publication

/// A root, a key for lists and the key of office 341181, without an authority and without files.
package struct Issuer {
    package let rootKey: PrivateKey
    package let root: Certificate
    package let listKey: PrivateKey
    package let lists: TrustedKey
    package let licenceKey: PrivateKey
    package let licences: TrustedKey

    package static let base = "https://lic.example.cn/publication/"
    /// Of every certificate made here.
    package static let validity = Instant.noon - .year...Instant.noon + .year

    /// Makes keys of `algorithm`, and a root of `root`, if that is another.
    package init(algorithm: Algorithm = .es256, root rootAlgorithm: Algorithm? = nil) throws {
        rootKey = try PrivateKey(algorithm: rootAlgorithm ?? algorithm)
        root = try CertificateTemplate.root(of: "滁州市", validity: Self.validity)
            .certificate(of: rootKey.publicKey, signedBy: rootKey, issuer: nil)
        listKey = try PrivateKey(algorithm: algorithm)
        licenceKey = try PrivateKey(algorithm: algorithm)
        lists = try Self.trusted(1, .lists, certificate: Self.certificate(of: listKey, .lists, rootKey, root))
        licences = try Self.trusted(
            2,
            .licences,
            certificate: Self.certificate(of: licenceKey, .licences, rootKey, root)
        )
    }

    private static func certificate(
        of key: PrivateKey,
        _ purpose: TrustedKey.Purpose,
        _ rootKey: PrivateKey,
        _ root: Certificate,
        divisions: [Int] = [341_181],
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases),
        validity: ClosedRange<Instant> = Self.validity
    ) throws -> Certificate {
        let template: CertificateTemplate =
            switch purpose {
            case .log: .log(of: "滁州市", validity: validity)
            case .lists: .lists(of: "滁州市", validity: validity)
            case .licences:
                .licences(
                    of: "天长市市场监督管理局",
                    authority: "滁州市",
                    jurisdiction: Jurisdiction(divisions: try divisions.map { try DivisionCode($0) }, kinds: kinds),
                    validity: validity
                )
            }
        return try template.certificate(of: key.publicKey, signedBy: rootKey, issuer: root)
    }

    /// A certificate of `key`, signed by the root.
    package func certificate(
        of key: PrivateKey,
        _ purpose: TrustedKey.Purpose = .licences,
        divisions: [Int] = [341_181],
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases),
        validity: ClosedRange<Instant> = Self.validity
    ) throws -> Certificate {
        try Self.certificate(of: key, purpose, rootKey, root, divisions: divisions, kinds: kinds, validity: validity)
    }

    package static func trusted(
        _ number: Int,
        _ purpose: TrustedKey.Purpose,
        certificate: Certificate,
        divisions: [Int] = [341_181],
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases),
        utcOffset: Int = 480,
        retiredAt: Instant? = nil,
        revocation: TrustedKey.Revocation? = nil
    ) throws -> TrustedKey {
        struct NoSuchNumber: Error {}
        guard let number = IssuerNumber(number) else { throw NoSuchNumber() }
        return TrustedKey(
            number: number,
            purpose: purpose,
            certificate: certificate,
            name: Bilingual(en: "Tianchang", zh: "天长市市场监督管理局"),
            office: try DivisionCode(341_181),
            divisions: try divisions.map { try DivisionCode($0) },
            kinds: kinds,
            utcOffset: utcOffset,
            retiredAt: retiredAt,
            revocation: revocation
        )
    }

    package func trustList(
        sequence: Int = 1,
        issuedAt: Instant = .noon - .day,
        nextUpdate: Instant = .noon + .day,
        keys: [TrustedKey]? = nil,
        crossCertificates: [Certificate] = []
    ) -> TrustList {
        TrustList(
            sequence: sequence,
            issuedAt: issuedAt,
            nextUpdate: nextUpdate,
            authority: "滁州市",
            base: Self.base,
            keys: keys ?? [lists, licences],
            crossCertificates: crossCertificates
        )
    }

    package static func claims(
        _ path: String = "status/341181-1",
        issuedAt: Instant = .noon - 3_600,
        expires: Instant = .noon + .day,
        sequence: Int = 1
    ) -> ListClaims {
        ListClaims(subject: base + path, issuedAt: issuedAt, expires: expires, timeToLive: 600, sequence: sequence)
    }

    /// A code for `particulars` at `index` of list 1, signed by the office's key or by `key`.
    package func code(
        _ particulars: Particulars,
        index: Int,
        version: Int = 1,
        issued: CalendarDate? = nil,
        profile: Profile = .full,
        key: PrivateKey? = nil
    ) throws -> UnverifiedCode {
        struct NoSuchEntry: Error {}
        guard let reference = ListReference(list: 1, index: index) else { throw NoSuchEntry() }
        let licence = try Licence(
            particulars: particulars,
            version: version,
            issued: issued ?? CalendarDate(at: .noon, utcOffset: 480)
        )
        let claims = Claims(licence, profile: profile, reference: reference)
        return try UnverifiedCode(claims, number: licences.number, signedBy: key ?? licenceKey)
    }
}
