/// How the texts of a licence are carried: two bits of byte 0.
package enum TextCoding: UInt8, CaseIterable {
    /// UTF-8.
    case plain = 0
    /// Raw DEFLATE (RFC 1951) of UTF-8, without a dictionary.
    case deflate = 1
    /// Raw DEFLATE of ``CompactText``, with the preset dictionary 1.
    case dictionary1 = 2

    /// The greatest number of bytes that texts may have when decompressed.
    static let maximumBytes = 49_152

    /// The preset dictionary 1, as zlib's `inflateSetDictionary` takes it.
    package static var dictionary: [UInt8] { Dictionary1.bytes }

    /// The shortest form of `texts`; on a tie the coding that stands first.
    static func shortest(_ texts: [String]) -> (TextCoding, [UInt8]) {
        let plain = plain.encoded(texts)
        let primed = dictionary1.encoded(texts)
        var candidates = [(TextCoding.plain, plain), (.dictionary1, primed)]
        // Chinese shrinks to a third; only what does not may do better without the dictionary.
        if primed.count * 2 > plain.count { candidates.insert((.deflate, deflate.encoded(texts)), at: 1) }
        return candidates.dropFirst().reduce(candidates[0]) { $1.1.count < $0.1.count ? $1 : $0 }
    }

    /// The bytes of `texts`, of which none holds U+0000.
    package func encoded(_ texts: [String]) -> [UInt8] {
        switch self {
        case .plain: Array(texts.joined(separator: "\0").utf8)
        case .deflate: DeflateEncoder.unprimed.compressed(Array(texts.joined(separator: "\0").utf8))
        case .dictionary1: DeflateEncoder.dictionary1.compressed(CompactText.encoded(texts))
        }
    }

    /// The texts that ``encoded(_:)`` made into `bytes`.
    func decoded(_ bytes: [UInt8]) throws(CodeError) -> [String] {
        let utf8: [UInt8] =
            switch self {
            case .plain: bytes
            case .deflate: try Deflate.decompressed(bytes, .raw(dictionary: []), limit: Self.maximumBytes)
            case .dictionary1:
                try CompactText.utf8(
                    Deflate.decompressed(bytes, .raw(dictionary: Dictionary1.bytes), limit: Self.maximumBytes)
                )
            }
        var texts: [String] = []
        var start = 0
        while start <= utf8.count {
            let end = utf8[start...].firstIndex(of: 0) ?? utf8.count
            if self == .dictionary1 {
                // Compact text gives UTF-8 by its making.
                texts.append(String(decoding: utf8[start..<end], as: UTF8.self))
            } else {
                guard let text = String(validating: utf8[start..<end], as: UTF8.self) else {
                    throw CodeError(.badText, "a text is not UTF-8")
                }
                texts.append(text)
            }
            start = end + 1
        }
        return texts
    }
}

extension Dictionary1 {
    /// The dictionary's compact text; every command that reads a code begins with this.
    static let bytes = CompactText.encoded(linesOf: text)
}

extension DeflateEncoder {
    static let unprimed = DeflateEncoder(dictionary: [])
    static let dictionary1 = DeflateEncoder(dictionary: Dictionary1.bytes)
}
