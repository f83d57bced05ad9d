import COpenSSL

/// A signature algorithm that keys of Licet use.
package enum Algorithm: String, CaseIterable {
    /// ECDSA on P-256 with SHA-256 (RFC 9053, section 2.1).
    case es256 = "ES256"
    /// Ed25519 (RFC 8032), as COSE's EdDSA (RFC 9053, section 2.2).
    case edDSA = "EdDSA"
    /// SM2 with SM3 (GB/T 32918.2, GB/T 32905); Z is made with the identifier `1234567812345678`.
    case sm2 = "SM2"

    /// The number in the IANA registry of COSE algorithms; SM2 has none there and takes one of the private range.
    package var coseIdentifier: Int {
        switch self {
        case .es256: -7
        case .edDSA: -8
        case .sm2: -65_538
        }
    }

    /// Bytes of a raw signature: r‖s, or R‖S of Ed25519.
    package var signatureSize: Int {
        switch self {
        case .es256, .edDSA, .sm2: 64
        }
    }

    package init?(coseIdentifier: Int) {
        guard let algorithm = Self.allCases.first(where: { $0.coseIdentifier == coseIdentifier }) else { return nil }
        self = algorithm
    }

    /// What SM2 digests before each message together with the public key (GB/T 35276, section 10).
    static let distinguishingIdentifier = Array("1234567812345678".utf8)

    /// OpenSSL's number of the algorithm in certificates.
    var signatureNID: CInt {
        switch self {
        case .es256: NID_ecdsa_with_SHA256
        case .edDSA: NID_ED25519
        case .sm2: NID_SM2_with_SM3
        }
    }

    /// What is signed of a message; NULL where the algorithm digests by itself.
    var messageDigest: OpaquePointer? {
        switch self {
        case .es256: unsafe EVP_sha256()
        case .edDSA: nil
        case .sm2: unsafe EVP_sm3()
        }
    }

    /// Tells an operation of EVP about ``distinguishingIdentifier``.
    func prepare(_ context: OpaquePointer?) throws(OpenSSLError) {
        guard self == .sm2 else { return }
        let identifier = Self.distinguishingIdentifier
        try unsafe OpenSSLError.check(
            EVP_PKEY_CTX_set1_id(context, identifier, CInt(identifier.count)),
            "EVP_PKEY_CTX_set1_id"
        )
    }

    /// The algorithm that `key` is for.
    init(of key: OpaquePointer) throws(OpenSSLError) {
        if unsafe EVP_PKEY_is_a(key, "ED25519") == 1 {
            self = .edDSA
            return
        }
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        let isCurve = unsafe EVP_PKEY_is_a(key, "EC") == 1 || EVP_PKEY_is_a(key, "SM2") == 1
        guard isCurve, unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else {
            throw OpenSSLError(drainingQueueAfter: "reading the key's algorithm (P-256, Ed25519 and SM2 are known)")
        }
        switch String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) {
        case "prime256v1": self = .es256
        case "SM2": self = .sm2
        default:
            throw OpenSSLError(drainingQueueAfter: "reading the key's algorithm (P-256, Ed25519 and SM2 are known)")
        }
    }
}
