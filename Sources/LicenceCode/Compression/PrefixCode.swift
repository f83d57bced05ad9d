/// A canonical prefix code of DEFLATE (RFC 1951, section 3.2.2).
struct PrefixCode {
    /// Bits of each symbol's code; 0 for a symbol that has none.
    let lengths: [Int]

    init(lengths: [Int]) { self.lengths = lengths }

    /// What is written for each symbol: bit-reversed, as DEFLATE packs it.
    var codes: [Int] {
        var next = [Int](repeating: 0, count: Self.longest + 1)
        for length in lengths where length > 0 { next[length] += 1 }
        var (code, count) = (0, 0)
        for length in 1...Self.longest {
            code = (code + count) << 1
            count = next[length]
            next[length] = code
        }
        return lengths.map { length in
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
            .sorted { (frequencies[$0], $0) < (frequencies[$1], $1) }
        var lengths = [Int](repeating: 0, count: frequencies.count)
        guard leaves.count > 1 else {
            for leaf in leaves { lengths[leaf] = 1 }
            self.init(lengths: lengths)
            return
        }
        let leafWeights = leaves.map { frequencies[$0] }
        // Of each round, which packages are leaves; what a pair holds follows from its place, since pairs keep their order.
        var rounds = [[Bool](repeating: true, count: leaves.count)]
        var weights = leafWeights
        for _ in 1..<limit {
            let pairs = stride(from: 0, to: weights.count - 1, by: 2).map { weights[$0] + weights[$0 + 1] }
            rounds.append(Self.merge(leafWeights, pairs, into: &weights))
        }
        var taken = 2 * leaves.count - 2
        for round in rounds.reversed() {
            let leavesTaken = round.prefix(taken).count(where: \.self)
            for leaf in leaves.prefix(leavesTaken) { lengths[leaf] += 1 }
            taken = 2 * (taken - leavesTaken)
        }
        self.init(lengths: lengths)
    }

    /// Of the literal and length, and of the distance codes.
    static let longest = 15

    /// Both by weight, a leaf before a pair of the same weight; which of them are leaves.
    private static func merge(_ leaves: [Int], _ pairs: [Int], into weights: inout [Int]) -> [Bool] {
        var isLeaf: [Bool] = []
        isLeaf.reserveCapacity(leaves.count + pairs.count)
        weights.removeAll(keepingCapacity: true)
        var leaf = 0
        for pair in pairs {
            while leaf < leaves.count, leaves[leaf] <= pair {
                weights.append(leaves[leaf])
                isLeaf.append(true)
                leaf += 1
            }
            weights.append(pair)
            isLeaf.append(false)
        }
        weights += leaves[leaf...]
        isLeaf += repeatElement(true, count: leaves.count - leaf)
        return isLeaf
    }
}
