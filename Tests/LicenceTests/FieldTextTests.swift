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

/// The short way round Unicode gives exactly what the long way gives.
@Suite struct PlainTextTests {
    @Test func everyCharacterByItselfAndInTheMiddleComesOutAlike() throws {
        for value in UInt32(0)...0xFFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for text in ["\(scalar)", "店\(scalar)a"] where PlainText.isPlain(text) {
                let slow = try FieldText(anything: text, of: .name, limit: 10)
                if !slow.text.unicodeScalars.elementsEqual(text.unicodeScalars) || !slow.repairs.isEmpty {
                    Issue.record("U+\(String(value, radix: 16))")
                }
            }
        }
    }

    @Test func anyMixtureComesOutAlike() {
        var generator = SeededGenerator(seed: 8)
        let pool = Array(
            "a Z9店𠮷長é·“”（）：；。、　，％\u{302A}\u{0301}\u{3099}か\u{200B}\n\u{FF9E}々\u{AC00}\u{11A8}".unicodeScalars
        )
        for _ in 0..<20_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let plain = Unicode.Scalar(UInt32.random(in: 0x4DFE...0xA001, using: &generator)) ?? "店"
                let other = pool[Int.random(in: 0..<pool.count, using: &generator)]
                scalars.append(generator.one(in: 3) ? plain : other)
            }
            let text = String(scalars)
            let fast = Result { () throws(LicenceError) in try FieldText(text, of: .name, limit: 5) }
            let slow = Result { () throws(LicenceError) in try FieldText(anything: text, of: .name, limit: 5) }
            #expect(fast.map { Array($0.text.unicodeScalars) } == slow.map { Array($0.text.unicodeScalars) })
            #expect(fast.map(\.repairs) == slow.map(\.repairs))
            #expect(Array(FieldText.normal(text).utf8) == Array(FieldText.normalAnyway(text).utf8))
        }
    }

    @Test(arguments: ["天长市晨光食品有限公司", "有限责任公司(自然人投资或控股)", "食品销售；餐饮服务（依法须经批准的项目，除外）。", "“晨光”·A座"])
    func ordinaryTextIsPlain(text: String) { #expect(PlainText.isPlain(text)) }
}
