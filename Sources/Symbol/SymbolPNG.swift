import CPNG

/// A QR symbol as a PNG file: 1-bit grayscale, a quiet zone of four modules, and the true printed size in `pHYs`.
package struct SymbolPNG: Sendable, Equatable {
    /// Light modules kept free on each side (ISO/IEC 18004:2015, 6.3.8).
    package static let quietZone = 4
    /// Millimetres a module may measure.
    package static let moduleSizes = 0.1...10.0
    /// Dots per inch a printer may have.
    package static let resolutions = 72...2400

    /// The whole file; the same symbol and measures always give the same bytes.
    package let bytes: [UInt8]
    /// Pixels per side of one module; at least 1.
    package let pixelsPerModule: Int
    /// Pixels per side, quiet zone included.
    package let sideInPixels: Int
    /// Millimetres per side when printed at its true size, quiet zone included.
    package let sideInMillimetres: Double

    /// Draws `code` with modules of exactly `moduleSize` millimetres, in whole pixels nearest to `dpi` dots per inch.
    ///
    /// - Throws: `.invalidSize` when `moduleSize` is outside 0.1...10, `dpi` outside 72...2400, or both together ask for
    ///   a picture beyond ``ImageLimits``.
    package init(_ code: QRCode, moduleSize: Double = 0.4, dpi: Int = 300) throws(SymbolError) {
        pixelsPerModule = try Self.pixelsPerModule(of: code, moduleSize: moduleSize, dpi: dpi)
        let modules = code.side + 2 * Self.quietZone
        sideInPixels = modules * pixelsPerModule
        sideInMillimetres = Double(modules) * moduleSize
        let pixelsPerMetre = UInt32((Double(pixelsPerModule) * 1000 / moduleSize).rounded())
        let rows = Self.packedRows(of: code, pixelsPerModule: pixelsPerModule)
        bytes = try Self.write(rows, modules, pixelsPerModule, pixelsPerMetre)
    }

    /// Returns how many pixels a module gets, without drawing.
    ///
    /// - Throws: `.invalidSize`, as ``init(_:moduleSize:dpi:)`` does.
    package static func pixelsPerModule(of code: QRCode, moduleSize: Double, dpi: Int) throws(SymbolError) -> Int {
        guard Self.moduleSizes.contains(moduleSize) else {
            throw SymbolError(.invalidSize, "a module must measure 0.1 to 10 mm; 0.4 mm suits most printers")
        }
        guard Self.resolutions.contains(dpi) else {
            throw SymbolError(.invalidSize, "the resolution must be 72 to 2400 dpi; 300 dpi suits most printers")
        }
        let pixels = max(1, Int((moduleSize * Double(dpi) / 25.4).rounded()))
        let side = (code.side + 2 * Self.quietZone) * pixels
        guard ImageLimits.allow(width: side, height: side) else {
            throw SymbolError(
                .invalidSize,
                """
                the symbol would be \(side) pixels a side, but \(ImageLimits.text); \
                use a lower resolution or a smaller module size
                """
            )
        }
        return pixels
    }

    /// Returns one packed row of pixels for each row of modules, quiet zone included; a set bit is light.
    private static func packedRows(of code: QRCode, pixelsPerModule: Int) -> [UInt8] {
        let modules = code.side + 2 * quietZone
        let stride = (modules * pixelsPerModule + 7) / 8
        var rows: [UInt8] = []
        rows.reserveCapacity(modules * stride)
        for y in -quietZone..<code.side + quietZone {
            guard (0..<code.side).contains(y) else {
                rows.append(contentsOf: repeatElement(0xFF, count: stride))
                continue
            }
            var pending: UInt64 = 0
            var pendingCount = 0
            for x in -quietZone..<code.side + quietZone {
                let isDark = (0..<code.side).contains(x) && code[x, y]
                var pixels = pixelsPerModule
                while pixels > 0 {
                    let part = min(pixels, 32)
                    pending = pending << UInt64(part) | (isDark ? 0 : 1 << UInt64(part) - 1)
                    pendingCount += part
                    pixels -= part
                    while pendingCount >= 8 {
                        pendingCount -= 8
                        rows.append(UInt8(truncatingIfNeeded: pending >> UInt64(pendingCount)))
                    }
                }
            }
            // What is left of the last byte is light.
            let spare = UInt64(8 - pendingCount)
            if pendingCount > 0 { rows.append(UInt8(truncatingIfNeeded: pending << spare | (1 << spare - 1))) }
        }
        return rows
    }

    private static func write(
        _ rows: [UInt8],
        _ modules: Int,
        _ pixelsPerModule: Int,
        _ pixelsPerMetre: UInt32
    ) throws(SymbolError) -> [UInt8] {
        var output = unsafe licet_png_output()
        defer { unsafe licet_png_free(&output) }
        let side = modules * pixelsPerModule
        let written = unsafe licet_png_write(&output, rows, modules, pixelsPerModule, side, pixelsPerMetre)
        guard written == 1 else { throw unsafe .libraryFailure("libpng", String(cString: licet_png_reason(&output))) }
        return unsafe Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}
