import Licence
import Testing

@Suite struct CreditCodeTests {
    static let published = ["91110000600037341L", "91440300708461136T", "91110108551385082Q", "92141127MA0KD1Y64A"]

    @Test(arguments: published)
    func acceptsPublishedCodes(text: String) throws {
        let code = try CreditCode(text)
        #expect(code.text == text)
        #expect(code.hasMatchingCheckCharacter)
    }

    @Test func readsItsParts() throws {
        let code = try CreditCode("92141127MA0KD1Y64A")
        #expect(code.department == "9")
        #expect(code.category == "2")
        #expect(code.division == (try DivisionCode("141127")))
    }

    @Test(arguments: [
        ("91350100M000100Y4Z", "Z is no character of a code"),
        ("91350203M0001QKT19", "issued before the check was kept"),
        ("362322198709086409", "a citizen's number"),
        ("91110000600037341l", "lower case"),
        ("91110000600037341I", "a letter that is not used"),
        ("91110000600037341O", "a letter that is not used"),
        ("91110000600037341S", "a letter that is not used"),
        ("91110000600037341V", "a letter that is not used"),
        ("91110000600037341Z", "a letter that is not used"),
        ("91110000600037341", "17 characters"),
        ("91110000600037341LL", "19 characters"),
        (" 91110000600037341L", "a space"),
        ("9111000060003734１L", "a full-width digit"),
        ("9111000060003734\u{0661}L", "an Arabic digit"),
        ("91110000600037341L\u{0301}", "a combining accent"),
        ("", "nothing"),
        ("911100006000373410", "a wrong check character"),
        ("99110000600037341L", "a category that department 9 does not have"),
        ("B1110000600037341L", "a department that is not used"),
        ("91990000600037341L", "no province"),
        ("91A10000600037341L", "a letter in the division"),
    ])
    func refusesWhatIsNoCode(text: String, why: Comment) {
        let error = #expect(throws: LicenceError.self, why) { try CreditCode(text) }
        #expect(error?.code == .malformedCreditCode)
        #expect(error?.field == "creditCode")
    }

    @Test func aCitizensNumberFailsTheTableThoughItsCheckCharacterMatches() {
        let text = "362322198709086409"
        let values = text.utf8.compactMap(CreditCode.value)
        #expect(CreditCode.checkValue(values) == values.last)
        let error = #expect(throws: LicenceError.self) { try CreditCode(text, checkCharacter: .mayDiffer) }
        #expect(error?.reason.contains("department") == true)
    }

    @Test func anOfficerMayAcceptAWrongCheckCharacter() throws {
        let code = try CreditCode("91350203M0001QKT19", checkCharacter: .mayDiffer)
        #expect(!code.hasMatchingCheckCharacter)
    }

    @Test func thePolicyForgivesNothingButTheCheckCharacter() {
        for text in ["91350203M0001QKT1Z", "91350203M0001QKT1", "91000203M0001QKT19", "9X350203M0001QKT19"] {
            #expect(throws: LicenceError.self) { try CreditCode(text, checkCharacter: .mayDiffer) }
        }
    }

    @Test(arguments: published)
    func refusesEverySubstitutionOfOneCharacter(text: String) {
        for position in 0..<18 {
            for other in UInt8(ascii: " ")...UInt8(ascii: "~") where other != Array(text.utf8)[position] {
                var changed = Array(text.utf8)
                changed[position] = other
                let slip = String(decoding: changed, as: UTF8.self)
                #expect(throws: LicenceError.self, "\(slip)") { try CreditCode(slip) }
            }
        }
    }

    /// A sum of 0 mod 31 gives the check value 0, not 31, which is no character.
    @Test func findsTheCheckCharacterOfASumThatIsAMultipleOf31() {
        #expect(CreditCode.checkValue([0, 0, 0]) == 0)
        #expect(CreditCode.checkValue([28, 1]) == 0)
        #expect(CreditCode.checkValue([1]) == 30)
    }

    @Test(arguments: [
        ("91110000600037341L", true), ("92141127MA0KD1Y64A", true), ("91350203M0001QKT19", true),
        (Sample.creditCode("91"), false),
    ])
    func tellsWhetherTheBodyCarriesItsOwnCheck(text: String, matches: Bool) throws {
        #expect(try CreditCode(text, checkCharacter: .mayDiffer).hasMatchingBodyCheck == matches)
    }
}
