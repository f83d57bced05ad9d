import CPNG
import Testing

@testable import Symbol

@Suite struct ReadBackTests {
    @Test(arguments: ErrorCorrection.allCases, [1, 41, 300, 900, 1800, 3000])
    func everySymbolReadsBack(level: ErrorCorrection, count: Int) throws {
        let code = try QRCode(prefix: "LICET:", digits: digits(count), errorCorrection: level)
        let png = try SymbolPNG(code).bytes
        try SymbolReader.verifyReadBack(png: png, expected: code.text)
        #expect(try SymbolReader.singleText(inImage: png) == "LICET:" + digits(count))
    }

    @Test(arguments: ErrorCorrection.allCases)
    func theLargestSymbolReadsBack(level: ErrorCorrection) throws {
        let count = level.digitCapacity(afterPrefixOf: addressPrefix.count)
        let code = try QRCode(prefix: addressPrefix, digits: digits(count), errorCorrection: level)
        #expect(code.version == 40)
        try SymbolReader.verifyReadBack(png: SymbolPNG(code).bytes, expected: code.text)
    }

    @Test(arguments: [(0.1, 72), (0.25, 300), (0.4, 2400), (3, 300)])
    func readsBackAtEverySize(size: Double, dpi: Int) throws {
        let code = try QRCode(prefix: addressPrefix, digits: digits(900))
        try SymbolReader.verifyReadBack(png: SymbolPNG(code, moduleSize: size, dpi: dpi).bytes, expected: code.text)
    }

    @Test func refusesASymbolThatSaysSomethingElse() throws {
        let png = try SymbolPNG(QRCode(prefix: "LICET:", digits: "123")).bytes
        let error = #expect(throws: SymbolError.self) {
            try SymbolReader.verifyReadBack(png: png, expected: "LICET:124")
        }
        #expect(error?.code == .readBackMismatch)
    }

    @Test func refusesAPictureWithoutASymbol() throws {
        let picture = try Fixture.bytes("no-code.jpg")
        let error = #expect(throws: SymbolError.self) {
            try SymbolReader.verifyReadBack(png: picture, expected: "LICET:1")
        }
        #expect(error?.code == .readBackMismatch)
    }

    @Test(arguments: ErrorCorrection.allCases, [1, 900, 3000])
    func aPictureShowsItsSymbol(level: ErrorCorrection, count: Int) throws {
        let code = try QRCode(prefix: addressPrefix, digits: digits(count), errorCorrection: level)
        try SymbolReader.verifyReadBack(SymbolPNG(code), of: code)
    }

    /// In a data module, in the middle of a finder mark, in the quiet zone, and in the last corner.
    @Test(arguments: [(102, 103), (37, 37), (3, 60), (164, 164)])
    func refusesASinglePixelThatIsWrong(x: Int, y: Int) throws {
        let code = try QRCode(prefix: "LICET:", digits: digits(50))
        let side = (code.side + 8) * 5
        let picture = try picture(side: side) { Self.isDark(code, $0 / 5, $1 / 5) != (($0, $1) == (x, y)) }
        let error = #expect(throws: SymbolError.self) {
            try SymbolReader.verifyReadBack(png: picture, expected: code.text)
        }
        #expect(error?.code == .readBackMismatch)
    }

    @Test func refusesAModuleThatErrorCorrectionWouldMend() throws {
        let code = try QRCode(prefix: "LICET:", digits: digits(50))
        let other = try QRCode(prefix: "LICET:", digits: digits(50, seed: 2))
        let (x, y) = (code.side + 2, code.side + 2)
        let bytes = try picture(side: code.side + 8) { Self.isDark(code, $0, $1) != (($0, $1) == (x, y)) }
        try SymbolReader.verifyReadBack(png: bytes, expected: code.text)
        #expect(try PrintedSymbol(png: bytes)?.modules?.shows(code) == false)
        let error = #expect(throws: SymbolError.self) { try SymbolReader.verifyReadBack(SymbolPNG(other), of: code) }
        #expect(error?.code == .readBackMismatch)
    }

    @Test(arguments: [(3, 5), (5, 5), (4, 4)])
    func refusesAnotherQuietZone(margin: Int, pixels: Int) throws {
        let code = try QRCode(prefix: "LICET:", digits: digits(50))
        let side = (code.side + 2 * margin) * pixels + (margin == 4 ? 1 : 0)
        let bytes = try picture(side: side) { Self.isDark(code, $0 / pixels + 4 - margin, $1 / pixels + 4 - margin) }
        let error = #expect(throws: SymbolError.self) {
            try SymbolReader.verifyReadBack(png: bytes, expected: code.text)
        }
        #expect(error?.code == .readBackMismatch)
    }

    @Test func refusesEveryDamagedByteAndEveryCut() throws {
        let code = try QRCode(prefix: "LICET:", digits: "123")
        let png = try SymbolPNG(code, moduleSize: 0.1, dpi: 254).bytes
        for place in png.indices {
            var damaged = png
            damaged[place] ^= 0x10
            #expect(throws: SymbolError.self) { try SymbolReader.verifyReadBack(png: damaged, expected: code.text) }
            #expect(throws: SymbolError.self) {
                try SymbolReader.verifyReadBack(png: Array(png.prefix(place)), expected: code.text)
            }
        }
        #expect(throws: SymbolError.self) { try SymbolReader.verifyReadBack(png: png + [0], expected: code.text) }
    }

    /// Whether a module is dark, in columns and rows that count the quiet zone.
    private static func isDark(_ code: QRCode, _ column: Int, _ row: Int) -> Bool {
        let inside = (4..<code.side + 4).contains(column) && (4..<code.side + 4).contains(row)
        return inside && code[column - 4, row - 4]
    }

    /// A PNG such as symbols have, of any pixels.
    private func picture(side: Int, _ isDark: (Int, Int) -> Bool) throws -> [UInt8] {
        let stride = (side + 7) / 8
        var rows = [UInt8](repeating: 0xFF, count: stride * side)
        for y in 0..<side {
            for x in 0..<side where isDark(x, y) { rows[y * stride + x / 8] &= ~(0x80 >> UInt8(x % 8)) }
        }
        var output = licet_png_output()
        defer { licet_png_free(&output) }
        try #require(licet_png_write(&output, rows, side, 1, side, 12_500) == 1)
        return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}
