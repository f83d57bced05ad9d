import COpenSSL

/// A private key that signs; its bytes leave this type only encrypted.
// @unchecked: the key never changes after `init`, and OpenSSL lets threads share a key they only read.
package final class PrivateKey: @unchecked Sendable {
    private let key: Owned
    package let algorithm: Algorithm
    package let publicKey: PublicKey

    /// Makes a new key from OpenSSL's random generator.
    package convenience init(algorithm: Algorithm) throws(OpenSSLError) {
        switch algorithm {
        case .es256:
            try unsafe self.init(Owned(licet_EVP_EC_gen("P-256"), "EVP_EC_gen", free: EVP_PKEY_free))
        }
    }

    private init(_ key: consuming Owned) throws(OpenSSLError) {
        algorithm = try unsafe PublicKey.algorithm(of: key.pointer)
        let pointer = unsafe key.pointer
        let encoded = try unsafe encoded("i2d_PUBKEY") { unsafe i2d_PUBKEY(pointer, $0) }
        publicKey = try PublicKey(subjectPublicKeyInfo: encoded)
        self.key = key
    }

    /// Returns the raw signature of `message`.
    package func signature(of message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        let context = try unsafe Owned(EVP_MD_CTX_new(), "EVP_MD_CTX_new", free: EVP_MD_CTX_free)
        let started = unsafe EVP_DigestSignInit(context.pointer, nil, EVP_sha256(), nil, key.pointer)
        try OpenSSLError.check(started, "EVP_DigestSignInit")
        var signature = [UInt8](repeating: 0, count: unsafe Int(EVP_PKEY_get_size(key.pointer)))
        var count = signature.count
        let signed = unsafe EVP_DigestSign(context.pointer, &signature, &count, message, message.count)
        try OpenSSLError.check(signed, "EVP_DigestSign")
        return try RawSignature.raw(fromDER: Array(signature.prefix(count)))
    }

    /// Lends the key to the module's certificate code.
    func withPointer<Result>(_ body: (OpaquePointer) throws(OpenSSLError) -> Result) throws(OpenSSLError) -> Result {
        try unsafe body(key.pointer)
    }

    // MARK: - At rest

    /// The cost of scrypt, N, r and p of RFC 7914, which takes 16 MiB and about 50 ms.
    private static let scryptCost: (n: UInt64, r: UInt64, p: UInt64) = (16_384, 8, 1)

    /// The key as PEM `ENCRYPTED PRIVATE KEY`: PKCS#8 (RFC 5958), PBES2 with scrypt and AES-256-CBC.
    package func encryptedPEM(passphrase: Secret) throws(OpenSSLError) -> [UInt8] {
        let cost = Self.scryptCost
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
