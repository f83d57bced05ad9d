import Foundation
import Licence
import LicenceCode
import Logging
import OpenSSL
import Publication
import VerifierService

/// A small authority of its own: a root, a key for licences, a key for lists, and a folder to publish in.
struct TestAuthority {
    let folder: String
    let rootCertificate: Certificate
    private let rootKey: PrivateKey
    private let licenceKey: PrivateKey
    private let listKey: PrivateKey
    private let keys: [TrustedKey]
    /// When the authority was set up.
    let start: Instant

    static let base = "https://lic.example.cn/publication/"
    /// The time that tests live in, unless they say otherwise.
    static let noon = Instant(seconds: 1_790_000_000)

    init(start: Instant = Self.noon) throws {
        self.start = start
        folder = NSTemporaryDirectory() + "licet-\(UUID().uuidString)"
        for name in ["status", "issued"] { try DurableFile.makeFolder("\(folder)/\(name)") }
        let rootKey = try PrivateKey(algorithm: .es256)
        self.rootKey = rootKey
        licenceKey = try PrivateKey(algorithm: .es256)
        listKey = try PrivateKey(algorithm: .es256)
        let validity = start.adding(seconds: -86_400)...start.adding(seconds: 10_000 * 86_400)
        let root = try CertificateTemplate.root(of: "Test", validity: validity)
            .certificate(of: rootKey.publicKey, signedBy: rootKey, issuer: nil)
        rootCertificate = root
        let office = try DivisionCode(341_181)
        let jurisdiction = Jurisdiction(divisions: [office], kinds: Set(LicenceKind.allCases))
        func certificate(_ purpose: TrustedKey.Purpose, _ key: PrivateKey) throws -> Certificate {
            let template: CertificateTemplate =
                switch purpose {
                case .licences: .licences(of: "天长市", authority: "Test", jurisdiction: jurisdiction, validity: validity)
                case .lists: .lists(of: "Test", validity: validity)
                case .log: .log(of: "Test", validity: validity)
                }
            return try template.certificate(of: key.publicKey, signedBy: rootKey, issuer: root)
        }
        keys = try [(1, TrustedKey.Purpose.licences, licenceKey), (2, .lists, listKey)]
            .map { number, purpose, key in
                TrustedKey(
                    number: try IssuerNumber(number).required,
                    purpose: purpose,
                    certificate: try certificate(purpose, key),
                    name: Bilingual(en: "Tianchang Market Regulation Office", zh: "天长市市场监督管理局"),
                    office: office,
                    divisions: [office],
                    kinds: Set(LicenceKind.allCases),
                    utcOffset: 480,
                    revocation: nil
                )
            }
    }

    // MARK: - Licences

    /// The claims of a company named `name`, at entry `index` of list 1.
    func claims(
        name: String = "天长市示例食品有限公司",
        index: Int = 7,
        scope: String = "食品销售；食品互联网销售；日用百货销售；餐饮服务。",
        representative: String = "王小明",
        address: String = "安徽省滁州市天长市天康大道 1 号"
    ) throws -> Claims {
        let application = Application(fields: [
            .creditCode: try Self.creditCode, .kind: "company", .name: name, .type: "有限责任公司(自然人投资或控股)",
            .representative: representative, .capitalAmount: "1000000.00", .capitalCurrency: "CNY",
            .established: "2019-06-12", .termFrom: "2019-06-12", .termTo: "2049-06-11",
            .address: address, .scope: scope,
        ])
        let licence = try Licence(
            particulars: application.review().particulars,
            version: 1,
            issued: CalendarDate(at: start, utcOffset: 480)
        )
        return Claims(licence, profile: .full, reference: try ListReference(list: 1, index: index).required)
    }

    /// Signs `claims` with the licence key, or as a forger would.
    func code(_ claims: Claims, forged: Bool = false) throws -> UnverifiedCode {
        let key = forged ? try PrivateKey(algorithm: .es256) : licenceKey
        let unsigned = try UnverifiedCode(unsigned: claims, algorithm: .es256, issuerNumber: IssuerNumber(1).required)
        return unsigned.signed(with: try key.signature(of: unsigned.toBeSigned))
    }

    private static var creditCode: String {
        get throws {
            let body = "91341181MA2T5XKQ0"
            let value = CreditCode.checkValue(body.utf8.compactMap(CreditCode.value))
            return body + String(decoding: [CreditCode.alphabet[value]], as: UTF8.self)
        }
    }

    // MARK: - Publishing

    /// Writes a whole publication with `codes` in `status`, signed at `at`, good for a day.
    func publish(
        _ codes: [UnverifiedCode],
        _ status: ListedStatus = .valid,
        number: Int = 1,
        at: Instant? = nil
    ) throws {
        try publishTrustList(number: number, at: at)
        try publishStatusList(codes, status, number: number, at: at)
        let entries = codes.map { (index: $0.claims.reference.index, digest: $0.digest) }
        try write(
            "issued/341181-1",
            IssuedList(claims: claims(of: "issued/341181-1", number, at), entries: entries)
                .signed(by: listKey, number: IssuerNumber(2).required)
        )
    }

    /// Writes a trust list; `listsRevoked` is when the key for lists was revoked.
    func publishTrustList(number: Int, at: Instant? = nil, listsRevoked: Instant? = nil) throws {
        let at = at ?? start
        let keys = keys.map { $0.purpose == .lists ? $0.revoked(at: listsRevoked) : $0 }
        let trust = TrustList(
            sequence: number,
            issuedAt: at,
            nextUpdate: at.adding(seconds: 86_400),
            authority: "Test",
            base: Self.base,
            keys: keys
        )
        try write(TrustList.path, trust.signed(by: rootKey))
    }

    func publishStatusList(
        _ codes: [UnverifiedCode],
        _ status: ListedStatus,
        number: Int,
        at: Instant? = nil
    ) throws {
        let entries = codes.map { (index: $0.claims.reference.index, status: status) }
        try write(
            "status/341181-1",
            StatusList(claims: claims(of: "status/341181-1", number, at), size: 1_024, entries: entries)
                .signed(by: listKey, number: IssuerNumber(2).required)
        )
    }

    func write(_ path: String, _ bytes: [UInt8]) throws {
        try DurableFile.write(bytes, to: "\(folder)/\(path)")
    }

    private func claims(of path: String, _ number: Int, _ at: Instant?) -> ListClaims {
        let at = at ?? start
        return ListClaims(
            subject: Self.base + path,
            issuedAt: at,
            expires: at.adding(seconds: 86_400),
            timeToLive: 3_600,
            sequence: number
        )
    }

    // MARK: - Serving

    func loader(memory: String? = nil, metrics: Metrics = Metrics()) throws -> PublicationLoader {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try PublicationLoader(
            folder: folder,
            root: rootCertificate,
            memory: memory,
            logger: logger,
            now: { [start] in start.adding(seconds: 1_000 * 86_400) },
            metrics: metrics
        )
    }
}

extension TrustedKey {
    fileprivate func revoked(at instant: Instant?) -> TrustedKey {
        TrustedKey(
            number: number,
            purpose: purpose,
            certificate: certificate,
            name: name,
            office: office,
            divisions: divisions,
            kinds: kinds,
            utcOffset: utcOffset,
            revocation: instant.map { Revocation(at: $0, reason: "stolen") }
        )
    }
}

extension Optional {
    struct Missing: Error {}

    /// The value, or an error that fails the test.
    var required: Wrapped {
        get throws {
            guard let self else { throw Missing() }
            return self
        }
    }
}
