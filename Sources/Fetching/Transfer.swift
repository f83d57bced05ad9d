import CCurl

/// What one request has brought so far, and why no more of it is wanted.
///
/// libcurl calls it from C, so nothing here throws: what is refused stays in ``refusal``, and the transfer ends.
final class Transfer {
    /// Which answers' bodies are wanted; those of others are dropped.
    enum Wanted {
        /// That of status 200 alone.
        case file
        case any
    }

    struct Refusal: Hashable {
        let code: FetchError.Code
        let reason: String
    }

    /// The status of the last head; 0 before there is one.
    private(set) var status = 0
    private(set) var entityTag: String?
    private(set) var contentType: String?
    private(set) var bytes: [UInt8] = []
    private(set) var refusal: Refusal?

    private let wanted: Wanted
    private let limit: Int
    private let compressed: Bool
    private var encoding: String?
    private var unpacker: Unpacker?
    private var length: Int?
    /// The value of the field Transfer-Encoding.
    private var framing: String?
    private var isHeadWhole = false
    private var headCount = 0
    private var droppedCount = 0

    private static let largestHead = 65_536
    /// A body that nobody wants is read to its end up to here, so that the connection can be kept.
    private static let largestDropped = 65_536
    private static let longestTag = 1_024

    init(wanted: Wanted, compressed: Bool, limit: Int) {
        self.wanted = wanted
        self.compressed = compressed
        self.limit = limit
    }

    private var isWanted: Bool { wanted == .any || status == 200 }

    // MARK: - Called by libcurl

    static let takeHeader: licet_curl_taker = { bytes, size, count, owner in
        unsafe take(bytes, size * count, owner) { transfer, bytes in
            unsafe transfer.take(headerLine: Array(bytes))
        }
    }

    static let takeBody: licet_curl_taker = { bytes, size, count, owner in
        unsafe take(bytes, size * count, owner) { transfer, bytes in unsafe transfer.take(bytes) }
    }

    private static func take(
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ count: Int,
        _ owner: UnsafeMutableRawPointer?,
        _ body: (Transfer, UnsafeRawBufferPointer) -> Void
    ) -> Int {
        guard let owner = unsafe owner else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
        unsafe body(transfer, UnsafeRawBufferPointer(start: bytes, count: count))
        return transfer.refusal == nil ? count : 0
    }

    // MARK: - Head

    private func refuse(_ code: FetchError.Code, _ reason: String) { refusal = Refusal(code: code, reason: reason) }

    private func refuseAsTooLarge() { refuse(.tooLarge, "is larger than \(limit) bytes") }

    private func take(headerLine: [UInt8]) {
        headCount += headerLine.count
        guard headCount <= Self.largestHead else {
            return refuse(.tooLarge, "has a head of more than \(Self.largestHead) bytes")
        }
        // What follows a body (RFC 9110, section 6.5) says nothing here.
        guard !isHeadWhole else { return }
        let line = headerLine[...].trimmed
        if line.isEmpty { return endHead() }
        if line.starts(with: "HTTP/".utf8) { return startHead(line) }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = String(decoding: line[(colon + 1)...].trimmed, as: UTF8.self)
        switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
        case "etag":
            entityTag = Self.isFit(entityTag: value) ? value : nil
        case "content-type": contentType = value
        case "content-length": length = Int(value)
        case "transfer-encoding": framing = (framing.map { "\($0), " } ?? "") + value.lowercased()
        case "content-encoding": encoding = (encoding.map { "\($0), " } ?? "") + value.lowercased()
        default: break
        }
    }

    /// Whether a tag can be kept and sent back: one alone (RFC 9110, section 8.8.3), since `*` and a list of them fit any file.
    static func isFit(entityTag: some StringProtocol) -> Bool {
        let opaque = entityTag.hasPrefix("W/") ? entityTag.dropFirst(2) : entityTag[...]
        return 2...longestTag ~= entityTag.utf8.count && opaque.utf8.count >= 2 && opaque.hasPrefix("\"")
            && opaque.hasSuffix("\"")
            && opaque.utf8.dropFirst().dropLast().allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
    }

    private func startHead(_ line: ArraySlice<UInt8>) {
        // One with a status of 1xx comes before the answer (RFC 9110, section 15.2).
        (entityTag, contentType, length, framing, encoding) = (nil, nil, nil, nil, nil)
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
    }

    private func endHead() {
        guard status >= 200 else { return }
        isHeadWhole = true
        guard isWanted, status != 204, status != 304 else { return }
        // Where the connection's end is the body's, a cut looks like an end, over TLS too (RFC 9112, section 8).
        guard framing == "chunked" || framing == nil && length != nil else {
            return refuse(.broken, "comes without its length, so that a cut would not be seen")
        }
        if let encoding, encoding != "identity" {
            guard compressed, encoding == "gzip" || encoding == "x-gzip" else {
                return refuse(.broken, "comes in an encoding that was not asked for")
            }
            unpacker = Unpacker()
            if unpacker == nil { refuse(.broken, "cannot be unpacked: there is no memory left") }
        } else if let length, length > limit {
            refuseAsTooLarge()
        }
    }

    // MARK: - Body

    private func take(_ part: UnsafeRawBufferPointer) {
        guard isWanted else {
            droppedCount += part.count
            guard droppedCount > Self.largestDropped else { return }
            return refuse(.broken, "comes with status \(status) and more than \(Self.largestDropped) bytes")
        }
        if let unpacker {
            switch unsafe unpacker.unpack(part, to: &bytes, limit: limit) {
            case .unpacked: return
            case .tooLarge: return refuseAsTooLarge()
            case .damaged: return refuse(.broken, "is damaged: its gzip cannot be unpacked")
            }
        }
        guard part.count <= limit - bytes.count else { return refuseAsTooLarge() }
        unsafe bytes.append(contentsOf: part)
    }

    /// Refuses, once libcurl is content, what it does not see: an end in the middle of a head or of packed bytes.
    func end() {
        if !isHeadWhole {
            refuse(.broken, "the answer breaks off in its head")
        } else if let unpacker, !unpacker.isAtEnd {
            refuse(.broken, "the answer breaks off in its gzip")
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without the white space and the line's end around it.
    fileprivate var trimmed: ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { [0x09, 0x0A, 0x0D, 0x20].contains($0) }
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return rest
    }
}
