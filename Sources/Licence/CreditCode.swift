/// A unified social credit code (GB 32100-2015): department, category, division, body, check character.
package struct CreditCode: Hashable, CustomStringConvertible {
    /// The 18 characters.
    package let text: String
    /// Whether character 18 is the check character of the first 17 (GB 32100-2015, annex A).
    ///
    /// False only for a code that an officer accepted against the check; some registered before 2016 are like that.
    package let hasMatchingCheckCharacter: Bool

    /// Characters 3 to 8: the division of the office that registered first.
    package let division: DivisionCode

    package var description: String { text }

    /// What to do with a check character that does not match.
    package enum CheckCharacterPolicy { case mustMatch, mayDiffer }

    /// Checks `text` in full; nothing is trimmed, folded or repaired.
    ///
    /// - Throws: ``LicenceError/Code/malformedCreditCode`` with the part that is wrong.
    package init(_ text: String, checkCharacter policy: CheckCharacterPolicy = .mustMatch) throws(LicenceError) {
        let characters = Array(text.utf8)
        guard characters.count == 18 else {
            throw Self.refusal(
                characters.count == text.count
                    ? "expected 18 characters, found \(text.count)"
                    : "expected 18 plain letters and digits, none of them full-width"
            )
        }
        let values = characters.compactMap(Self.value)
        guard values.count == 18 else {
            throw Self.refusal("only 0-9 and the capitals A-Y without I, O, S and V may appear (Z neither)")
        }
        guard CreditCodeTable.allows(department: characters[0], category: characters[1]) else {
            throw Self.refusal("characters 1 and 2 name no department and category of GB 32100-2015")
        }
        guard let division = DivisionCode(values: values[2..<8]) else {
            throw Self.refusal("characters 3 to 8 are no division of GB/T 2260")
        }
        hasMatchingCheckCharacter = Self.checkValue(values) == values[17]
        guard hasMatchingCheckCharacter || policy == .mayDiffer else {
            throw Self.refusal("the check character (the 18th) does not match the other 17; look for a typing slip")
        }
        self.text = text
        self.division = division
    }

    /// Character 1: who registers (`9` market regulation).
    package var department: Character { text[text.startIndex] }
    /// Character 2: what is registered (of `9`: `1` enterprise, `2` individual business, `3` cooperative).
    package var category: Character { text[text.index(after: text.startIndex)] }

    /// Whether characters 9 to 17 carry the check of GB 11714; advisory, since many good codes do not.
    package var hasMatchingBodyCheck: Bool {
        let body = Array(text.utf8)[8..<17]
        return Self.bodyCheck(body.prefix(8)) == body.last
    }

    /// The ninth character that GB 11714-1997 gives to eight digits and capitals, in ASCII.
    package static func bodyCheck(_ characters: ArraySlice<UInt8>) -> UInt8 {
        var sum = 0
        for (index, character) in characters.enumerated() {
            sum += (character < 0x3A ? Int(character) - 0x30 : Int(character) - 0x37) * bodyWeights[index]
        }
        let check = 11 - sum % 11
        return check == 10 ? UInt8(ascii: "X") : check == 11 ? UInt8(ascii: "0") : 0x30 + UInt8(check)
    }

    private static let bodyWeights = [3, 7, 9, 10, 5, 8, 4, 2]

    /// The 31 characters in the order of their values.
    package static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)

    /// The value, 0 to 30, of an ASCII character, or nil when it is none of the 31.
    package static func value(of character: UInt8) -> Int? {
        let value = Int(valueOfByte[Int(character)])
        return value < 31 ? value : nil
    }

    /// 31 for what is none of the characters.
    private static let valueOfByte: [UInt8] = {
        var table = [UInt8](repeating: 31, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// The value of the check character for the values of the first 17 (weights 3^(i−1) mod 31).
    package static func checkValue(_ values: [Int]) -> Int {
        var weight = 1
        var sum = 0
        for value in values.prefix(17) {
            sum += value * weight
            weight = weight * 3 % 31
        }
        return (31 - sum % 31) % 31
    }

    private static func refusal(_ reason: String) -> LicenceError {
        LicenceError(.malformedCreditCode, field: "creditCode", reason)
    }
}

/// Departments and their categories (GB 32100-2015, table 1).
private enum CreditCodeTable {
    /// Bit n of a department's entry: category n.
    private static let categories: [UInt16] = {
        let table: [(UInt8, String)] = [
            (UInt8(ascii: "1"), "1239"), (UInt8(ascii: "2"), "19"), (UInt8(ascii: "3"), "123459"),
            (UInt8(ascii: "4"), "19"), (UInt8(ascii: "5"), "1239"), (UInt8(ascii: "6"), "129"),
            (UInt8(ascii: "7"), "129"), (UInt8(ascii: "8"), "19"), (UInt8(ascii: "9"), "123"),
            (UInt8(ascii: "A"), "19"), (UInt8(ascii: "N"), "1239"), (UInt8(ascii: "Y"), "1"),
        ]
        var bits = [UInt16](repeating: 0, count: 256)
        for (department, categories) in table {
            for category in categories.utf8 { bits[Int(department)] |= 1 << UInt16(category - 0x30) }
        }
        return bits
    }()

    static func allows(department: UInt8, category: UInt8) -> Bool {
        (0x30...0x39).contains(category) && categories[Int(department)] >> UInt16(category - 0x30) & 1 == 1
    }
}
