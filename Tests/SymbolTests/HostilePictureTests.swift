import TestSupport
import Testing

@testable import Symbol

/// Pictures that kept the search busy for minutes, or would; without optimisation each now takes seconds.
@Suite(.timeLimit(.minutes(5))) struct HostilePictureTests {
    @Test(arguments: [(25, 1, 1), (30, 3, 1), (25, 3, 9), (20, 7, 2), (60, 1, 1)])
    func endsAmongThousandsOfCornerMarks(count: Int, module: Int, gap: Int) throws {
        let picture = try Canvas.cornerMarks(count, module: module, gap: gap).png
        #expect(try SymbolReader.texts(inImage: picture).isEmpty)
    }

    @Test(arguments: [1, 2, 3, 8]) func endsOnACheckerboard(module: Int) throws {
        let picture = try Canvas(side: 600) { x, y in (x / module + y / module) % 2 == 0 ? 0 : 255 }.png
        #expect(try SymbolReader.texts(inImage: picture).isEmpty)
    }

    @Test(arguments: [1, 2, 5]) func endsOnNoise(module: Int) throws {
        var generator = SeededGenerator(state: UInt64(module))
        let dots = (0..<600 * 600).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let picture = try Canvas(side: 600) { x, y in dots[y / module * 600 + x / module] }.png
        #expect(try SymbolReader.texts(inImage: picture).isEmpty)
    }

    @Test(arguments: [1, 3]) func endsOnConcentricRings(width: Int) throws {
        let picture = try Canvas(side: 500) { x, y in
            max(abs(x - 250), abs(y - 250)) / width % 2 == 0 ? 0 : 255
        }.png
        #expect(try SymbolReader.texts(inImage: picture).isEmpty)
    }

    @Test func findsACodeApartFromHundredsOfCornerMarks() throws {
        let marks = Canvas.cornerMarks(30, module: 3, gap: 2)
        var canvas = Canvas(side: marks.side) { x, y in
            max(x, y) > marks.side / 2 ? marks.pixels[y * marks.side + x] : 255
        }
        let code = try QRCode(prefix: "LICET:", digits: digits(60))
        canvas.draw(code, x: 30, y: 50, module: 4)
        #expect(try SymbolReader.texts(inImage: canvas.png) == [code.text])
    }

    @Test func findsManyCodesOnAFullPage() throws {
        var canvas = Canvas(side: 8 * 37 * 3)
        var all: Set<String> = []
        for number in 0..<64 {
            let code = try QRCode(prefix: "LICET:", digits: digits(40, seed: UInt64(number)))
            let place = (number % 8 * 37 * 3, number / 8 * 37 * 3)
            canvas.draw(code, x: place.0, y: place.1, module: 3)
            all.insert(code.text)
        }
        let texts = try SymbolReader.texts(inImage: canvas.png)
        #expect(texts.count > 1)
        #expect(all.isSuperset(of: texts))
    }

    @Test(arguments: [(1, 1, 4), (8, 3, 1), (12, 1, 2)])
    func countsEveryCornerMark(count: Int, module: Int, gap: Int) throws {
        let canvas = Canvas.cornerMarks(count, module: module, gap: gap)
        let picture = Luminance(width: canvas.side, height: canvas.side, pixels: canvas.pixels)
        #expect(picture.finderMarks.count == count * count)
    }

    @Test func paysForEveryThreeMarksOnce() {
        var budget = SearchBudget()
        let allowed = [97, 96, 2].map { budget.allows(marks: $0) }
        #expect(allowed == [false, true, true])
        let more = (1...100).count { _ in budget.allows(marks: 96) }
        #expect(more == 9)
        let last = budget.allows(marks: 2)
        #expect(last)
    }

    @Test func searchesNoLongStripTooNarrowForACode() throws {
        let strip = Luminance(width: 39, height: 5_000, pixels: [UInt8](repeating: 0, count: 39 * 5_000))
        var budget = SearchBudget()
        #expect(try strip.search(&budget).isEmpty)
    }
}
