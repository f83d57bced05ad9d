/// Compresses short texts into the shortest raw DEFLATE stream (RFC 1951) that is found; any stock inflate reads it.
///
/// zlib chooses its matches greedily and knows nothing of what they cost. Here each text is parsed optimally for the fixed codes,
/// and, since those are what it is measured against, again and again for dynamic codes that suit the parse before; the shortest
/// of all these is taken: about a byte in a hundred (`scripts/train-dictionary --ablation`). The same text always gets the same bytes.
package struct DeflateEncoder: Sendable {
    private let finder: MatchFinder

    /// An encoder for streams that are decompressed with `dictionary`, of which at most the last 32,768 bytes count.
    package init(dictionary: [UInt8]) { finder = MatchFinder(dictionary: dictionary) }

    package func compressed(_ bytes: [UInt8]) -> [UInt8] {
        let matches = finder.matches(in: bytes)
        let tokens = DeflateBlock.tokens(of: bytes, matches, prices: DeflateBlock.fixedPrices)
        var best = DeflateBlock(fixed: tokens)
        // The codes of a dynamic block take 40 bytes and more to write.
        guard best.bitCount > Self.leastForDynamicCodes else { return best.bytes }
        // Where the search begins decides where it ends.
        for start in [tokens, DeflateBlock.tokens(of: bytes, matches, prices: .balanced)] {
            var attempt = DeflateBlock(dynamic: start)
            for _ in 0..<Self.attempts {
                if attempt.bitCount < best.bitCount { best = attempt }
                let better = DeflateBlock(dynamic: DeflateBlock.tokens(of: bytes, matches, prices: attempt.prices))
                if better.bitCount >= attempt.bitCount { break }
                attempt = better
            }
        }
        // Greedy choices give few symbols and so a short header; now and then that wins by a byte.
        let zlib = try? Deflate.compressed(bytes, .raw(dictionary: finder.dictionary))
        return zlib.map { $0.count < (best.bitCount + 7) / 8 ? $0 : best.bytes } ?? best.bytes
    }

    /// Bits of a stream with the fixed codes below which the others were never seen to be shorter.
    private static let leastForDynamicCodes = 640
    private static let attempts = 6
}
