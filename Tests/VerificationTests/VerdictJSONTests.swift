import Foundation
import Licence
import LicenceCode
import Publication
import TestSupport
import Testing
import Verification

/// The fast way to write a verdict says what the describing one does.
@Suite struct VerdictJSONTests {
    private func agree(_ verdict: Verdict, input: String? = nil) throws -> Bool {
        let fast = try JSONSerialization.jsonObject(with: Data(verdict.json(input: input)))
        let slow = try JSONSerialization.jsonObject(with: VerdictDocument(verdict, input: input).json())
        return try #require(fast as? NSDictionary) == #require(slow as? NSDictionary)
    }

    @Test(arguments: SceneOfWord.words) func agreesOnEveryWord(word: VerdictWord) throws {
        let verdict = try SceneOfWord.verdict(word)
        #expect(try agree(verdict))
        #expect(try verdict.json() == Array(VerdictDocument(verdict).json()))
    }

    @Test func agreesOnALicenceWithFewFieldsAndOneWithAll() throws {
        #expect(try agree(Scene(changing: [.termFrom: nil, .termTo: nil, .latitude: nil, .longitude: nil]).verdict))
        #expect(try agree(Scene(changing: [.termTo: nil]).verdict))
        #expect(try agree(Scene(profile: .core).verdict))
        #expect(try agree(Scene().verdict, input: "photo \"1\"\\.jpg"))
    }

    @Test(arguments: [
        "\"引号\"", "a\\b", "C0\u{01}\u{1F}\u{7F}", "\u{8}\u{9}\u{A}\u{C}\u{D}", "</script>", "\u{2028}", "𠮷野家", "é",
        "e\u{301}",
    ])
    func escapesWhatJSONCannotHold(text: String) throws {
        #expect(try agree(Scene().verdict, input: text))
    }

    @Test(arguments: [
        ("0", "0"), ("-0.000001", "0.000001"), ("-90", "180"), ("89.999999", "-179.999999"),
        ("32.688110", "119.004120"),
    ])
    func writesPlacesAsNumbers(latitude: String, longitude: String) throws {
        #expect(try agree(Scene(changing: [.latitude: latitude, .longitude: longitude]).verdict))
    }

    @Test(arguments: [-62_135_596_800, -1, 0, 951_782_399, 951_782_400, 1_790_000_000, 253_402_300_799])
    func writesInstantsAsTheyAreDescribed(seconds: Int64) throws {
        var scene = try Scene()
        scene.now = Instant(seconds: seconds)
        #expect(try agree(scene.verdict))
    }
}
