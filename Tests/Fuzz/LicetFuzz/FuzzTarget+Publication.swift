import LicenceCode
import OpenSSL
import Publication
import TestSupport

extension FuzzTarget {
    /// The claims of a trust list, signed here: a list without the root's signature is not read at all.
    static let trustList = FuzzTarget(
        "trust-list",
        maximumBytes: 4_096,
        seeds: {
            let revoked = try Issuer.trusted(
                3,
                .licences,
                certificate: issuer.licences.certificate,
                revocation: TrustedKey.Revocation(at: .noon, reason: "lost")
            )
            let retired = try Algorithm.allCases.enumerated().map { place, algorithm in
                let certificate = try issuer.certificate(of: PrivateKey(algorithm: algorithm))
                return try Issuer.trusted(4 + place, .licences, certificate: certificate, retiredAt: .noon)
            }
            return try [[], [issuer.lists], [issuer.lists, issuer.licences, revoked], retired].map { keys in
                try payload(issuer.trustList(keys: keys).signed(by: issuer.rootKey))
            }
        },
        run: { bytes in
            let file = signed(bytes, TrustList.type, issuer.root.publicKey.id.bytes, issuer.rootKey)
            guard let list = try? TrustList(file, root: issuer.root) else { return }
            let again = (try? list.signed(by: issuer.rootKey)).flatMap { try? TrustList($0, root: issuer.root) }
            invariant(again == list, "a trust list reads back")
        }
    )

    /// The certificates that a trust list brings, in the header of a list that is signed here.
    static let bag = FuzzTarget(
        "bag",
        maximumBytes: 2_048,
        words: [[0x30, 0x82], [0x06, 0x03, 0x55, 0x1D], [0x01, 0x01, 0xFF], [0x03, 0x02, 0x01]],
        seeds: {
            try Algorithm.allCases.map { algorithm in
                let next = try Issuer(algorithm: algorithm)
                return try CertificateTemplate.cross(to: next.root, validity: Issuer.validity)
                    .certificate(of: next.rootKey.publicKey, signedBy: issuer.rootKey, issuer: issuer.root).der
            } + [issuer.root.der, issuer.lists.certificate.der]
        },
        run: { bytes in
            let file = required {
                try COSESign1(
                    payload: COSESign1(encoded: trust.signed(by: issuer.rootKey)).payload,
                    contentType: nil,
                    type: TrustList.type,
                    keyID: issuer.root.publicKey.id.bytes,
                    certificates: [bytes],
                    key: issuer.rootKey
                ).encoded
            }
            guard let list = try? TrustList(file, root: issuer.root) else { return }
            invariant(list.keys == trust.keys, "a certificate in the bag changes no key")
        }
    )

    /// The claims of a status list, signed here.
    static let statusList = FuzzTarget(
        "status-list",
        maximumBytes: 1_024,
        words: [
            Array("bits".utf8), Array("lst".utf8), Array("aggregation_uri".utf8), [0x78, 0xDA], [0x19, 0xFF, 0xFD],
        ],
        seeds: {
            try [(8, 3), (1, 0), (4_096, 100)].map { size, used in
                let entries = (0..<used).map { (index: $0 * 2, status: ListedStatus.revoked) }
                let list = StatusList(claims: Issuer.claims(), size: size, entries: entries)
                return try payload(list.signed(by: issuer.listKey, number: issuer.lists.number))
            }
        },
        run: { bytes in
            let file = signed(bytes, StatusList.type, issuer.lists.number.bigEndian, issuer.listKey)
            guard let list = try? StatusList(file, path: "status/341181-1", trust: trust) else { return }
            invariant(list.count == 0 || list.value(at: 0) != nil, "the first entry has a value")
            invariant(list.count == 0 || list.value(at: list.count - 1) != nil, "the last entry has a value")
            invariant(list.value(at: list.count) == nil && list.value(at: -1) == nil, "no entry lies outside")
        }
    )

    /// The claims of an issued list, signed here.
    static let issuedList = FuzzTarget(
        "issued-list",
        maximumBytes: 1_024,
        words: [[0x19, 0xFF, 0xFD, 0x82, 0x0A], [0x80, 0x80, 0x80, 0x01], [0xFF, 0xFF, 0xFF, 0x07]],
        seeds: {
            try [0, 1, 5, 60].map { count in
                let entries = (0..<count).map { (index: $0 * $0 * 97, digest: Digest(of: [UInt8($0)])) }
                let list = IssuedList(claims: Issuer.claims(issuedPath), entries: entries)
                return try payload(list.signed(by: issuer.listKey, number: issuer.lists.number))
            }
        },
        run: { bytes in
            let file = signed(bytes, IssuedList.type, issuer.lists.number.bigEndian, issuer.listKey)
            guard let list = try? IssuedList(file, path: issuedPath, trust: trust) else { return }
            let again = (try? list.signed(by: issuer.listKey, number: issuer.lists.number))
                .flatMap { try? IssuedList($0, path: issuedPath, trust: trust) }
            invariant(again == list, "an issued list reads back")
            invariant(list.answer(index: -1, digest: Digest(of: bytes)) == .notThere, "nothing is issued before 0")
        }
    )

    private static let issuedPath = "issued/341181-1"
    private static let issuer = required { try Issuer() }
    private static let trust = issuer.trustList()

    private static func signed(_ claims: [UInt8], _ type: String, _ keyID: [UInt8], _ key: PrivateKey) -> [UInt8] {
        required { try COSESign1(payload: claims, contentType: nil, type: type, keyID: keyID, key: key).encoded }
    }

    private static func payload(_ file: [UInt8]) throws -> [UInt8] { try COSESign1(encoded: file).payload }
}
