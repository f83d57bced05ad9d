import COpenSSL

/// An OpenSSL input or output in memory.
struct MemoryBIO: ~Copyable {
    private let bio: Owned

    /// An empty output.
    init() throws(OpenSSLError) {
        bio = try unsafe Owned(BIO_new(BIO_s_mem()), "BIO_new", free: { unsafe BIO_free_all($0) })
    }

    /// An input that holds a copy of `bytes`.
    init(_ bytes: [UInt8]) throws(OpenSSLError) {
        let made = try unsafe Owned(BIO_new(BIO_s_mem()), "BIO_new", free: { unsafe BIO_free_all($0) })
        let written = unsafe BIO_write(made.pointer, bytes, CInt(clamping: bytes.count))
        try OpenSSLError.check(Int(written) == bytes.count ? 1 : 0, "BIO_write")
        bio = made
    }

    var pointer: OpaquePointer { unsafe bio.pointer }

    /// What was written so far.
    var bytes: [UInt8] {
        var data: UnsafeMutablePointer<CChar>?
        let count = unsafe licet_BIO_get_mem_data(bio.pointer, &data)
        guard count > 0, let data = unsafe data else { return [] }
        return unsafe data.withMemoryRebound(to: UInt8.self, capacity: count) {
            unsafe Array(UnsafeBufferPointer(start: $0, count: count))
        }
    }
}

/// What OpenSSL gets when PEM itself is encrypted (RFC 1421): no passphrase, where its own default asks the terminal and waits.
func refusePassphrase(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: CInt,
    _ isWriting: CInt,
    _ context: UnsafeMutableRawPointer?
) -> CInt { -1 }
