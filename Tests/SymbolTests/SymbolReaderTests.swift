import Symbol
import Testing

@Suite struct SymbolReaderTests {
    @Test(arguments: ["photo.jpg", "photo-progressive.jpg", "photo-blurred.jpg"])
    func readsAPhotograph(name: String) throws {
        #expect(try SymbolReader.singleText(inImage: Fixture.bytes(name)) == Fixture.photoText)
    }

    @Test(arguments: [
        "sixteen-bit.png", "palette.png", "interlaced-alpha.png", "inverted.png", "small.jpg", "small-progressive.jpg",
    ])
    func readsEveryKindOfPNGAndJPEG(name: String) throws {
        #expect(try SymbolReader.singleText(inImage: Fixture.bytes(name)) == Fixture.shortText)
    }

    @Test func findsEveryCodeInAPicture() throws {
        let texts = try SymbolReader.texts(inImage: Fixture.bytes("two-codes.png"))
        #expect(Set(texts) == [Fixture.shortText, addressPrefix + digits(60, seed: 2)])
    }

    @Test func countsTheSameCodeOnce() throws {
        #expect(try SymbolReader.singleText(inImage: Fixture.bytes("same-code-twice.png")) == Fixture.shortText)
    }

    @Test func refusesToChooseBetweenSeveralCodes() throws {
        let picture = try Fixture.bytes("two-codes.png")
        let error = #expect(throws: SymbolError.self) { try SymbolReader.singleText(inImage: picture) }
        #expect(error?.code == .severalCodes)
        #expect(error?.description == "the image shows 2 different QR codes; crop it to one")
    }

    @Test func findsNothingInAPictureWithoutACode() throws {
        let picture = try Fixture.bytes("no-code.jpg")
        #expect(try SymbolReader.texts(inImage: picture).isEmpty)
        let error = #expect(throws: SymbolError.self) { try SymbolReader.singleText(inImage: picture) }
        #expect(error?.code == .noCode)
    }

    @Test(arguments: [[], Array("GIF89a".utf8), Array("%PDF-1.7".utf8), [0x89, 0x50], [0xFF, 0xD8]] as [[UInt8]])
    func refusesWhatIsNeitherPNGNorJPEG(bytes: [UInt8]) {
        #expect(ImageFormat(magicOf: bytes) == nil)
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: bytes) }
        #expect(error?.code == .unsupportedImage)
    }

    @Test func recognisesImagesByTheirFirstBytes() throws {
        #expect(try ImageFormat(magicOf: Fixture.bytes("palette.png")) == .png)
        #expect(try ImageFormat(magicOf: Fixture.bytes("photo.jpg")) == .jpeg)
    }

    @Test func refusesCMYK() throws {
        let picture = try Fixture.bytes("cmyk.jpg")
        let error = #expect(throws: SymbolError.self) { try SymbolReader.texts(inImage: picture) }
        #expect(error?.code == .unsupportedVariety)
    }
}
