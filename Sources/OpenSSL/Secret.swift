import COpenSSL

/// Bytes that must not stay in memory, such as a passphrase or a PIN; wiped when the last owner lets go.
///
/// They lie in OpenSSL's secure heap where ``SecureMemory/enable()`` made one.
// @unchecked: the buffer is written in `init` only and wiped in `deinit`.
@safe package final class Secret: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    package let count: Int

    /// Copies `bytes`, which the caller wipes.
    package convenience init(_ bytes: some Collection<UInt8>) {
        unsafe self.init(capacity: bytes.count) { buffer in
            for (offset, byte) in bytes.enumerated() { unsafe buffer[offset] = byte }
            return bytes.count
        }
    }

    /// Makes a secret of at most `capacity` bytes; `fill` writes them in place and returns how many there are.
    package init(
        capacity: Int,
        _ fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Int
    ) rethrows {
        guard let memory = unsafe CRYPTO_secure_zalloc(max(1, capacity), nil, 0) else {
            fatalError("there is no memory left for a secret")
        }
        let bytes = unsafe memory.bindMemory(to: UInt8.self, capacity: max(1, capacity))
        unsafe buffer = UnsafeMutableBufferPointer(start: bytes, count: max(1, capacity))
        do { count = min(try unsafe fill(buffer), capacity) } catch {
            unsafe CRYPTO_secure_clear_free(memory, max(1, capacity), nil, 0)
            throw error
        }
    }

    deinit { unsafe CRYPTO_secure_clear_free(buffer.baseAddress, buffer.count, nil, 0) }

    /// Lends the bytes for the length of `body`.
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try unsafe body(UnsafeBufferPointer(rebasing: buffer.prefix(count)))
    }

    /// Lends the bytes, as C's characters, for the length of `body`.
    func withCharacters<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result? {
        let bytes = unsafe UnsafeRawPointer(buffer.baseAddress)
        return unsafe bytes.map { unsafe body($0.assumingMemoryBound(to: CChar.self)) }
    }
}

extension Secret {
    /// Whether both hold the same bytes, in a time that does not tell where they differ.
    package func equals(_ other: Secret) -> Bool {
        guard count == other.count else { return false }
        let same = unsafe withCharacters { mine in
            unsafe other.withCharacters { theirs in unsafe CRYPTO_memcmp(mine, theirs, count) == 0 }
        }
        return (same ?? nil) ?? false
    }
}

/// What a process that holds keys does about its own memory.
package enum SecureMemory {
    /// Keeps private keys and secrets in locked pages between guard pages, which no core dump holds, and forbids core dumps
    /// and other processes of the same user to look into this one.
    ///
    /// To be called before the first key is made; where the system gives no locked pages, keys lie in plain memory, which is
    /// wiped all the same.
    package static func enable() {
        _ = CRYPTO_secure_malloc_init(1 << 18, 16)
        ERR_clear_error()
        _ = licet_forbid_dumps()
    }
}
