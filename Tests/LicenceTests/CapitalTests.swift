import Licence
import Testing

@Suite struct CapitalTests {
    @Test(arguments: [
        ("0", UInt64(0), 0), ("0.00", 0, 2), ("0.000001", 1, 6), ("1000000", 1_000_000, 0),
        ("1000000.00", 100_000_000, 2), ("0.10", 10, 2), ("12345678901.123456", 12_345_678_901_123_456, 6),
        ("999999999999999999", 999_999_999_999_999_999, 0), ("9999999999999999.99", 999_999_999_999_999_999, 2),
    ])
    func keepsEveryDigitAndTheWrittenFraction(amount: String, digits: UInt64, scale: Int) throws {
        let capital = try Capital(amount: amount, currency: "CNY")
        #expect(capital.digits == digits)
        #expect(capital.scale == scale)
        #expect(capital.amount == amount)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "1.0.0", "1,000", "1 000", "+1", "1e6", "0x10", "01", "00", "１", "1.0000001",
        "1000000000000000000", "99999999999999999.99", "一百万", "NaN", "99999999999999999999999999",
    ])
    func refusesWhatIsNoPlainDecimal(amount: String) {
        let error = #expect(throws: LicenceError.self) { try Capital(amount: amount, currency: "CNY") }
        #expect(error?.code == .malformedAmount)
        #expect(error?.field == "capital.amount")
    }

    @Test(arguments: ["-1", "-0.01", "-"])
    func refusesNegativeAmountsByName(amount: String) {
        let error = #expect(throws: LicenceError.self) { try Capital(amount: amount, currency: "CNY") }
        #expect(error?.code == .negativeAmount)
        #expect(error?.field == "capital.amount")
    }

    @Test(arguments: ["", "cny", "CN", "CNYY", "元", "C1Y", "¥"])
    func refusesCurrenciesThatAreNotThreeCapitals(currency: String) {
        let error = #expect(throws: LicenceError.self) { try Capital(amount: "1", currency: currency) }
        #expect(error?.code == .unknownCurrency)
        #expect(error?.field == "capital.currency")
    }

    @Test func takesNoMoreDigitsFromACodeThanFromAPerson() {
        #expect(throws: LicenceError.self) {
            try Capital(digits: 1_000_000_000_000_000_000, scale: 0, currency: "CNY")
        }
        #expect(throws: LicenceError.self) { try Capital(digits: .max, scale: 0, currency: "CNY") }
        #expect(throws: LicenceError.self) { try Capital(digits: 1, scale: 7, currency: "CNY") }
        #expect(throws: LicenceError.self) { try Capital(digits: 1, scale: -1, currency: "CNY") }
    }
}
