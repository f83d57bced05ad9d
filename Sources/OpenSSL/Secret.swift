import COpenSSL

/// Bytes that must not stay in memory, such as a passphrase; wiped when the last owner lets go.
// @unchecked: the buffer is written in `init` only and wiped in `deinit`.
@safe package final class Secret: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    package init(_ bytes: some Collection<UInt8>) {
        unsafe buffer = .allocate(capacity: max(1, bytes.count))
        unsafe buffer.initialize(repeating: 0)
        for (offset, byte) in bytes.enumerated() { unsafe buffer[offset] = byte }
        count = bytes.count
    }

    deinit {
        unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        unsafe buffer.deallocate()
    }

    package let count: Int

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
