/// A text as literals and matches, and the codes to write them with: one final block of DEFLATE.
struct DeflateBlock {
    private let tokens: [Token]
    private let literals: PrefixCode
    private let distances: PrefixCode
    /// How the codes are written in front; nil for the fixed ones.
    private let header: DeflateHeader?

    /// A literal byte (distance 0, and the byte as its length) or a match.
    typealias Token = Match

    /// The best way to write `text` with these codes.
    ///
    /// Dynamic programming from the front: exact, since the codes give every literal and every match a fixed price.
    static func tokens(of text: [UInt8], _ matches: Matches, prices: Prices) -> [Token] {
        var best = [Int](repeating: .max, count: text.count + 1)
        var last = [Token](repeating: Token(length: 0, distance: 0), count: text.count + 1)
        best[0] = 0
        for position in text.indices {
            let literal = best[position] + prices.literals[Int(text[position])]
            if literal < best[position + 1] {
                best[position + 1] = literal
                last[position + 1] = Token(length: Int(text[position]), distance: 0)
            }
            var length = DeflateSymbols.lengths.lowerBound
            for match in matches[position] {
                let start = best[position] + prices.distances[DeflateSymbols.distanceSymbol(match.distance)]
                while length <= match.length {
                    let price = start + prices.lengths[length]
                    if price < best[position + length] {
                        best[position + length] = price
                        last[position + length] = Token(length: length, distance: match.distance)
                    }
                    length += 1
                }
            }
        }
        var tokens: [Token] = []
        var position = text.count
        while position > 0 {
            tokens.append(last[position])
            position -= last[position].distance == 0 ? 1 : last[position].length
        }
        return tokens.reversed()
    }

    /// With the fixed codes.
    init(fixed tokens: [Token]) {
        self.tokens = tokens
        literals = Self.fixedLiterals
        distances = Self.fixedDistances
        header = nil
    }

    /// With the codes that suit `tokens` best, written in front.
    init(dynamic tokens: [Token]) {
        self.tokens = tokens
        var literalCounts = [Int](repeating: 0, count: DeflateSymbols.literalCount)
        var distanceCounts = [Int](repeating: 0, count: DeflateSymbols.distanceCount)
        literalCounts[DeflateSymbols.endOfBlock] = 1
        for token in tokens {
            if token.distance == 0 {
                literalCounts[token.length] += 1
            } else {
                literalCounts[DeflateSymbols.length(token.length).symbol] += 1
                distanceCounts[DeflateSymbols.distanceSymbol(token.distance)] += 1
            }
        }
        literals = PrefixCode(frequencies: literalCounts, limit: PrefixCode.longest)
        distances = PrefixCode(frequencies: distanceCounts, limit: PrefixCode.longest)
        header = DeflateHeader(literals: literals.lengths, distances: distances.lengths)
    }

    /// What its codes ask for each symbol; a symbol without a code is dear, but not out of reach of the next attempt.
    var prices: Prices { Prices(literals: literals.lengths, distances: distances.lengths) }

    /// Bits altogether.
    var bitCount: Int {
        var bits = 3 + (header?.bitCount ?? 0) + literals.lengths[DeflateSymbols.endOfBlock]
        for token in tokens {
            if token.distance == 0 {
                bits += literals.lengths[token.length]
            } else {
                let (length, distance) = (DeflateSymbols.length(token.length), DeflateSymbols.distance(token.distance))
                bits += literals.lengths[length.symbol] + length.extraBits
                bits += distances.lengths[distance.symbol] + distance.extraBits
            }
        }
        return bits
    }

    var bytes: [UInt8] {
        var writer = BitWriter()
        // BFINAL, and BTYPE 1 (fixed) or 2 (dynamic).
        writer.append(1 | (header == nil ? 1 : 2) << 1, bits: 3)
        header?.write(to: &writer)
        let (literalCodes, distanceCodes) = (literals.codes, distances.codes)
        func write(literal symbol: Int) { writer.append(literalCodes[symbol], bits: literals.lengths[symbol]) }
        for token in tokens {
            if token.distance == 0 {
                write(literal: token.length)
            } else {
                let (length, distance) = (DeflateSymbols.length(token.length), DeflateSymbols.distance(token.distance))
                write(literal: length.symbol)
                writer.append(length.extra, bits: length.extraBits)
                writer.append(distanceCodes[distance.symbol], bits: distances.lengths[distance.symbol])
                writer.append(distance.extra, bits: distance.extraBits)
            }
        }
        write(literal: DeflateSymbols.endOfBlock)
        return writer.finished()
    }

    // MARK: - Fixed codes (RFC 1951, section 3.2.6)

    private static let fixedLiterals = PrefixCode(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    )
    private static let fixedDistances = PrefixCode(lengths: [Int](repeating: 5, count: 32))
    static let fixedPrices = Prices(literals: fixedLiterals.lengths, distances: fixedDistances.lengths)

    /// Bits of every literal, of every length with its extra bits, and of every distance symbol with its extra bits.
    struct Prices {
        let literals: [Int]
        let lengths: [Int]
        let distances: [Int]

        /// All literals alike, and matches for what they often cost in long texts.
        static let balanced = Prices(
            literals: [Int](repeating: 6, count: DeflateSymbols.literalCount),
            distances: [Int](repeating: 4, count: DeflateSymbols.distanceCount)
        )

        init(literals codes: [Int], distances distanceCodes: [Int]) {
            let (dearLiteral, dearDistance) = (12, 9)
            literals = codes.prefix(256).map { $0 == 0 ? dearLiteral : $0 }
            lengths = (0...DeflateSymbols.lengths.upperBound).map { length in
                let entry = DeflateSymbols.length(length)
                return (codes[entry.symbol] == 0 ? dearLiteral : codes[entry.symbol]) + entry.extraBits
            }
            distances = (0..<DeflateSymbols.distanceCount).map { symbol in
                let code = distanceCodes[symbol]
                return (code == 0 ? dearDistance : code) + DeflateSymbols.extraBits(ofDistanceSymbol: symbol)
            }
        }
    }
}
