import CPNG

/// The picture of one symbol as it goes to the printer: 1-bit pixels, as decoded from the file.
struct PrintedSymbol {
    /// Pixels per side.
    let side: Int
    /// Bytes of a row.
    private let stride: Int
    /// Packed rows; a set bit is light, as are those behind the last pixel.
    private let rows: [UInt8]

    /// That of the largest square within ``ImageLimits``.
    private static let longestSide = UInt32(Double(ImageLimits.pixels).squareRoot())

    /// Decodes a PNG; nil for a picture that is no square of 1-bit grey.
    ///
    /// - Throws: `.damagedImage` for a PNG in which libpng finds anything wrong, or that something follows.
    init?(png bytes: [UInt8]) throws(SymbolError) {
        guard ImageFormat(magicOf: bytes) == .png else { return nil }
        var picture = unsafe licet_png_bits()
        defer { unsafe licet_png_free_bits(&picture) }
        let result = unsafe licet_png_read_bits(&picture, bytes, bytes.count, Self.longestSide)
        guard result >= 0 else { throw unsafe .damaged("PNG", String(cString: licet_png_bits_reason(&picture))) }
        guard result == 1, unsafe picture.width == picture.height else { return nil }
        side = unsafe Int(picture.width)
        stride = unsafe picture.stride
        rows = unsafe Array(UnsafeBufferPointer(start: picture.rows, count: stride * side))
    }

    /// The symbol at one pixel a module, quiet zone included; nil unless every pixel is as its module, the quiet zone is light
    /// and the sides are those of a symbol.
    ///
    /// How large a module is, is taken from the picture: the first dark pixels are the upper edge of a finder mark, seven modules
    /// long and as far from the left as from the top.
    var modules: Luminance? {
        guard let first = rows.firstIndex(where: { $0 != 0xFF }) else { return nil }
        let top = first / stride
        let left = (0..<side).first { !isLight($0, top) } ?? 0
        let edge = (left..<side).prefix { !isLight($0, top) }.count
        let pixels = edge / 7
        guard edge % 7 == 0, pixels > 0, left == top, left == SymbolPNG.quietZone * pixels, side % pixels == 0 else {
            return nil
        }
        let count = side / pixels
        guard (1...40).contains(where: { 17 + 4 * $0 + 2 * SymbolPNG.quietZone == count }) else { return nil }
        var modules: [UInt8] = []
        modules.reserveCapacity(count * count)
        for row in 0..<count {
            let line = rows[row * pixels * stride..<(row * pixels + 1) * stride]
            for copy in 1..<max(1, pixels) where !isSame(line, row * pixels + copy) { return nil }
            guard append(line, of: pixels, to: &modules) else { return nil }
        }
        let quiet = (0..<count).filter { !(SymbolPNG.quietZone..<count - SymbolPNG.quietZone).contains($0) }
        let isQuiet = quiet.allSatisfy { edge in
            (0..<count).allSatisfy { modules[edge * count + $0] == 255 && modules[$0 * count + edge] == 255 }
        }
        return isQuiet ? Luminance(width: count, height: count, pixels: modules) : nil
    }

    private func isLight(_ x: Int, _ y: Int) -> Bool { rows[y * stride + x / 8] & 0x80 >> UInt8(x % 8) != 0 }

    /// Whether a row of pixels is like `line`.
    private func isSame(_ line: ArraySlice<UInt8>, _ row: Int) -> Bool {
        unsafe rows.withUnsafeBytes { rows in
            unsafe rows[line.startIndex..<line.endIndex].elementsEqual(rows[row * stride..<(row + 1) * stride])
        }
    }

    /// Appends the modules of a row of pixels; false when the pixels of one differ.
    private func append(_ line: ArraySlice<UInt8>, of pixels: Int, to modules: inout [UInt8]) -> Bool {
        var next = line.startIndex
        var pending: UInt64 = 0
        var pendingCount = 0
        for _ in 0..<side / pixels {
            var light = 0
            var left = pixels
            while left > 0 {
                let part = min(left, 32)
                while pendingCount < part {
                    pending = pending << 8 | UInt64(line[next])
                    pendingCount += 8
                    next += 1
                }
                pendingCount -= part
                light += (pending >> UInt64(pendingCount) & (1 << UInt64(part) - 1)).nonzeroBitCount
                left -= part
            }
            guard light == 0 || light == pixels else { return false }
            modules.append(light == 0 ? 0 : 255)
        }
        return true
    }
}
