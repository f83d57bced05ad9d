import CZlib

/// DEFLATE (RFC 1951) and zlib (RFC 1950) streams of known, small size; the only code that calls zlib.
package enum Deflate {
    /// How the stream is wrapped.
    package enum Wrapping {
        /// Bare DEFLATE with a preset dictionary.
        case raw(dictionary: [UInt8])
        /// zlib's header and checksum.
        case zlib

        /// zlib's `windowBits`.
        fileprivate var windowBits: CInt {
            switch self {
            case .raw: -15
            case .zlib: 15
            }
        }

        /// How matches are looked for.
        ///
        /// In the states of a list, whose entries are drawn at random, there are none but runs: to look for others takes a hundred times as
        /// long, and makes it longer. Small lists are as the draft's vectors have them.
        fileprivate func strategy(for count: Int) -> CInt {
            switch self {
            case .zlib where count >= 4_096: Z_RLE
            case .raw, .zlib: Z_DEFAULT_STRATEGY
            }
        }

        /// Bytes that are decompressed at a time: a licence in one go, a list in few.
        fileprivate var partSize: Int {
            switch self {
            case .raw: 2_048
            case .zlib: 65_536
            }
        }
    }

    /// Compresses at the highest level.
    ///
    /// zlib's usual strategy takes the fixed codes by itself where they are shorter; asking for them gains nothing.
    package static func compressed(_ bytes: [UInt8], _ wrapping: Wrapping) throws(CodeError) -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe CInt(MemoryLayout<z_stream>.size)
        let started = unsafe deflateInit2_(
            &stream,
            Z_BEST_COMPRESSION,
            Z_DEFLATED,
            wrapping.windowBits,
            9,
            wrapping.strategy(for: bytes.count),
            ZLIB_VERSION,
            size
        )
        guard started == Z_OK else { throw CodeError(.badCompression, "zlib could not start (\(started))") }
        defer { unsafe deflateEnd(&stream) }
        if case .raw(let dictionary) = wrapping, !dictionary.isEmpty {
            let set = unsafe deflateSetDictionary(&stream, dictionary, uInt(dictionary.count))
            guard set == Z_OK else { throw CodeError(.badCompression, "zlib refused the dictionary (\(set))") }
        }
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
        guard result == Z_STREAM_END else { throw CodeError(.badCompression, "zlib did not finish (\(result))") }
        return unsafe Array(output.prefix(Int(stream.total_out)))
    }

    /// Decompresses one whole stream that gives at most `limit` bytes; nothing may follow it, and its unused bits are 0.
    package static func decompressed(
        _ bytes: [UInt8],
        _ wrapping: Wrapping,
        limit: Int
    ) throws(CodeError) -> [UInt8] {
        var stream = unsafe z_stream()
        let size = unsafe CInt(MemoryLayout<z_stream>.size)
        let started = unsafe inflateInit2_(&stream, wrapping.windowBits, ZLIB_VERSION, size)
        guard started == Z_OK else { throw CodeError(.badCompression, "zlib could not start (\(started))") }
        defer { unsafe inflateEnd(&stream) }
        if case .raw(let dictionary) = wrapping, !dictionary.isEmpty {
            let set = unsafe inflateSetDictionary(&stream, dictionary, uInt(dictionary.count))
            guard set == Z_OK else { throw CodeError(.badCompression, "zlib refused the dictionary (\(set))") }
        }
        var output: [UInt8] = []
        var part = [UInt8](repeating: 0, count: min(limit + 1, wrapping.partSize))
        return try unsafe bytes.withUnsafeBufferPointer { source throws(CodeError) in
            unsafe stream.next_in = source.baseAddress
            unsafe stream.avail_in = uInt(source.count)
            var result = Z_OK
            var unused = 0
            repeat {
                result = unsafe part.withUnsafeMutableBufferPointer { target in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = uInt(target.count)
                    // Z_BLOCK stops behind each block: the only time that zlib tells the bits left over in the last byte.
                    return unsafe inflate(&stream, Z_BLOCK)
                }
                guard result == Z_OK || result == Z_STREAM_END else {
                    throw CodeError(.badCompression, "the compressed bytes are damaged or end too early")
                }
                let count = unsafe part.count - Int(stream.avail_out)
                guard output.count + count <= limit else {
                    throw CodeError(.tooLong, "the compressed bytes hold more than \(limit) bytes")
                }
                output += part.prefix(count)
                let state = unsafe stream.data_type
                if case .raw = wrapping, result == Z_OK, state & 0xC0 == 0xC0 { unused = Int(state & 7) }
            } while result != Z_STREAM_END
            guard unsafe stream.avail_in == 0, unused == 0 || (bytes.last ?? 0) >> UInt8(8 - unused) == 0 else {
                throw CodeError(.trailingBytes, "something follows the compressed bytes")
            }
            return output
        }
    }
}
