import TestSupport
import Testing

@testable import LicenceCode

@Suite struct CompactTextTests {
    @Test func everyCharacterOfUnicodeComesBack() throws {
        for start in stride(from: UInt32(1), through: 0x10FFFF, by: 0x1000) {
            let scalars = (start..<min(start + 0x1000, 0x110000)).compactMap(Unicode.Scalar.init)
            let text = String(String.UnicodeScalarView(scalars))
            let utf8 = try CompactText.utf8(CompactText.encoded([text]))
            guard utf8 == Array(text.utf8) else {
                Issue.record("from U+\(String(start, radix: 16)) on")
                return
            }
        }
    }

    @Test func aTableOf76CharactersFillsEveryByte() throws {
        #expect(Dictionary1.frequentCharacters.unicodeScalars.count == 76)
        #expect(Set(Dictionary1.frequentCharacters.unicodeScalars).count == 76)
        #expect(Dictionary1.frequentCharacters.unicodeScalars.allSatisfy { $0.value < 0x10000 && $0.value > 0x7E })
        let singles = (0...0xFF).filter { !(0x4E...0x9F).contains($0) && $0 > 2 }
        for byte in singles.map(UInt8.init) {
            let utf8 = try CompactText.utf8([byte])
            #expect(CompactText.encoded([String(decoding: utf8, as: UTF8.self)]) == [byte])
        }
    }

    @Test(arguments: [
        ("营", "8425"), ("一", "4e00"), ("鿿", "9fff"), ("A", "41"), ("M", "4d"), ("N", "ce"), ("~", "fe"),
        ("é", "0100e9"),
        ("㐀", "013400"), ("ꀀ", "01a000"), ("𠮷", "02020bb7"), ("\u{10FFFF}", "0210ffff"), ("0", "30"), (" ", "20"),
        ("\u{7F}", "01007f"), ("\u{1}", "010001"),
    ])
    func hasOneFormForEachCharacter(character: String, bytes: String) throws {
        #expect(CompactText.encoded([character]) == hex(bytes) || Dictionary1.frequentCharacters.contains(character))
        #expect(try CompactText.utf8(CompactText.encoded([character])) == Array(character.utf8))
    }

    @Test func textsAreSeparated() throws {
        #expect(CompactText.encoded(["a", "", "b"]) == [0xE1, 0, 0, 0xE2])
        #expect(try CompactText.utf8([0xE1, 0, 0, 0xE2]) == Array("a\0\0b".utf8))
        #expect(CompactText.encoded([]).isEmpty)
        #expect(try CompactText.utf8([]).isEmpty)
    }

    @Test(arguments: [
        ("4e", "a Han character cut off"), ("9f", "another"), ("01", "an escape cut off"), ("0100", "another"),
        ("02", "a long escape cut off"), ("020100", "another"), ("010041", "A, which has a byte"),
        ("014e00", "一, which has two"), ("019fff", "the last of them"), ("02000041", "A in four"),
        ("0200ffff", "below U+10000"), ("02110000", "beyond Unicode"), ("02ffffff", "far beyond"),
        ("01d800", "a surrogate"), ("01dfff", "another"), ("010000", "a separator as a character"),
    ])
    func refusesWhatIsNoCharacterOrNotInItsShortestForm(bytes: String, what: Comment) {
        let code = CodeError.code { () throws(CodeError) in _ = try CompactText.utf8(hex(bytes)) }
        #expect(code == .badText, what)
    }

    @Test func refusesAFrequentHanCharacterInTwoBytes() {
        for scalar in Dictionary1.frequentCharacters.unicodeScalars {
            let value = UInt16(truncatingIfNeeded: scalar.value)
            let pair = [UInt8(value >> 8), UInt8(value & 0xFF)]
            let long = (0x4E00...0x9FFF).contains(value) ? pair : [1] + pair
            #expect(CodeError.code { () throws(CodeError) in _ = try CompactText.utf8(long) } == .badText)
        }
    }

    @Test func whatIsReadIsWrittenTheSameWay() throws {
        var generator = SeededGenerator(seed: 7)
        var read = 0
        for _ in 0..<20_000 {
            let bytes = generator.bytes(Int.random(in: 1...6, using: &generator))
            guard let utf8 = try? CompactText.utf8(bytes) else { continue }
            read += 1
            let texts = utf8.split(separator: 0, omittingEmptySubsequences: false)
            #expect(CompactText.encoded(texts.map { String(decoding: $0, as: UTF8.self) }) == bytes)
        }
        #expect(read > 5_000)
    }
}
