import Foundation

/// The text of a file as UTF-8 without BOM, piece by piece.
struct TextChunks {
    private let source: ApplicationSource
    private let converter: GB18030Converter?
    /// How many bytes of the file were read.
    private(set) var offset = 0
    /// The beginning of a character whose end was not read yet.
    private var rest: [UInt8] = []

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let size = 1 << 18

    init(_ source: ApplicationSource, _ encoding: ApplicationFile.Encoding) {
        self.source = source
        converter = encoding == .gb18030 ? GB18030Converter() : nil
    }

    /// The next piece; nil at the end.
    mutating func next() throws(ApplicationFileError) -> [UInt8]? {
        var bytes = try source.bytes(at: offset, count: Self.size)
        if offset == 0, converter == nil, bytes.starts(with: Self.mark) {
            offset = Self.mark.count
            bytes = try source.bytes(at: offset, count: Self.size)
        }
        offset += bytes.count
        guard let converter else { return bytes.isEmpty ? nil : bytes }
        guard !bytes.isEmpty || !rest.isEmpty else { return nil }
        let converted = converter.utf8(of: rest + bytes)
        guard let converted, !bytes.isEmpty || converted.left.isEmpty else {
            throw ApplicationFileError("is neither UTF-8 nor GB18030; save it as UTF-8")
        }
        rest = converted.left
        return converted.text
    }

    /// Finds UTF-8 with or without BOM, or else GB18030; damaged UTF-8 is not taken for GB18030, which almost any bytes are.
    static func encoding(of source: ApplicationSource) throws(ApplicationFileError) -> ApplicationFile.Encoding {
        var isUTF8 = true
        try forEachPiece(of: source) { piece in
            isUTF8 = String(validating: piece, as: UTF8.self) != nil
            return isUTF8
        }
        guard !isUTF8 else { return .utf8 }
        var (damaged, good, row) = (0, 0, 0)
        try forEachPiece(of: source) { piece in
            let repaired = String(decoding: piece, as: UTF8.self).unicodeScalars
            if damaged == 0 { row += repaired.prefix { $0 != "\u{FFFD}" }.count { $0 == "\n" } }
            damaged += repaired.count { $0 == "\u{FFFD}" }
            good += repaired.count { $0.value > 0x7FF && $0 != "\u{FFFD}" }
            return true
        }
        let hasMark = try source.bytes(at: 0, count: mark.count) == mark
        guard !hasMark, good <= damaged else {
            throw ApplicationFileError("row \(row + 1): is UTF-8, but damaged here; export the file again")
        }
        return .gb18030
    }

    /// Hands out the raw bytes, cut between characters of UTF-8, until `body` has enough.
    private static func forEachPiece(
        of source: ApplicationSource,
        _ body: (ArraySlice<UInt8>) -> Bool
    ) throws(ApplicationFileError) {
        var offset = 0
        var rest: ArraySlice<UInt8> = []
        while true {
            let bytes = try source.bytes(at: offset, count: size)
            offset += bytes.count
            let piece = rest + bytes
            guard !bytes.isEmpty else {
                if !piece.isEmpty { _ = body(piece) }
                return
            }
            let cut = piece.endIndex - unfinished(piece)
            rest = ArraySlice(Array(piece[cut...]))
            guard body(piece[..<cut]) else { return }
        }
    }

    /// How many bytes at the end begin a character of UTF-8 and do not end it, 0 to 3.
    private static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
        for (index, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > index + 1 ? index + 1 : 0
        }
        return 0
    }
}

/// Turns GB18030 into UTF-8.
private final class GB18030Converter: Sendable {
    // iconv's state is that of one reader, who calls from one place.
    private nonisolated(unsafe) let handle: iconv_t?

    init() {
        let opened = iconv_open("UTF-8", "GB18030")
        handle = opened == iconv_t(bitPattern: -1) ? nil : opened
    }

    deinit { if let handle { iconv_close(handle) } }

    /// The text, and the bytes at the end that are less than a character; nil when it is not GB18030.
    func utf8(of bytes: [UInt8]) -> (text: [UInt8], left: [UInt8])? {
        guard let handle else { return nil }
        // No GB18030 character grows by more than half in UTF-8, but for single bytes; twice is ample.
        var output = [UInt8](repeating: 0, count: bytes.count * 2 + 16)
        var input = bytes.map { CChar(bitPattern: $0) }
        var left = input.count
        var room = output.count
        let result = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBytes { target in
                var from = source.baseAddress
                var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                return iconv(handle, &from, &left, &to, &room)
            }
        }
        guard result != .max || errno == EINVAL && left < 4 else { return nil }
        return (Array(output.prefix(output.count - room)), Array(bytes.suffix(left)))
    }
}
