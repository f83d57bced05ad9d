/// A QR Code symbol (ISO/IEC 18004:2015), model 2, without its quiet zone.
package struct QRCode: Sendable, Equatable {
    /// What the symbol says: the prefix followed by the digits.
    package let text: String
    package let errorCorrection: ErrorCorrection
    /// 1 to 40; the smallest that holds the text.
    package let version: Int
    private let grid: ModuleGrid

    /// Modules per side: 21 to 177.
    package var side: Int { 17 + 4 * version }

    /// Makes the symbol from one alphanumeric segment, the prefix, and one numeric segment, the digits.
    ///
    /// The prefix may be empty.
    ///
    /// - Throws: `.malformedText` for a prefix outside 0-9 A-Z space $ % * + - . / : and for digits that are missing or no
    ///   ASCII digits; `.tooLarge` for what a version 40 symbol cannot hold at this level.
    package init(prefix: String, digits: String, errorCorrection: ErrorCorrection = .medium) throws(SymbolError) {
        try Self.check(prefix: prefix, digits: digits, errorCorrection: errorCorrection)
        let layout = QRLayout(
            prefixCount: prefix.utf8.count,
            digitCount: digits.utf8.count,
            errorCorrection: errorCorrection
        )
        guard let layout else { throw SymbolError(.tooLarge, "the text does not fit into the largest symbol") }
        let mold = QRMold.of(layout)
        let codewords = QRCodewords.encode(prefix: Array(prefix.utf8), digits: Array(digits.utf8), mold: mold)
        text = prefix + digits
        self.errorCorrection = errorCorrection
        version = layout.version
        grid = ModuleGrid.drawing(codewords, mold)
    }

    /// Whether the module in column `x` of row `y`, both from 0 at the top left, is dark.
    package subscript(x: Int, y: Int) -> Bool {
        precondition((0..<side).contains(x) && (0..<side).contains(y), "module outside the symbol")
        return grid[x, y]
    }
}

extension QRCode {
    private static let prefixAlphabet = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)
    private static let digitAlphabet = UInt8(ascii: "0")...UInt8(ascii: "9")

    private static func check(
        prefix: String,
        digits: String,
        errorCorrection: ErrorCorrection
    ) throws(SymbolError) {
        guard prefix.utf8.allSatisfy(prefixAlphabet.contains) else {
            throw SymbolError(
                .malformedText,
                "the prefix of a symbol may hold only 0-9, A-Z, space and $%*+-./:; write its address in capitals"
            )
        }
        guard !digits.isEmpty, digits.utf8.allSatisfy(digitAlphabet.contains) else {
            throw SymbolError(.malformedText, "the code of a symbol must be one or more of the digits 0-9")
        }
        let capacity = errorCorrection.digitCapacity(afterPrefixOf: prefix.utf8.count)
        guard digits.utf8.count <= capacity else {
            throw SymbolError(
                .tooLarge,
                """
                the text has \(prefix.utf8.count + digits.utf8.count) characters, of which \(digits.utf8.count) digits, \
                but the largest symbol at error-correction level \(errorCorrection.rawValue) holds \(capacity) digits \
                after this prefix; use --profile core or a lower error-correction level
                """
            )
        }
    }
}
