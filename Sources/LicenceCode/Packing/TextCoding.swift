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

    /// The shortest form of `texts`; on a tie the coding that stands first.
    static func shortest(_ texts: [String]) -> (TextCoding, [UInt8]) {
        let candidates = allCases.map { ($0, $0.encoded(texts)) }
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
        for part in utf8.split(separator: 0, omittingEmptySubsequences: false) {
            guard let text = String(validating: part, as: UTF8.self) else {
                throw CodeError(.badText, "a text is not UTF-8")
            }
            texts.append(text)
        }
        return texts
    }
}

extension Dictionary1 {
    /// The dictionary as zlib's `inflateSetDictionary` takes it.
    package static let bytes = CompactText.encoded(
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    )
}

extension DeflateEncoder {
    static let unprimed = DeflateEncoder(dictionary: [])
    static let dictionary1 = DeflateEncoder(dictionary: Dictionary1.bytes)
}
