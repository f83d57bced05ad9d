import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// A root, a key for licences, a key for lists, and the trust list that says so.
struct TestAuthority {
    let rootKey: PrivateKey
    let root: Certificate
    let signer: Signer
    let listSigner: Signer

    static let validity = Instant(seconds: 1_700_000_000)...Instant(seconds: 2_000_000_000)

    init(
        root algorithm: Algorithm = .es256,
        office: Algorithm = .es256,
        generation: Int = 1,
        number: Int = 300
    ) throws {
        rootKey = try PrivateKey(algorithm: algorithm)
        let template = CertificateTemplate.root(
            of: "滁州市市场监督管理局",
            generation: generation,
            validity: Self.validity
        )
        root = try template.certificate(of: rootKey.publicKey, signedBy: rootKey, issuer: nil)
        signer = try Signer(number: number, algorithm: office)
        listSigner = try Signer(number: number + 1, algorithm: office)
    }

    /// The certificate by which this root vouches for that of `other`.
    func cross(to other: TestAuthority) throws -> Certificate {
        try CertificateTemplate.cross(to: other.root, validity: Self.validity)
            .certificate(of: other.rootKey.publicKey, signedBy: rootKey, issuer: root)
    }

    func claims(_ path: String) -> ListClaims {
        ListClaims(
            subject: "https://lic.example.cn/\(path)",
            issuedAt: Instant(seconds: 1_773_820_800),
            expires: Instant(seconds: 1_773_907_200),
            timeToLive: 600,
            sequence: 1
        )
    }

    var trustList: [UInt8] {
        get throws {
            try trustList(of: [trustedKey(signer, purpose: .licences), trustedKey(listSigner, purpose: .lists)])
        }
    }

    func trustList(of keys: [TrustedKey], crossCertificates: [Certificate] = []) throws -> [UInt8] {
        let list = TrustList(
            sequence: 1,
            issuedAt: Instant(seconds: 1_773_820_800),
            nextUpdate: Instant(seconds: 1_773_907_200),
            authority: "滁州市市场监督管理局",
            base: "https://lic.example.cn/",
            keys: keys,
            crossCertificates: crossCertificates
        )
        return try list.signed(by: rootKey)
    }

    func trustedKey(_ signer: Signer, purpose: TrustedKey.Purpose) throws -> TrustedKey {
        let jurisdiction = Jurisdiction(
            divisions: [try DivisionCode("341181")],
            kinds: purpose == .licences ? Set(LicenceKind.allCases) : []
        )
        let template: CertificateTemplate =
            switch purpose {
            case .licences:
                .licences(
                    of: "天长市市场监督管理局",
                    authority: "滁州市市场监督管理局",
                    jurisdiction: jurisdiction,
                    validity: Self.validity
                )
            case .log: .log(of: "滁州市市场监督管理局", validity: Self.validity)
            case .lists: .lists(of: "滁州市市场监督管理局", validity: Self.validity)
            }
        return TrustedKey(
            number: signer.number,
            purpose: purpose,
            certificate: try template.certificate(of: signer.key.publicKey, signedBy: rootKey, issuer: root),
            name: Bilingual(en: "Tianchang", zh: "天长市市场监督管理局"),
            office: try DivisionCode("341181"),
            divisions: [try DivisionCode("341181")],
            kinds: Set(LicenceKind.allCases),
            utcOffset: 480,
            revocation: nil
        )
    }

    /// Runs the independent program over lists and expanded codes.
    func check(_ codes: [[UInt8]], trustList list: [UInt8]? = nil, lists: [[UInt8]] = []) throws -> Answers {
        let trustList = try list ?? trustList
        return try TemporaryFolder.with { folder in
            let bundle = Bundle.module.bundleURL
            let rootFile = folder.appending(path: "root.pem")
            let listFile = folder.appending(path: "trust-list")
            try Data(root.pem).write(to: rootFile)
            try Data(trustList).write(to: listFile)
            var arguments = [bundle.appending(path: "independent_check.py").path, "--root", rootFile.path]
            arguments += ["--trust-list", listFile.path]
            for (number, list) in lists.enumerated() {
                let file = folder.appending(path: "\(number).list")
                try Data(list).write(to: file)
                arguments += ["--list", file.path]
            }
            for (number, code) in codes.enumerated() {
                let file = folder.appending(path: "\(number).cose")
                try Data(code).write(to: file)
                arguments.append(file.path)
            }
            let result = try PythonEnvironment.run(arguments)
            let lines = try result.text.split(separator: "\n").map { line in
                try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
            }
            return Answers(status: result.status, lines: lines, errors: result.errors)
        }
    }

    struct Answers {
        let status: Int32
        let lines: [Answer]
        let errors: String
    }
}

/// A line of the independent program's output.
struct Answer: Decodable {
    let issuer: Int?
    let office: Int?
    let claims: NamedClaims?
    let subject: String?
    let values: [Int]?
    let entries: [String: String]?
    let error: String?
}

extension TrustedKey {
    /// The same, retired and revoked.
    var retired: TrustedKey {
        TrustedKey(
            number: number,
            purpose: purpose,
            certificate: certificate,
            name: name,
            office: office,
            divisions: divisions,
            kinds: kinds,
            utcOffset: utcOffset,
            retiredAt: Instant(seconds: 1_773_000_000),
            revocation: Revocation(at: Instant(seconds: 1_773_100_000), reason: "lost")
        )
    }

    /// The same with other claims than its certificate has.
    func with(purpose: Purpose? = nil, divisions: [DivisionCode]? = nil) -> TrustedKey {
        TrustedKey(
            number: number,
            purpose: purpose ?? self.purpose,
            certificate: certificate,
            name: name,
            office: office,
            divisions: divisions ?? self.divisions,
            kinds: kinds,
            utcOffset: utcOffset,
            revocation: revocation
        )
    }
}

/// Claims as the independent program names them.
struct NamedClaims: Decodable, Equatable {
    let creditCode, kind, name, type, representative, established, address, issued: String
    let version, index, list: Int
    let capital, term: [String: String]?
    let location: [String: Int]?
    let composition, scope, scopeDigest: String?
    let scopeLength: Int?

    init(_ claims: Claims) {
        creditCode = claims.creditCode.text
        kind = claims.kind.rawValue
        name = claims.name
        type = claims.type
        representative = claims.representative
        established = claims.established.description
        address = claims.address
        issued = claims.issued.description
        version = claims.version
        index = claims.reference.index
        list = claims.reference.list
        capital = claims.capital.map { ["amount": $0.amount, "currency": $0.currency] }
        term = claims.term.map { term in
            ["from": term.from.description].merging(term.to.map { ["to": $0.description] } ?? [:]) { first, _ in first }
        }
        location = claims.location.map { ["microLatitude": $0.microLatitude, "microLongitude": $0.microLongitude] }
        composition = claims.composition?.rawValue
        switch claims.scope {
        case .text(let text): (scope, scopeLength, scopeDigest) = (text, nil, nil)
        case .digest(let length, let digest): (scope, scopeLength, scopeDigest) = (nil, length, digest.description)
        }
    }
}
