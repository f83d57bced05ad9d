import Licence
import Testing

@Suite struct DivisionCodeTests {
    @Test(arguments: [("100000", 0), ("340000", 1), ("341100", 2), ("341181", 3), ("820000", 1)])
    func knowsItsLevel(text: String, level: Int) throws {
        let division = try DivisionCode(text)
        #expect(division.level == level)
        #expect(division.description == text)
    }

    @Test(arguments: [
        "", "34118", "3411811", "３41181", "34118a", "-34118", "+34118", "000000", "100001", "160000", "990000",
    ])
    func refusesWhatBeginsWithNoProvince(text: String) {
        let error = #expect(throws: LicenceError.self) { try DivisionCode(text) }
        #expect(error?.code == .malformedDivision)
    }

    @Test(arguments: [-341_181, 0, 99_999, 1_000_000, .max, .min])
    func refusesNumbersThatAreNotSixDigits(number: Int) {
        #expect(throws: LicenceError.self) { try DivisionCode(number) }
    }

    @Test(arguments: [
        ("100000", "341181", true), ("340000", "341181", true), ("341100", "341181", true), ("341181", "341181", true),
        ("341181", "341100", false), ("341100", "340000", false), ("341100", "341200", false),
        ("340000", "350000", false), ("341182", "341181", false), ("340000", "100000", false),
    ])
    func coversItselfAndWhatLiesInIt(outer: String, inner: String, covers: Bool) throws {
        #expect(try DivisionCode(outer).covers(DivisionCode(inner)) == covers)
    }
}
