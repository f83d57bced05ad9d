import CQRCode

/// A QR Code symbol (ISO/IEC 18004:2015), model 2, without its quiet zone.
package struct QRCode: Sendable, Equatable {
    /// What the symbol says: the prefix followed by the digits.
    package let text: String
    package let errorCorrection: ErrorCorrection
    /// 1 to 40; the smallest that holds the text.
    package let version: Int
    /// One byte a module, row by row; 1 is dark.
    private let modules: [UInt8]

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
        guard let input = unsafe QRinput_new2(0, errorCorrection.level) else { throw .libraryFailure("QRinput_new2") }
        defer { unsafe QRinput_free(input) }
        try unsafe Self.append(prefix, as: QR_MODE_AN, to: input)
        try unsafe Self.append(digits, as: QR_MODE_NUM, to: input)
        guard let symbol = unsafe QRcode_encodeInput(input) else { throw .libraryFailure("QRcode_encodeInput") }
        defer { unsafe QRcode_free(symbol) }
        let count = unsafe Int(symbol.pointee.width * symbol.pointee.width)
        text = prefix + digits
        self.errorCorrection = errorCorrection
        version = unsafe Int(symbol.pointee.version)
        modules = unsafe UnsafeBufferPointer(start: symbol.pointee.data, count: count).map { $0 & 1 }
    }

    /// Whether the module in column `x` of row `y`, both from 0 at the top left, is dark.
    package subscript(x: Int, y: Int) -> Bool {
        precondition((0..<side).contains(x) && (0..<side).contains(y), "module outside the symbol")
        return modules[y * side + x] == 1
    }

    private static func append(_ text: String, as mode: QRencodeMode, to input: OpaquePointer) throws(SymbolError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return }
        let result = unsafe QRinput_append(input, mode, CInt(bytes.count), bytes)
        guard result == 0 else { throw .libraryFailure("QRinput_append") }
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
