/// What stands in a symbol whatever it says: finder, timing and alignment patterns, version and format information.
struct FunctionPatterns {
    private let layout: QRLayout
    /// The dark ones, format information apart.
    private(set) var dark: ModuleGrid
    /// All modules that carry no codewords.
    private var taken: ModuleGrid

    init(_ layout: QRLayout) {
        self.layout = layout
        dark = ModuleGrid(side: layout.side)
        taken = dark
        let last = layout.side - 1
        for place in 0...last {
            set(6, place, place % 2 == 0)
            set(place, 6, place % 2 == 0)
        }
        for (x, y) in [(3, 3), (last - 3, 3), (3, last - 3)] { setFinder(x, y) }
        setAlignment()
        for (x, y) in formatPlaces.joined() { set(x, y, false) }
        set(8, last - 7, true)
        setVersion()
    }

    /// The modules left for codewords, in their order (ISO/IEC 18004:2015, 7.7.3).
    var zigzag: [(x: Int, y: Int)] {
        var places: [(x: Int, y: Int)] = []
        let side = layout.side
        var isUpwards = true
        for pair in stride(from: side - 1, to: 0, by: -2) {
            // The vertical timing pattern takes a column for itself.
            let right = pair <= 6 ? pair - 1 : pair
            for step in 0..<side {
                let y = isUpwards ? side - 1 - step : step
                for x in [right, right - 1] where !taken[x, y] { places.append((x, y)) }
            }
            isUpwards.toggle()
        }
        return places
    }

    /// The dark modules of the format information (7.9).
    func format(mask: Int) -> [(x: Int, y: Int)] {
        let data = layout.errorCorrection.formatBits << 3 | mask
        var rest = data
        for _ in 0..<10 { rest = rest << 1 ^ rest >> 9 * 0x537 }
        let bits = (data << 10 | rest) ^ 0x5412
        return formatPlaces.flatMap { places in
            places.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)
        }
    }

    /// Twice the fifteen places of the format information, the lowest bit first.
    private var formatPlaces: [[(x: Int, y: Int)]] {
        let side = layout.side
        let corner = [0, 1, 2, 3, 4, 5, 7, 8].map { (8, $0) } + [7, 5, 4, 3, 2, 1, 0].map { ($0, 8) }
        return [corner, (0..<8).map { (side - 1 - $0, 8) } + (8..<15).map { (8, side - 15 + $0) }]
    }

    private mutating func set(_ x: Int, _ y: Int, _ isDark: Bool) {
        dark[x, y] = isDark
        taken[x, y] = true
    }

    /// A finder pattern around its middle, with its separator.
    private mutating func setFinder(_ middleX: Int, _ middleY: Int) {
        for y in max(0, middleY - 4)...min(layout.side - 1, middleY + 4) {
            for x in max(0, middleX - 4)...min(layout.side - 1, middleX + 4) {
                let ring = max(abs(x - middleX), abs(y - middleY))
                set(x, y, ring != 2 && ring != 4)
            }
        }
    }

    /// Alignment patterns, except where a finder pattern is (Annex E).
    private mutating func setAlignment() {
        let middles = alignmentMiddles
        for (row, middleY) in middles.enumerated() {
            for (column, middleX) in middles.enumerated() {
                let ends = [0, middles.count - 1]
                if ends.contains(row) && ends.contains(column) && (row == 0 || column == 0) { continue }
                for y in -2...2 {
                    for x in -2...2 { set(middleX + x, middleY + y, max(abs(x), abs(y)) != 1) }
                }
            }
        }
    }

    private var alignmentMiddles: [Int] {
        guard layout.version > 1 else { return [] }
        let count = layout.version / 7 + 2
        let step = (8 * layout.version + 3 * count + 5) / (4 * count - 4) * 2
        return [6] + (0..<count - 1).reversed().map { layout.side - 7 - $0 * step }
    }

    /// The version, twice, from version 7 on (7.10).
    private mutating func setVersion() {
        guard layout.version >= 7 else { return }
        var rest = layout.version
        for _ in 0..<12 { rest = rest << 1 ^ rest >> 11 * 0x1F25 }
        let bits = layout.version << 12 | rest
        for place in 0..<18 {
            let (far, near) = (layout.side - 11 + place % 3, place / 3)
            set(far, near, bits >> place & 1 == 1)
            set(near, far, bits >> place & 1 == 1)
        }
    }
}
