import COpenSSL
import Synchronization

/// A public key that checks signatures.
// @unchecked: the key never changes after `init`, and OpenSSL lets threads share a key they only read.
package final class PublicKey: @unchecked Sendable {
    private let key: Owned
    package let algorithm: Algorithm
    /// DER SubjectPublicKeyInfo.
    package let subjectPublicKeyInfo: [UInt8]
    package let id: KeyID
    /// How many signatures were checked.
    private let checks = Atomic(0)
    private let made = AtomicLazyReference<MultiplesTable>()

    /// Takes ownership of `key`.
    init(_ key: consuming Owned) throws(OpenSSLError) {
        algorithm = try unsafe Algorithm(of: key.pointer)
        let pointer = unsafe key.pointer
        subjectPublicKeyInfo = try unsafe encoded("i2d_PUBKEY") { unsafe i2d_PUBKEY(pointer, $0) }
        id = KeyID(subjectPublicKeyInfo: subjectPublicKeyInfo)
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

    /// Whether `signature`, raw, is one of `message` by this key; false for r or s = 0 or ≥ n, and for S ≥ L of Ed25519.
    ///
    /// What ``prepare()`` made may say yes; no is always the word of OpenSSL's own check.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        if algorithm == .es256 {
            if let table, table.verifies(signature, ofDigest: Digest(of: message).bytes) { return true }
            checks.add(1, ordering: .relaxed)
        }
        return isSignature(signature, of: message)
    }

    /// Makes what checks further signatures faster, where the algorithm has such; takes 40 ms and 150 kB.
    package func prepare() {
        guard algorithm == .es256, table == nil, let new = unsafe MultiplesTable(key.pointer) else { return }
        _ = made.storeIfNil(new)
    }

    package var isPrepared: Bool { table != nil }
    /// What ``prepare()`` made.
    var table: MultiplesTable? { made.load() }

    /// Whether so many signatures were checked that ``prepare()`` pays.
    package var isBusy: Bool { algorithm == .es256 && checks.load(ordering: .relaxed) >= Self.busy }

    /// As many as are checked in the time of making a table, three times.
    private static let busy = 2_048

    private func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
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
