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
        algorithm = try unsafe Algorithm(of: key.pointer)
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

    /// Whether `signature`, raw, is one of `message` by this key; false for r or s = 0 or ≥ n, and for S ≥ L of Ed25519.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == algorithm.signatureSize,
            let native = try? RawSignature.native(fromRaw: signature, algorithm),
            let context = try? unsafe Owned(EVP_MD_CTX_new(), "EVP_MD_CTX_new", free: EVP_MD_CTX_free)
        else { return false }
        var operation: OpaquePointer?
        let digest = unsafe algorithm.messageDigest
        let started = unsafe EVP_DigestVerifyInit(context.pointer, &operation, digest, nil, key.pointer)
        guard started == 1, (try? unsafe algorithm.prepare(operation)) != nil else {
            ERR_clear_error()
            return false
        }
        let result = unsafe EVP_DigestVerify(context.pointer, native, native.count, message, message.count)
        if result != 1 { ERR_clear_error() }
        return result == 1
    }

    /// Lends the key to the module's certificate code.
    func withPointer<Result>(_ body: (OpaquePointer) throws(OpenSSLError) -> Result) throws(OpenSSLError) -> Result {
        try unsafe body(key.pointer)
    }
}
