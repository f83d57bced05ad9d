/// A square of modules, a bit each, in strips of 64 columns; below and above each strip lie light rows.
///
/// So that all columns of a strip are looked at together, whatever the symbol's size.
struct ModuleGrid: Equatable {
    let side: Int
    /// Strip by strip, ``margin`` light rows first; a set bit is dark, the lowest is the leftmost.
    var words: [UInt64]

    /// Light rows above each strip: as many as the search for finder marks looks back.
    static let margin = 4
    /// Light rows below each strip.
    private static let lowerMargin = 8

    init(side: Int) {
        self.side = side
        words = [UInt64](repeating: 0, count: Self.strips(side) * Self.stride(side))
    }

    init(side: Int, words: [UInt64]) {
        self.side = side
        self.words = words
    }

    static func strips(_ side: Int) -> Int { (side + 63) / 64 }

    /// Words of a strip.
    static func stride(_ side: Int) -> Int { side + margin + lowerMargin }

    /// The word that holds a module.
    static func word(_ side: Int, x: Int, y: Int) -> Int { x >> 6 * stride(side) + margin + y }

    subscript(x: Int, y: Int) -> Bool {
        get { words[Self.word(side, x: x, y: y)] >> UInt64(x & 63) & 1 == 1 }
        set {
            let bit: UInt64 = 1 << UInt64(x & 63)
            let word = Self.word(side, x: x, y: y)
            if newValue { words[word] |= bit } else { words[word] &= ~bit }
        }
    }

    /// The grid with rows and columns exchanged.
    var transposed: ModuleGrid {
        var result = ModuleGrid(side: side)
        for y in 0..<side {
            for x in 0..<side where self[x, y] { result[y, x] = true }
        }
        return result
    }
}
