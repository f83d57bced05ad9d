import Symbol
import Testing

@Suite struct QRCodeTests {
    @Test(arguments: [
        (41, ErrorCorrection.low, 1), (42, .low, 2), (432, .medium, 9), (433, .medium, 10), (513, .medium, 10),
        (514, .medium, 11), (7089, .low, 40),
    ])
    func takesTheSmallestVersionThatHoldsTheDigits(count: Int, level: ErrorCorrection, version: Int) throws {
        let code = try QRCode(prefix: "", digits: digits(count), errorCorrection: level)
        #expect(code.version == version)
        #expect(code.side == 17 + 4 * version)
    }

    @Test(arguments: [(ErrorCorrection.low, 7089), (.medium, 5596), (.quartile, 3993), (.high, 3057)])
    func holdsAsManyDigitsAsTheStandardSays(level: ErrorCorrection, capacity: Int) throws {
        #expect(level.digitCapacity(afterPrefixOf: 0) == capacity)
        #expect(try QRCode(prefix: "", digits: digits(capacity), errorCorrection: level).version == 40)
        let error = #expect(throws: SymbolError.self) {
            try QRCode(prefix: "", digits: digits(capacity + 1), errorCorrection: level)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: ErrorCorrection.allCases, [1, 2, 6, 25, 26, 27])
    func knowsToTheDigitWhatFitsAfterAPrefix(level: ErrorCorrection, prefixCount: Int) throws {
        let prefix = String(repeating: "A", count: prefixCount)
        let capacity = level.digitCapacity(afterPrefixOf: prefixCount)
        let code = try QRCode(prefix: prefix, digits: digits(capacity), errorCorrection: level)
        #expect(code.version == 40)
        #expect(throws: SymbolError.self) {
            try QRCode(prefix: prefix, digits: digits(capacity + 1), errorCorrection: level)
        }
    }

    @Test func tellsHowMuchIsTooMuchAndWhatToDo() {
        let error = #expect(throws: SymbolError.self) { try QRCode(prefix: "LICET:", digits: digits(6000)) }
        #expect(
            error?.description == """
                the text has 6006 characters, of which 6000 digits, but the largest symbol at error-correction level M \
                holds 5581 digits after this prefix; use --profile core or a lower error-correction level
                """
        )
    }

    @Test func refusesAPrefixThatLeavesNoRoom() {
        let error = #expect(throws: SymbolError.self) {
            try QRCode(prefix: String(repeating: "A", count: 5000), digits: "1")
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: ["licet:", "LICET;", "LÍCET:", "许可:", "A\0", "A\n"])
    func refusesAPrefixOutsideTheAlphanumericSet(prefix: String) {
        let error = #expect(throws: SymbolError.self) { try QRCode(prefix: prefix, digits: "1") }
        #expect(error?.code == .malformedText)
    }

    @Test(arguments: ["", "12A", "-1", "1 2", "１２", "1\0"])
    func refusesDigitsThatAreNone(digits: String) {
        let error = #expect(throws: SymbolError.self) { try QRCode(prefix: "LICET:", digits: digits) }
        #expect(error?.code == .malformedText)
    }

    @Test func hasAFinderPatternInThreeCorners() throws {
        let code = try QRCode(prefix: "LICET:", digits: digits(100))
        let last = code.side - 1
        for (x, y) in [(0, 0), (last - 6, 0), (0, last - 6)] {
            let middleRow = (0..<7).map { code[x + $0, y + 3] }
            #expect(middleRow == [true, false, true, true, true, false, true])
        }
        #expect(!(0..<7).allSatisfy { code[last - $0, last] })
    }

    @Test func namesTheLevelsByTheirLetters() {
        #expect(ErrorCorrection.allCases.map(\.rawValue) == ["L", "M", "Q", "H"])
    }
}
