/// The two codes of a dynamic block as they stand in front of it (RFC 1951, section 3.2.7).
struct DeflateHeader {
    private let literalCount: Int
    private let distanceCount: Int
    private let runs: [Run]
    private let code: PrefixCode
    /// How many lengths of `code` are written.
    private let codeCount: Int

    /// A code length, or a repetition with its extra bits.
    private struct Run {
        let symbol: Int
        let extra: Int
        let extraBits: Int
    }

    /// The order in which the code lengths of the code lengths are written.
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    init(literals: [Int], distances: [Int]) {
        literalCount = max(257, (literals.lastIndex { $0 > 0 } ?? 0) + 1)
        distanceCount = max(1, (distances.lastIndex { $0 > 0 } ?? 0) + 1)
        runs = Self.runs(of: Array(literals.prefix(literalCount)) + distances.prefix(distanceCount))
        var counts = [Int](repeating: 0, count: Self.order.count)
        for run in runs { counts[run.symbol] += 1 }
        let code = PrefixCode(frequencies: counts, limit: 7)
        self.code = code
        codeCount = max(4, (Self.order.lastIndex { code.lengths[$0] > 0 } ?? 0) + 1)
    }

    var bitCount: Int { runs.reduce(14 + 3 * codeCount) { $0 + code.lengths[$1.symbol] + $1.extraBits } }

    func write(to writer: inout BitWriter) {
        writer.append(literalCount - 257, bits: 5)
        writer.append(distanceCount - 1, bits: 5)
        writer.append(codeCount - 4, bits: 4)
        for symbol in Self.order.prefix(codeCount) { writer.append(code.lengths[symbol], bits: 3) }
        let codes = code.codes
        for run in runs {
            writer.append(codes[run.symbol], bits: code.lengths[run.symbol])
            writer.append(run.extra, bits: run.extraBits)
        }
    }

    private static func runs(of lengths: [Int]) -> [Run] {
        var runs: [Run] = []
        var start = 0
        while start < lengths.count {
            let value = lengths[start]
            var count = lengths[start...].prefix { $0 == value }.count
            start += count
            if value == 0 {
                while count >= 11 {
                    let part = min(count, 138)
                    runs.append(Run(symbol: 18, extra: part - 11, extraBits: 7))
                    count -= part
                }
                if count >= 3 {
                    runs.append(Run(symbol: 17, extra: count - 3, extraBits: 3))
                    count = 0
                }
            } else {
                runs.append(Run(symbol: value, extra: 0, extraBits: 0))
                count -= 1
                while count >= 3 {
                    let part = min(count, 6)
                    runs.append(Run(symbol: 16, extra: part - 3, extraBits: 2))
                    count -= part
                }
            }
            for _ in 0..<count { runs.append(Run(symbol: value, extra: 0, extraBits: 0)) }
        }
        return runs
    }
}
