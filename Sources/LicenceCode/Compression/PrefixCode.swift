/// A canonical prefix code of DEFLATE (RFC 1951, section 3.2.2).
struct PrefixCode {
    /// Bits of each symbol's code; 0 for a symbol that has none.
    let lengths: [Int]
    /// Bit-reversed, as DEFLATE packs them.
    private let codes: [Int]

    init(lengths: [Int]) {
        self.lengths = lengths
        var next = [Int](repeating: 0, count: Self.longest + 1)
        var code = 0
        for length in 1...Self.longest {
            code = (code + (length > 1 ? lengths.count { $0 == length - 1 } : 0)) << 1
            next[length] = code
        }
        codes = lengths.map { length in
            guard length > 0 else { return 0 }
            defer { next[length] += 1 }
            return (0..<length).reduce(0) { $0 << 1 | (next[length] >> $1 & 1) }
        }
    }

    /// The best code for symbols that occur `frequencies` times, with lengths of at most `limit` bits.
    ///
    /// Package-merge (Larmore and Hirschberg 1990): optimal under the limit.
    init(frequencies: [Int], limit: Int) {
        let leaves = frequencies.indices.filter { frequencies[$0] > 0 }
            .map { Package(weight: frequencies[$0], symbols: [$0]) }
            .sorted { ($0.weight, $0.symbols[0]) < ($1.weight, $1.symbols[0]) }
        var lengths = [Int](repeating: 0, count: frequencies.count)
        guard leaves.count > 1 else {
            for leaf in leaves { lengths[leaf.symbols[0]] = 1 }
            self.init(lengths: lengths)
            return
        }
        var packages = leaves
        for _ in 1..<limit {
            let pairs = stride(from: 0, to: packages.count - 1, by: 2).map { index in
                Package(
                    weight: packages[index].weight + packages[index + 1].weight,
                    symbols: packages[index].symbols + packages[index + 1].symbols
                )
            }
            packages = Self.merged(leaves, pairs)
        }
        for package in packages.prefix(2 * leaves.count - 2) {
            for symbol in package.symbols { lengths[symbol] += 1 }
        }
        self.init(lengths: lengths)
    }

    func write(_ symbol: Int, to writer: inout BitWriter) { writer.append(codes[symbol], bits: lengths[symbol]) }

    /// Of the literal and length, and of the distance codes.
    static let longest = 15

    private struct Package {
        let weight: Int
        let symbols: [Int]
    }

    /// Both, by weight; a leaf before a pair of the same weight.
    private static func merged(_ leaves: [Package], _ pairs: [Package]) -> [Package] {
        var result: [Package] = []
        result.reserveCapacity(leaves.count + pairs.count)
        var leaf = 0
        for pair in pairs {
            while leaf < leaves.count, leaves[leaf].weight <= pair.weight {
                result.append(leaves[leaf])
                leaf += 1
            }
            result.append(pair)
        }
        return result + leaves[leaf...]
    }
}
