import Symbol
import Testing

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
}
