import COpenSSL

/// A private key in memory; its bytes leave this type only encrypted, and are wiped when the last owner lets go.
// @unchecked: the key never changes after `init`, and OpenSSL lets threads share a key they only read.
package final class PrivateKey: @unchecked Sendable, Signer {
    private let key: Owned
    package let publicKey: PublicKey

    /// Makes a new key from OpenSSL's random generator.
    package convenience init(algorithm: Algorithm) throws(OpenSSLError) {
        switch algorithm {
        case .es256:
            try unsafe self.init(Owned(licet_EVP_EC_gen("P-256"), "EVP_EC_gen", free: EVP_PKEY_free))
        case .edDSA: try unsafe self.init(Owned(licet_EVP_gen("ED25519"), "EVP_PKEY_Q_keygen", free: EVP_PKEY_free))
        case .sm2: try unsafe self.init(Owned(licet_EVP_gen("SM2"), "EVP_PKEY_Q_keygen", free: EVP_PKEY_free))
        }
    }

    private init(_ key: consuming Owned) throws(OpenSSLError) {
        let pointer = unsafe key.pointer
        let encoded = try unsafe encoded("i2d_PUBKEY") { unsafe i2d_PUBKEY(pointer, $0) }
        publicKey = try PublicKey(subjectPublicKeyInfo: encoded)
        self.key = key
    }

    /// Returns the raw signature of `message`.
    package func signature(of message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let context = try unsafe Owned(EVP_MD_CTX_new(), "EVP_MD_CTX_new", free: EVP_MD_CTX_free)
        var operation: OpaquePointer?
        let digest = unsafe algorithm.messageDigest
        let started = unsafe EVP_DigestSignInit(context.pointer, &operation, digest, nil, key.pointer)
        try OpenSSLError.check(started, "EVP_DigestSignInit")
        try unsafe algorithm.prepare(operation)
        var signature = [UInt8](repeating: 0, count: unsafe Int(EVP_PKEY_get_size(key.pointer)))
        var count = signature.count
        let signed = unsafe EVP_DigestSign(context.pointer, &signature, &count, message, message.count)
        try OpenSSLError.check(signed, "EVP_DigestSign")
        return try RawSignature.raw(fromNative: Array(signature.prefix(count)), algorithm)
    }

    // MARK: - At rest

    /// N, r and p of scrypt (RFC 7914, section 2).
    package struct ScryptCost: Sendable {
        package let n, r, p: UInt64

        package init(n: UInt64, r: UInt64, p: UInt64) {
            self.n = n
            self.r = r
            self.p = p
        }

        /// 16 MiB, five times over; what OWASP's Password Storage Cheat Sheet holds equal to N = 2¹⁷, p = 1, of which OpenSSL's
        /// PKCS#8 refuses the memory.
        package static let standard = ScryptCost(n: 16_384, r: 8, p: 5)
        /// Protects nothing; for tests that open keys by the hundred.
        package static let none = ScryptCost(n: 2, r: 8, p: 1)
    }

    /// The key as PEM `ENCRYPTED PRIVATE KEY`: PKCS#8 (RFC 5958), PBES2 with scrypt and AES-256-CBC.
    package func encryptedPEM(
        passphrase: Secret,
        cost: ScryptCost = .standard
    ) throws(OpenSSLError) -> [UInt8] {
        let method = unsafe PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nil, 0, nil, cost.n, cost.r, cost.p)
        guard let method = unsafe method else { throw OpenSSLError(drainingQueueAfter: "PKCS5_pbe2_set_scrypt") }
        guard let plain = unsafe EVP_PKEY2PKCS8(key.pointer) else {
            unsafe X509_ALGOR_free(method)
            throw OpenSSLError(drainingQueueAfter: "EVP_PKEY2PKCS8")
        }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(plain) }
        let sealed = unsafe passphrase.withCharacters {
            unsafe PKCS8_set0_pbe($0, CInt(passphrase.count), plain, method)
        }
        guard let sealed = unsafe sealed ?? nil else {
            unsafe X509_ALGOR_free(method)
            throw OpenSSLError(drainingQueueAfter: "PKCS8_set0_pbe")
        }
        defer { unsafe X509_SIG_free(sealed) }
        let output = try MemoryBIO()
        try unsafe OpenSSLError.check(PEM_write_bio_PKCS8(output.pointer, sealed), "PEM_write_bio_PKCS8")
        return output.bytes
    }

    /// Opens what ``encryptedPEM(passphrase:)`` made; a wrong passphrase is an error of `PKCS8_decrypt`.
    package convenience init(encryptedPEM pem: [UInt8], passphrase: Secret) throws(OpenSSLError) {
        let input = try MemoryBIO(pem)
        guard let sealed = unsafe PEM_read_bio_PKCS8(input.pointer, nil, refusePassphrase, nil) else {
            throw OpenSSLError(drainingQueueAfter: "PEM_read_bio_PKCS8")
        }
        defer { unsafe X509_SIG_free(sealed) }
        let opened = unsafe passphrase.withCharacters { unsafe PKCS8_decrypt(sealed, $0, CInt(passphrase.count)) }
        guard let plain = unsafe opened ?? nil else { throw OpenSSLError(drainingQueueAfter: "PKCS8_decrypt") }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(plain) }
        try unsafe self.init(Owned(EVP_PKCS82PKEY(plain), "EVP_PKCS82PKEY", free: EVP_PKEY_free))
    }
}
