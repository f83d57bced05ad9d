import COpenSSL

/// A public key that checks signatures.
// @unchecked: the key never changes after `init`, and OpenSSL lets threads share a key they only read.
package final class PublicKey: @unchecked Sendable {
    private let key: Owned
    package let algorithm: Algorithm
    /// DER SubjectPublicKeyInfo.
    package let subjectPublicKeyInfo: [UInt8]

    /// Takes ownership of `key`.
    init(_ key: consuming Owned) throws(OpenSSLError) {
        algorithm = try unsafe Self.algorithm(of: key.pointer)
        let pointer = unsafe key.pointer
        subjectPublicKeyInfo = try unsafe encoded("i2d_PUBKEY") { unsafe i2d_PUBKEY(pointer, $0) }
        self.key = key
    }

    package convenience init(subjectPublicKeyInfo: [UInt8]) throws(OpenSSLError) {
        try self.init(Self.decoded(subjectPublicKeyInfo))
    }

    /// OpenSSL's own form of a DER SubjectPublicKeyInfo; nothing may follow it.
    static func decoded(_ subjectPublicKeyInfo: [UInt8]) throws(OpenSSLError) -> Owned {
        var used = 0
        let made = unsafe subjectPublicKeyInfo.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            let key = unsafe d2i_PUBKEY(nil, &cursor, bytes.count)
            if let start = bytes.baseAddress, let cursor = unsafe cursor { used = unsafe cursor - start }
            return unsafe key
        }
        let key = try unsafe Owned(made, "d2i_PUBKEY", free: EVP_PKEY_free)
        guard used == subjectPublicKeyInfo.count else { throw OpenSSLError(drainingQueueAfter: "d2i_PUBKEY") }
        return key
    }

    package var id: KeyID { KeyID(subjectPublicKeyInfo: subjectPublicKeyInfo) }

    /// Whether `signature`, raw r‖s, is one of `message` by this key; false for r or s = 0 or ≥ n.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == algorithm.signatureSize, let der = try? RawSignature.der(fromRaw: signature),
            let context = try? unsafe Owned(EVP_MD_CTX_new(), "EVP_MD_CTX_new", free: EVP_MD_CTX_free)
        else { return false }
        guard unsafe EVP_DigestVerifyInit(context.pointer, nil, EVP_sha256(), nil, key.pointer) == 1 else {
            ERR_clear_error()
            return false
        }
        let result = unsafe EVP_DigestVerify(context.pointer, der, der.count, message, message.count)
        if result != 1 { ERR_clear_error() }
        return result == 1
    }

    /// The algorithm that `key` is for: P-256 alone so far.
    static func algorithm(of key: OpaquePointer) throws(OpenSSLError) -> Algorithm {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        let isEC = unsafe EVP_PKEY_is_a(key, "EC") == 1
        guard isEC, unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1,
            String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) == "prime256v1"
        else { throw OpenSSLError(drainingQueueAfter: "reading the key's algorithm (only P-256 is known)") }
        return .es256
    }
}
