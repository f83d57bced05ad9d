import Foundation
import TestSupport
import Testing

@testable import Licence

@Suite struct FieldTextTests {
    /// The list is frozen with the licence code; as long as Unicode does not grow it says the same.
    @Test func theFrozenListHoldsEveryControlAndFormatCharacterOfToday() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let hidden: Bool =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: false
                }
            if hidden == FieldText.isPrintable(scalar) { Issue.record("U+\(String(value, radix: 16))") }
        }
    }

    /// Foundation has lost and misplaced marks of long runs: what it would spoil is refused, and all else is what Python makes of it.
    @Test func marksAreNeitherLostNorMisplaced() throws {
        var generator = SeededGenerator(seed: 5)
        let marks = Array(
            "\u{0301}\u{0344}\u{0323}\u{0F71}\u{0F72}\u{0F73}\u{0F81}\u{3099}\u{0345}\u{05B0}".unicodeScalars
        )
        let jamo = Array(
            "\u{1100}\u{1161}\u{11A8}\u{AC00}\u{AC01}\u{D788}\u{11C2}\u{11A7}\u{1175}\u{0301}".unicodeScalars
        )
        let hangul = (0..<2_000).map { _ in
            let scalars = (0..<8).map { _ in jamo[Int.random(in: 0..<jamo.count, using: &generator)] }
            return "店" + String(String.UnicodeScalarView(scalars))
        }
        let texts =
            hangul
            + (0..<2_000).map { _ in
                var scalars = String.UnicodeScalarView()
                for base in ["a", "店", "\u{0F40}", "か"] as [Unicode.Scalar] {
                    scalars.append(base)
                    for _ in 0..<Int.random(in: 0...10, using: &generator) {
                        scalars.append(marks[Int.random(in: 0..<marks.count, using: &generator)])
                    }
                }
                return String(scalars)
            }
        let script = """
            import json, sys, unicodedata
            print(json.dumps([unicodedata.normalize("NFC", text) for text in json.load(open(sys.argv[1]))]))
            """
        let normal = try TemporaryFolder.with { folder in
            let file = folder.appending(path: "texts.json")
            try JSONEncoder().encode(texts).write(to: file)
            let result = try Tool.run("python3", ["-c", script, file.path])
            return try JSONDecoder().decode([String].self, from: Data(result.output))
        }
        var taken = 0
        var refusals: [String: Int] = [:]
        for (text, normal) in zip(texts, normal) {
            let field: FieldText
            do { field = try FieldText(text, of: .name, limit: 200) } catch {
                refusals[error.reason, default: 0] += 1
                continue
            }
            taken += 1
            #expect(field.text.unicodeScalars.elementsEqual(normal.unicodeScalars))
        }
        #expect(taken > 3_000, "\(refusals)")
    }

    @Test func anApplicationMayHaveNoUnassignedCharacterThoughACodeMay() {
        for scalar in ["\u{0378}", "\u{E0FFF}"] as [Unicode.Scalar] {
            #expect(FieldText.isPrintable(scalar))
            #expect(!FieldText.isAllowed(scalar))
        }
    }
}
