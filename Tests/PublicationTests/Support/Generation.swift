import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport

/// One of the roots that an authority has had.
struct Generation {
    let key: PrivateKey
    let certificate: Certificate

    init(_ number: Int, _ algorithm: Algorithm = .es256, validity: ClosedRange<Instant> = Issuer.validity) throws {
        key = try PrivateKey(algorithm: algorithm)
        certificate = try CertificateTemplate.root(of: "滁州市", generation: number, validity: validity)
            .certificate(of: key.publicKey, signedBy: key, issuer: nil)
    }

    /// The certificate by which this root vouches for `other`.
    func cross(to other: Generation, validity: ClosedRange<Instant> = Issuer.validity) throws -> Certificate {
        try CertificateTemplate.cross(to: other.certificate, validity: validity)
            .certificate(of: other.key.publicKey, signedBy: key, issuer: certificate)
    }

    /// A key of the trust list that this root certified.
    func trusted(
        _ number: Int,
        _ purpose: TrustedKey.Purpose,
        validity: ClosedRange<Instant> = Issuer.validity
    ) throws -> TrustedKey {
        let template: CertificateTemplate =
            switch purpose {
            case .log: .log(of: "滁州市", validity: validity)
            case .lists: .lists(of: "滁州市", validity: validity)
            case .licences:
                .licences(
                    of: "天长市市场监督管理局",
                    authority: "滁州市",
                    jurisdiction: Jurisdiction(
                        divisions: [try DivisionCode(341_181)],
                        kinds: Set(LicenceKind.allCases)
                    ),
                    validity: validity
                )
            }
        let subject = try PrivateKey(algorithm: .es256)
        let made = try template.certificate(of: subject.publicKey, signedBy: key, issuer: certificate)
        return try Issuer.trusted(number, purpose, certificate: made)
    }

    /// A trust list that this root signs.
    func list(
        of keys: [TrustedKey],
        bag: [Certificate] = [],
        issuedAt: Instant = .noon - .day
    ) throws -> [UInt8] {
        let list = TrustList(
            sequence: 1,
            issuedAt: issuedAt,
            nextUpdate: issuedAt + 2 * .day,
            authority: "滁州市",
            base: Issuer.base,
            keys: keys,
            crossCertificates: bag
        )
        return try list.signed(by: key)
    }

    /// Signs `payload` as a trust list with a header of `labels` besides algorithm, key and type, which are encoded already.
    func signed(_ payload: [UInt8], labels: [UInt8], count: Int) throws -> [UInt8] {
        let bare = COSEHeader(
            algorithm: key.algorithm,
            contentType: nil,
            keyID: key.publicKey.id.bytes,
            type: TrustList.type
        )
        let header = [0xA0 | UInt8(3 + count)] + bare.encoded.dropFirst() + labels
        func message(_ parts: [[UInt8]]) -> [UInt8] {
            parts.flatMap { part in
                var writer = CBORWriter()
                writer.byteString(part)
                return writer.bytes
            }
        }
        let toBeSigned = [0x84, 0x6A] + Array("Signature1".utf8) + message([header, [], payload])
        let signature = try key.signature(of: toBeSigned)
        return [0xD2, 0x84] + message([header]) + [0xA0] + message([payload, signature])
    }
}
