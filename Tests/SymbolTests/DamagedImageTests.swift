import Symbol
import TestSupport
import Testing

@Suite struct DamagedImageTests {
    @Test(
        arguments: ["sixteen-bit.png", "interlaced-alpha.png", "photo.jpg", "photo-progressive.jpg"],
        [0.05, 0.5, 0.95]
    )
    func refusesAPictureCutShort(name: String, part: Double) throws {
        let whole = try Fixture.bytes(name)
        let bytes = Array(whole.prefix(Int(Double(whole.count) * part)))
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: bytes) }
        #expect(error?.code == .damagedImage)
    }

    @Test(arguments: ["sixteen-bit.png", "palette.png", "interlaced-alpha.png"], 1...12)
    func refusesAPNGCutInsideItsLastChunk(name: String, missing: Int) throws {
        let bytes = Array(try Fixture.bytes(name).dropLast(missing))
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: bytes) }
        #expect(error?.code == .damagedImage)
        #expect(error?.description.contains("ends too early") == true)
    }

    @Test(arguments: 1...12) func refusesAPNGWhoseLastChunkIsDamaged(place: Int) throws {
        var bytes = try Fixture.bytes("palette.png")
        bytes[bytes.count - place] ^= 1
        let damaged = bytes
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: damaged) }
        #expect(error?.code == .damagedImage)
    }

    @Test func forgivesBytesAfterTheEndOfAPNG() throws {
        let bytes = try Fixture.bytes("palette.png") + [0, 1, 2]
        #expect(try SymbolReader.singleText(inImage: bytes) == Fixture.shortText)
    }

    @Test func givesTheDecodersReason() throws {
        let bytes = Array(try Fixture.bytes("photo.jpg").prefix(20_000))
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: bytes) }
        #expect(error?.description.lowercased().contains("premature end") == true)
    }

    @Test func forgivesTheStrayBytesThatSomeCamerasWrite() throws {
        var bytes = try Fixture.bytes("photo.jpg")
        bytes.insert(0, at: bytes.count - 2)
        #expect(try SymbolReader.singleText(inImage: bytes) == Fixture.photoText)
    }

    @Test func refusesAPNGThatClaimsAHugePicture() throws {
        var file = try PNGFile(Fixture.bytes("sixteen-bit.png"))
        file.chunks[0].data.replaceSubrange(0..<8, with: PNGFile.bytes(100_000) + PNGFile.bytes(100_000))
        let bytes = file.bytes
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: bytes) }
        #expect(error?.code == .imageTooLarge)
    }

    @Test func refusesAJPEGThatClaimsAHugePicture() throws {
        var bytes = try Fixture.bytes("photo.jpg")
        let frame = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xC0]) })
        bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0x00, 0xFF, 0x00])
        let huge = bytes
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: huge) }
        #expect(error?.code == .imageTooLarge)
    }

    @Test func refusesAFileOverThirtyTwoMebibytes() throws {
        let bytes = try Fixture.bytes("palette.png") + [UInt8](repeating: 0, count: 32 << 20)
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: bytes) }
        #expect(error?.code == .imageTooLarge)
    }

    @Test(arguments: ["palette.png", "interlaced-alpha.png", "small.jpg", "small-progressive.jpg"])
    func survivesRandomDamage(name: String) throws {
        let whole = try Fixture.bytes(name)
        var generator = SeededGenerator(state: 11)
        for _ in 0..<2000 {
            var bytes = whole
            bytes[Int.random(in: 3..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            _ = try? SymbolReader.texts(inImage: bytes)
        }
    }

    @Test(arguments: ["palette.png", "interlaced-alpha.png"])
    func survivesDamageThatTheChecksumsHide(name: String) throws {
        let whole = try PNGFile(Fixture.bytes(name))
        var generator = SeededGenerator(state: 12)
        for _ in 0..<2000 {
            var file = whole
            let chunk = Int.random(in: 0..<file.chunks.count - 1, using: &generator)
            let place = Int.random(in: 0..<file.chunks[chunk].data.count, using: &generator)
            file.chunks[chunk].data[place] = .random(in: 0...255, using: &generator)
            _ = try? SymbolReader.texts(inImage: file.bytes)
        }
    }
}
