import TestSupport
import Testing

@testable import Symbol

@Suite struct LargePictureTests {
    @Test func searchesALargePictureAtHalfItsSize() throws {
        let side = 5_100
        let picture = try PNGFile(width: side, height: side, pixels: [UInt8](repeating: 200, count: side * side))
        let read = try Luminance(image: picture.bytes)
        #expect(read == Luminance(width: 2_550, height: 2_550, pixels: [UInt8](repeating: 200, count: 2_550 * 2_550)))
    }

    @Test func refusesAJPEGOfHundredsOfScans() throws {
        var bytes = try Fixture.bytes("small-progressive.jpg")
        let last = try #require(bytes.indices.last { bytes[$0...].starts(with: [0xFF, 0xDA]) })
        let scan = bytes[last..<bytes.count - 2]
        bytes.insert(contentsOf: (0..<100).flatMap { _ in scan }, at: bytes.count - 2)
        let many = bytes
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: many) }
        #expect(error?.code == .unsupportedVariety)
        #expect(error?.description.contains("scans") == true)
    }

    @Test func countsTheScansOfAJPEG() throws {
        #expect(JPEGScans(try Fixture.bytes("photo.jpg")).count == 1)
        #expect(!JPEGScans(try Fixture.bytes("photo.jpg")).isProgressive)
        let progressive = JPEGScans(try Fixture.bytes("photo-progressive.jpg"))
        #expect(progressive.isProgressive)
        #expect(progressive.count > 1)
        #expect(JPEGScans([0xFF, 0xD8, 0xFF]).count == 0)
    }

    @Test func refusesAProgressiveJPEGTooLargeToKeep() throws {
        let scans = JPEGScans(try Fixture.bytes("photo-progressive.jpg"))
        try scans.check(pixels: 22_000_000, subsampling: 2)
        let error = #expect(throws: SymbolError.self) { try scans.check(pixels: 22_000_000, subsampling: 0) }
        #expect(error?.code == .imageTooLarge)
    }
}
