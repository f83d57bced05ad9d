import TestSupport
import Testing

@testable import LicenceCode

/// Texts of up to 8,192 bytes that were made to cost a reader time or memory.
enum HostileTexts {
    static func all() throws -> [String: String] {
        let fields = "00 0000000000000000 00 00 07"
        func code(_ coding: UInt8, _ fields: [UInt8], _ texts: [UInt8]) -> String {
            DigitText.digits(of: [0x10 | coding, 7] + fields + texts + [UInt8](repeating: 1, count: 64))
        }
        let bomb = Array(Bomb.bytes(inflatingTo: 1_700_000).prefix(2_880))
        let separators = DeflateEncoder(dictionary: []).compressed([UInt8](repeating: 0, count: 49_000))
        let escapes = DeflateEncoder.dictionary1.compressed(
            Array(repeating: [2, 2, 0x0B, 0xB7], count: 12_000).flatMap { $0 }
        )
        let slow = DeflateEncoder(dictionary: []).compressed(
            Array(String(repeating: "\u{0600}\u{E0001}", count: 8_000).utf8)
        )
        // One more nesting for each byte, and one more pair for each two.
        let nested = [0x10] + [UInt8](repeating: 0x81, count: 2_800) + [0]
        let pairs = (0..<690).flatMap { index -> [UInt8] in
            [0x19, UInt8((index + 256) >> 8), UInt8(index & 0xFF)] + [0]
        }
        func further(_ bytes: [UInt8]) -> [UInt8] {
            var writer = PackedWriter()
            writer.number(UInt64(bytes.count))
            return hex("8400 0000000000000000 00 00 07") + writer.bytes + bytes
        }
        return [
            "digits": String(repeating: "9", count: 8_000), "more digits": String(repeating: "9", count: 8_192),
            "prefixes": String(repeating: "LICET:", count: 1_365),
            "slashes": "https://" + String(repeating: "/L/", count: 2_700),
            "bomb": code(1, hex(fields), bomb), "bomb in compact text": code(2, hex(fields), bomb),
            "separators": code(1, hex(fields), separators),
            "separators in compact text": code(2, hex(fields), separators),
            "escapes": code(2, hex(fields), escapes), "format characters": code(1, hex(fields), slow),
            "nested claims": code(0, further(nested), Array("a\0b\0c\0d\0e".utf8)),
            "many claims": code(0, further(pairs), Array("a\0b\0c\0d\0e".utf8)),
            "many texts": code(0, hex(fields), [UInt8](repeating: 0, count: 2_900)),
        ]
    }
}

@Suite struct HostileTextTests {
    @Test func everyOneIsReadOrRefused() throws {
        let texts = try HostileTexts.all()
        for (name, text) in texts {
            #expect(text.utf8.count <= 8_192, "\(name)")
            let isRead = (try? UnverifiedCode(text: text)) != nil
            #expect(isRead == (name == "many claims"), "\(name)")
        }
    }

    /// In a process of its own, since the memory of this one is everybody's.
    @Test func noneTakesFourMegabytes() async {
        await #expect(processExitsWith: .success) {
            let texts = try HostileTexts.all()
            // What is read once for all: the dictionary and the tables.
            _ = try? UnverifiedCode(text: texts["separators in compact text"] ?? "")
            let before = try Bomb.peakMemory()
            for text in texts.values { _ = try? UnverifiedCode(text: text) }
            #expect(try Bomb.peakMemory() - before < 4 << 20)
        }
    }
}
