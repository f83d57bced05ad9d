import TestSupport
import Testing

@testable import Symbol

@Suite struct SymbolPNGTests {
    let code: QRCode

    init() throws { code = try QRCode(prefix: addressPrefix, digits: digits(200)) }

    @Test func isAOneBitGreyPictureWithoutInterlacing() throws {
        let symbol = try SymbolPNG(code)
        let header = try #require(PNGFile(symbol.bytes)["IHDR"])
        #expect(PNGFile.number(header[0..<4]) == symbol.sideInPixels)
        #expect(PNGFile.number(header[4..<8]) == symbol.sideInPixels)
        #expect(header[8...] == [1, 0, 0, 0, 0])
    }

    @Test(arguments: [
        (0.4, 300, 5, 12500), (0.5, 600, 12, 24000), (0.33, 300, 4, 12121), (0.1, 72, 1, 10000), (10, 72, 28, 2800),
        (0.4, 2400, 38, 95000),
    ])
    func printsEachModuleAtItsTrueSize(size: Double, dpi: Int, pixels: Int, pixelsPerMetre: Int) throws {
        let symbol = try SymbolPNG(code, moduleSize: size, dpi: dpi)
        let density = try #require(PNGFile(symbol.bytes)["pHYs"])
        #expect(symbol.pixelsPerModule == pixels)
        #expect(PNGFile.number(density[0..<4]) == pixelsPerMetre)
        #expect(PNGFile.number(density[4..<8]) == pixelsPerMetre)
        #expect(density[8] == 1)
    }

    @Test func measuresItsSideWithTheQuietZone() throws {
        let symbol = try SymbolPNG(code, moduleSize: 0.5, dpi: 300)
        #expect(symbol.sideInPixels == (code.side + 8) * 6)
        #expect(symbol.sideInMillimetres == Double(code.side + 8) * 0.5)
    }

    @Test(arguments: [72, 300, 600])
    func showsEveryModuleAndAWhiteQuietZone(dpi: Int) throws {
        let symbol = try SymbolPNG(code, dpi: dpi)
        let picture = try Luminance(image: symbol.bytes)
        #expect(picture.width == symbol.sideInPixels)
        var wrong = 0
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let column = x / symbol.pixelsPerModule - 4
                let row = y / symbol.pixelsPerModule - 4
                let inside = (0..<code.side).contains(column) && (0..<code.side).contains(row)
                let dark = inside && code[column, row]
                if picture.pixels[y * picture.width + x] != (dark ? 0 : 255) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    @Test func givesTheSameBytesEveryTime() throws {
        #expect(try SymbolPNG(code).bytes == SymbolPNG(code).bytes)
    }

    @Test func holdsNothingButWhatItNeeds() throws {
        #expect(try PNGFile(SymbolPNG(code).bytes).chunks.map(\.type) == ["IHDR", "pHYs", "IDAT", "IEND"])
    }

    @Test(arguments: [
        (0.09, 300), (10.1, 300), (.nan, 300), (.infinity, 300), (-0.4, 300), (0.4, 71), (0.4, 2401), (10, 2400),
    ])
    func refusesMeasuresOutOfRange(size: Double, dpi: Int) {
        let error = #expect(throws: SymbolError.self) { try SymbolPNG(code, moduleSize: size, dpi: dpi) }
        #expect(error?.code == .invalidSize)
    }
}
