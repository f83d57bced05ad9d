/// A six-digit administrative division code (GB/T 2260): province, prefecture, county; 100000 is the country.
package struct DivisionCode: Hashable, Comparable, CustomStringConvertible {
    /// 100000 to 829999.
    package let number: Int

    package var description: String { String(number) }

    /// The code of the whole country.
    package static let country = DivisionCode(unchecked: 100_000)

    /// - Throws: ``LicenceError/Code/malformedDivision`` unless `text` is six ASCII digits that begin with a province.
    package init(_ text: String) throws(LicenceError) {
        let digits = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard text.utf8.count == 6, digits, let number = Int(text) else {
            throw LicenceError(.malformedDivision, "a division is six digits of GB/T 2260, such as 341181")
        }
        try self.init(number)
    }

    package init(_ number: Int) throws(LicenceError) {
        guard number == 100_000 || (100_000...999_999).contains(number) && Self.isProvince(number / 10_000)
        else { throw LicenceError(.malformedDivision, "\(number) begins with no province of GB/T 2260") }
        self.number = number
    }

    private init(unchecked number: Int) { self.number = number }

    /// The division of six values of a credit code's characters; nil when one is no digit, or for no province.
    init?(values: ArraySlice<Int>) {
        guard values.allSatisfy({ $0 < 10 }) else { return nil }
        try? self.init(values.reduce(0) { $0 * 10 + $1 })
    }

    /// Whether `other` is this division or lies in it: 340000 covers 341100, which covers 341181.
    package func covers(_ other: DivisionCode) -> Bool {
        if number == 100_000 { return true }
        if number % 10_000 == 0 { return number / 10_000 == other.number / 10_000 }
        if number % 100 == 0 { return number / 100 == other.number / 100 }
        return number == other.number
    }

    /// How narrow it is: 0 country, 1 province, 2 prefecture, 3 county.
    package var level: Int {
        number == 100_000 ? 0 : number % 10_000 == 0 ? 1 : number % 100 == 0 ? 2 : 3
    }

    package static func < (left: DivisionCode, right: DivisionCode) -> Bool { left.number < right.number }

    /// Whether a province of GB/T 2260 has the number.
    private static func isProvince(_ number: Int) -> Bool {
        switch number {
        case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81, 82: true
        default: false
        }
    }
}
