import Licence
import Testing
import Verification

@Suite struct VerdictWordTests {
    @Test(
        arguments: [
            ("malformed", 25), ("unknown_issuer", 21), ("forged", 20), ("issuer_revoked", 22),
            ("out_of_jurisdiction", 23),
            ("not_issued", 24), ("undetermined", 30), ("not_yet_valid", 17), ("annulled", 15), ("cancelled", 14),
            ("revoked", 13), ("relocated", 18), ("superseded", 10), ("expired", 16), ("suspended", 11), ("dormant", 12),
            ("altered", 26), ("valid", 0),
        ] as [(String, Int32)]
    )
    func hasTheExitCodeOfTheContract(word: String, code: Int32) throws {
        #expect(try #require(VerdictWord(rawValue: word)).exitCode == code)
    }

    @Test func hasAnExitCodeOfItsOwn() {
        #expect(Set(VerdictWord.allCases.map(\.exitCode)).count == VerdictWord.allCases.count)
        #expect(VerdictWord.allCases.count == 18)
    }

    @Test func isOrderedFromTheWorstToTheBest() {
        let order = [
            "malformed", "unknown_issuer", "forged", "issuer_revoked", "out_of_jurisdiction", "not_issued",
            "undetermined", "not_yet_valid", "annulled", "cancelled", "revoked", "relocated", "superseded", "expired",
            "suspended", "dormant", "altered", "valid",
        ]
        #expect(VerdictWord.allCases.shuffled().sorted().map(\.rawValue) == order)
    }

    @Test(arguments: SceneOfWord.words)
    func isGiven(word: VerdictWord) throws {
        #expect(try SceneOfWord.verdict(word).word == word)
    }

    @Test(arguments: VerdictWord.allCases)
    func hasANameInBothLanguages(word: VerdictWord) {
        #expect(!word.name.en.isEmpty && word.name.en == word.name.en.uppercased())
        #expect(word.name.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) })
    }
}
