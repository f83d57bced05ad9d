import Synchronization

/// All that symbols of one version and level have in common; made once.
final class QRMold: Sendable {
    let layout: QRLayout
    /// The function patterns (ISO/IEC 18004:2015, 6.3), and the same with rows and columns exchanged.
    let upright: ModuleGrid
    let transposed: ModuleGrid
    /// Where each bit of the codewords goes.
    let places: [Place]
    /// What each of the eight masks turns over, format information included; upright and transposed.
    let masks: [(upright: [UInt64], transposed: [UInt64])]
    /// For each leading byte what the generator polynomial takes from the rest.
    private let products: [UInt8]

    /// A module in both grids.
    struct Place {
        let word: Int32
        let transposedWord: Int32
        let bit: UInt8
        let transposedBit: UInt8
    }

    private static let made = Mutex<[QRLayout: QRMold]>([:])

    static func of(_ layout: QRLayout) -> QRMold {
        if let mold = made.withLock({ $0[layout] }) { return mold }
        let mold = QRMold(layout)
        return made.withLock { molds in
            if let other = molds[layout] { return other }
            molds[layout] = mold
            return mold
        }
    }

    private init(_ layout: QRLayout) {
        self.layout = layout
        let side = layout.side
        let patterns = FunctionPatterns(layout)
        upright = patterns.dark
        transposed = patterns.dark.transposed
        places = patterns.zigzag.prefix(8 * layout.codewords).map { x, y in
            Place(
                word: Int32(ModuleGrid.word(side, x: x, y: y)),
                transposedWord: Int32(ModuleGrid.word(side, x: y, y: x)),
                bit: UInt8(x & 63),
                transposedBit: UInt8(y & 63)
            )
        }
        masks = Self.conditions.indices.map { number in
            var grid = ModuleGrid(side: side)
            for (x, y) in patterns.zigzag where Self.conditions[number](x, y) { grid[x, y] = true }
            for (x, y) in patterns.format(mask: number) { grid[x, y] = true }
            return (grid.words, grid.transposed.words)
        }
        products = ReedSolomon.products(checkWords: layout.checkWords)
    }

    /// The check words of one block.
    func checkWords(of data: ArraySlice<UInt8>) -> [UInt8] {
        ReedSolomon.checkWords(of: data, count: layout.checkWords, products: products)
    }

    /// The modules that each mask turns over (ISO/IEC 18004:2015, Table 10).
    private static let conditions: [@Sendable (_ x: Int, _ y: Int) -> Bool] = [
        { x, y in (x + y) % 2 == 0 },
        { _, y in y % 2 == 0 },
        { x, _ in x % 3 == 0 },
        { x, y in (x + y) % 3 == 0 },
        { x, y in (x / 3 + y / 2) % 2 == 0 },
        { x, y in x * y % 2 + x * y % 3 == 0 },
        { x, y in (x * y % 2 + x * y % 3) % 2 == 0 },
        { x, y in ((x + y) % 2 + x * y % 3) % 2 == 0 },
    ]
}
