import CZlib

/// Unpacks gzip (RFC 1952) part by part as it comes, and knows where its end is.
///
/// libcurl could unpack as well, but takes a file that ends too early for a whole one.
@safe final class Unpacker {
    enum Outcome {
        case unpacked, tooLarge, damaged
    }

    /// Whether the file could end here: behind its checksum, which was right.
    private(set) var isAtEnd = false

    /// zlib keeps its address: it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// Nil when there is no memory left.
    init?() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe CInt(MemoryLayout<z_stream>.size)
        // 16 on top of the largest window: gzip and nothing else.
        guard unsafe inflateInit2_(stream, 16 + 15, ZLIB_VERSION, size) == Z_OK else { return nil }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends what `part` unpacks to; `bytes` never gets longer than `limit`.
    func unpack(_ part: UnsafeRawBufferPointer, to bytes: inout [UInt8], limit: Int) -> Outcome {
        guard part.count > 0 else { return .unpacked }
        unsafe stream.pointee.next_in = part.baseAddress?.assumingMemoryBound(to: Bytef.self)
        unsafe stream.pointee.avail_in = uInt(part.count)
        while true {
            // A file may have several members, one behind another (section 2.2).
            if isAtEnd {
                guard unsafe stream.pointee.avail_in > 0 else { return .unpacked }
                unsafe inflateReset(stream)
                isAtEnd = false
            }
            let (result, count) = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
                unsafe stream.pointee.next_out = buffer.baseAddress
                unsafe stream.pointee.avail_out = uInt(buffer.count)
                let result = unsafe inflate(stream, Z_NO_FLUSH)
                return (result, buffer.count - Int(unsafe stream.pointee.avail_out))
            }
            guard count <= limit - bytes.count else { return .tooLarge }
            bytes += buffer.prefix(count)
            switch result {
            case Z_STREAM_END: isAtEnd = true
            // All is taken, and no more was left to give.
            case Z_BUF_ERROR: return .unpacked
            case Z_OK: if count < buffer.count, unsafe stream.pointee.avail_in == 0 { return .unpacked }
            default: return .damaged
            }
        }
    }
}
