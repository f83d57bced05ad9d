import CZXing

/// Reads the QR codes in pictures.
package enum SymbolReader {
    /// Returns the distinct texts of the QR codes in a PNG or JPEG file, perhaps none.
    ///
    /// Codes may be turned, tilted, somewhat blurred, or light on dark. Whatever the picture shows, the search among its
    /// corner marks is bounded by ``SearchBudget``; the rest takes time and memory in proportion to its pixels.
    ///
    /// - Throws: `.unsupportedImage` for anything but a PNG or JPEG; `.unsupportedVariety` for CMYK; `.imageTooLarge` beyond ``ImageLimits``;
    ///   `.damagedImage` with the decoder's reason.
    package static func texts(inImage bytes: [UInt8]) throws(SymbolError) -> [String] {
        let picture = try Luminance(image: bytes)
        var budget = SearchBudget()
        var texts = try picture.search(&budget)
        if texts.isEmpty { texts = try picture.sharpened.search(&budget) }
        if texts.isEmpty { texts = try picture.inverted.search(&budget) }
        return texts
    }

    /// Returns the text of the only QR code in a PNG or JPEG file.
    ///
    /// - Throws: what ``texts(inImage:)`` throws, `.noCode`, or `.severalCodes` for two codes that differ.
    package static func singleText(inImage bytes: [UInt8]) throws(SymbolError) -> String {
        let texts = try texts(inImage: bytes)
        guard let text = texts.first else {
            throw SymbolError(
                .noCode,
                "no QR code was found in the image; take it straight on, sharp and evenly lit, margin included"
            )
        }
        guard texts.count == 1 else {
            throw SymbolError(.severalCodes, "the image shows \(texts.count) different QR codes; crop it to one")
        }
        return text
    }

    /// Proves that a symbol can be handed out: decodes the file's own bytes and compares what they say with `expected`.
    ///
    /// Quick, because it reads only a picture that is nothing but one flawless symbol: ``PrintedSymbol`` finds its modules,
    /// every pixel of which must be right, and ZXing, which knows nothing of how the symbol was made, reads those.
    ///
    /// - Throws: `.readBackMismatch`, `.damagedImage` for what is no sound PNG, or `.libraryFailure`.
    package static func verifyReadBack(png bytes: [UInt8], expected: String) throws(SymbolError) {
        guard let modules = try PrintedSymbol(png: bytes)?.modules, try modules.says(expected) else { throw .mismatch }
    }

    /// Proves the same, and that size and modules are those that were meant: not one is left to error correction.
    ///
    /// - Throws: what ``verifyReadBack(png:expected:)`` throws.
    package static func verifyReadBack(_ picture: SymbolPNG, of symbol: QRCode) throws(SymbolError) {
        guard let printed = try PrintedSymbol(png: picture.bytes), printed.side == picture.sideInPixels,
            let modules = printed.modules, modules.shows(symbol), try modules.says(symbol.text)
        else { throw .mismatch }
    }
}

extension Luminance {
    /// Whether ZXing reads the picture, one pixel a module, as `text`.
    fileprivate func says(_ text: String) throws(SymbolError) -> Bool {
        try scan(whole, as: LICET_ZXING_PURE) == [text]
    }

    /// Whether the picture, one pixel a module, has exactly the modules of `symbol`.
    func shows(_ symbol: QRCode) -> Bool {
        let margin = SymbolPNG.quietZone
        guard width == symbol.side + 2 * margin else { return false }
        for y in 0..<symbol.side {
            for x in 0..<symbol.side where symbol[x, y] != (pixels[(y + margin) * width + x + margin] == 0) {
                return false
            }
        }
        return true
    }
}

extension SymbolError {
    fileprivate static let mismatch = SymbolError(
        .readBackMismatch,
        "the finished symbol does not read back as its text; do not hand it out, and report this as a fault"
    )
}
