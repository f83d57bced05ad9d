import CZlib

/// Streams of zlib's at any setting, to compare with the one that lists are made at.
struct Zlib {
    private let level: CInt
    private let windowBits: CInt
    private let memoryLevel: CInt
    private let strategy: CInt

    /// What a web server makes of a file on its way (RFC 1952), at its usual level, 6.
    static let gzip = Zlib(level: 6, windowBits: 31, memoryLevel: 8, strategy: Z_DEFAULT_STRATEGY)
    /// Codes for single bytes alone, and no search for what came before (RFC 1950).
    static let huffmanOnly = Zlib(level: 9, windowBits: 15, memoryLevel: 9, strategy: Z_HUFFMAN_ONLY)
    /// RFC 1950 at level 1 to 9.
    static func level(_ level: CInt) -> Zlib {
        Zlib(level: level, windowBits: 15, memoryLevel: 9, strategy: Z_DEFAULT_STRATEGY)
    }

    /// How many bytes are left of `bytes`.
    func size(of bytes: [UInt8]) -> Int {
        var stream = unsafe z_stream()
        let size = unsafe CInt(MemoryLayout<z_stream>.size)
        let started = unsafe deflateInit2_(
            &stream,
            level,
            Z_DEFLATED,
            windowBits,
            memoryLevel,
            strategy,
            ZLIB_VERSION,
            size
        )
        precondition(started == Z_OK, "zlib could not start")
        defer { unsafe deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(unsafe deflateBound(&stream, uLong(bytes.count))))
        let result = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = uInt(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = uInt(target.count)
                return unsafe deflate(&stream, Z_FINISH)
            }
        }
        precondition(result == Z_STREAM_END, "zlib did not finish")
        return Int(unsafe stream.total_out)
    }
}
