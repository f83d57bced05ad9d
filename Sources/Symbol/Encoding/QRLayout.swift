/// How a symbol of one version and level divides its codewords (ISO/IEC 18004:2015, Tables 1, 7 and 9).
struct QRLayout: Hashable {
    let version: Int
    let errorCorrection: ErrorCorrection

    static let versions = 1...40

    /// Modules per side.
    var side: Int { 17 + 4 * version }

    /// Modules that carry codewords or remainder bits.
    var dataModules: Int {
        let plain = (16 * version + 128) * version + 64
        guard version > 1 else { return plain }
        let marks = version / 7 + 2
        return plain - (25 * marks - 10) * marks + 55 - (version >= 7 ? 36 : 0)
    }

    /// Codewords altogether.
    var codewords: Int { dataModules / 8 }

    /// Error-correction codewords of each block.
    var checkWords: Int { Self.checkWords[errorCorrection.row][version - 1] }

    var blocks: Int { Self.blocks[errorCorrection.row][version - 1] }

    /// Codewords that carry the text.
    var dataWords: Int { codewords - checkWords * blocks }

    /// Bits of the count in front of a segment (ISO/IEC 18004:2015, Table 3).
    func countBits(_ mode: QRMode) -> Int {
        let step = version < 10 ? 0 : version < 27 ? 2 : 4
        return (mode == .numeric ? 10 : 9) + step
    }

    /// The smallest symbol that holds a prefix and digits of so many characters; nil when none does.
    init?(prefixCount: Int, digitCount: Int, errorCorrection: ErrorCorrection) {
        for version in Self.versions {
            let layout = QRLayout(version: version, errorCorrection: errorCorrection)
            let prefixBits =
                prefixCount == 0 ? 0 : 4 + layout.countBits(.alphanumeric) + QRMode.alphanumeric.bits(prefixCount)
            let bits = prefixBits + 4 + layout.countBits(.numeric) + QRMode.numeric.bits(digitCount)
            if bits <= 8 * layout.dataWords {
                self = layout
                return
            }
        }
        return nil
    }

    init(version: Int, errorCorrection: ErrorCorrection) {
        self.version = version
        self.errorCorrection = errorCorrection
    }

    /// By level (L, M, Q, H), then by version.
    private static let checkWords = [
        [
            7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30,
            30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
        [
            10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28,
            28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        ],
        [
            13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30,
            30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
        [
            17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30, 30, 30, 30, 30,
            30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ],
    ]
    private static let blocks = [
        [
            1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17,
            18, 19, 19, 20, 21, 22, 24, 25,
        ],
        [
            1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29,
            31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
        ],
        [
            1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38,
            40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
        ],
        [
            1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35, 37, 40, 42, 45,
            48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
        ],
    ]
}

/// The two ways in which Licet writes characters into symbols (ISO/IEC 18004:2015, 7.4.3 and 7.4.4).
enum QRMode {
    case numeric, alphanumeric

    /// The mode indicator, four bits.
    var indicator: Int {
        switch self {
        case .numeric: 1
        case .alphanumeric: 2
        }
    }

    /// Bits of `count` characters.
    func bits(_ count: Int) -> Int {
        switch self {
        case .numeric: count / 3 * 10 + [0, 4, 7][count % 3]
        case .alphanumeric: count / 2 * 11 + count % 2 * 6
        }
    }
}

extension ErrorCorrection {
    /// Its place in the tables of the standard, which run from L to H.
    fileprivate var row: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .quartile: 2
        case .high: 3
        }
    }

    /// Its two bits in the format information (ISO/IEC 18004:2015, Table 12).
    var formatBits: Int {
        switch self {
        case .low: 1
        case .medium: 0
        case .quartile: 3
        case .high: 2
        }
    }
}
