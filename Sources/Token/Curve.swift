import CPKCS11
import OpenSSL

/// What PKCS#11 must be told to make and use keys of an algorithm.
struct Curve {
    let algorithm: Algorithm
    let keyType: CK_KEY_TYPE
    let generation: CK_MECHANISM_TYPE
    let signing: CK_MECHANISM_TYPE
    /// CKA_EC_PARAMS, in each form that tokens use, the commonest first.
    let parameters: [[UInt8]]
    /// What stands before the point in a SubjectPublicKeyInfo.
    private let publicKeyPrefix: [UInt8]
    private let pointSize: Int

    /// P-256, by its object identifier (RFC 5480, section 2.1.1.1).
    static let p256 = Curve(
        algorithm: .es256,
        keyType: CK_KEY_TYPE(CKK_EC),
        generation: CK_MECHANISM_TYPE(CKM_EC_KEY_PAIR_GEN),
        signing: CK_MECHANISM_TYPE(CKM_ECDSA),
        parameters: [[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]],
        publicKeyPrefix: [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
            0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ],
        pointSize: 65
    )

    /// Ed25519, by the name of PKCS#11 version 3.0, section 2.3.5, or by the object identifier of RFC 8410, section 3.
    static let ed25519 = Curve(
        algorithm: .edDSA,
        keyType: CK_KEY_TYPE(CKK_EC_EDWARDS),
        generation: CK_MECHANISM_TYPE(CKM_EC_EDWARDS_KEY_PAIR_GEN),
        signing: CK_MECHANISM_TYPE(CKM_EDDSA),
        parameters: [[0x13, 0x0C] + Array("edwards25519".utf8), [0x06, 0x03, 0x2B, 0x65, 0x70]],
        publicKeyPrefix: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00],
        pointSize: 32
    )

    static let all = [p256, ed25519]

    /// The public key of CKA_EC_POINT: a DER OCTET STRING by the standard, the bare point in some tokens.
    func publicKey(point: [UInt8]) -> PublicKey? {
        let header: [UInt8] = [0x04, UInt8(pointSize)]
        let isWrapped = point.count == pointSize + header.count && point.starts(with: header)
        let bare = isWrapped ? Array(point.dropFirst(header.count)) : point
        guard bare.count == pointSize else { return nil }
        return try? PublicKey(subjectPublicKeyInfo: publicKeyPrefix + bare)
    }

    /// What the token signs of `message`: its digest where the mechanism makes none (FIPS 186-5, section 6.4).
    func input(of message: [UInt8]) -> [UInt8] {
        switch algorithm {
        case .es256, .sm2: Digest(of: message).bytes
        case .edDSA: message
        }
    }
}
