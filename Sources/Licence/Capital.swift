/// A sum of money as it stands on a licence: an exact decimal that keeps its written fraction, and a currency.
package struct Capital: Hashable {
    /// The digits without the point: 100000000 of `1000000.00`.
    package let digits: UInt64
    /// How many of them stand behind the point, 0 to 6.
    package let scale: Int
    /// ISO 4217, three capitals.
    package let currency: String

    /// The greatest number of digits.
    package static let maximumDigits = 18

    /// Reads an amount such as `1000000.00`: digits with at most one point, no sign, no grouping, no exponent.
    ///
    /// - Throws: ``LicenceError/Code/negativeAmount``, ``LicenceError/Code/malformedAmount``,
    ///   ``LicenceError/Code/unknownCurrency``, with the field named as in an application.
    package init(amount: String, currency: String) throws(LicenceError) {
        let parts = amount.split(separator: ".", omittingEmptySubsequences: false)
        guard !amount.hasPrefix("-") else {
            throw LicenceError(.negativeAmount, field: "capital.amount", "capital cannot be negative")
        }
        let shape = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard (1...2).contains(parts.count), shape, parts[0] == "0" || !parts[0].hasPrefix("0") else {
            throw LicenceError(
                .malformedAmount,
                field: "capital.amount",
                "an amount is plain digits with at most one point, such as 1000000.00"
            )
        }
        let scale = parts.count == 2 ? parts[1].utf8.count : 0
        let written = parts.joined()
        guard scale <= 6, written.utf8.count <= Self.maximumDigits, let digits = UInt64(written) else {
            throw LicenceError(
                .malformedAmount,
                field: "capital.amount",
                "at most \(Self.maximumDigits) digits, and 6 of them behind the point"
            )
        }
        try self.init(digits: digits, scale: scale, currency: currency)
    }

    package init(digits: UInt64, scale: Int, currency: String) throws(LicenceError) {
        guard digits < 1_000_000_000_000_000_000, (0...6).contains(scale) else {
            throw LicenceError(.malformedAmount, field: "capital.amount", "the amount has too many digits")
        }
        guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw LicenceError(
                .unknownCurrency,
                field: "capital.currency",
                "a currency is its three capitals of ISO 4217, such as CNY"
            )
        }
        self.digits = digits
        self.scale = scale
        self.currency = currency
    }

    /// The amount as it was written: `1000000.00`.
    package var amount: String {
        guard scale > 0 else { return String(digits) }
        let text = String(digits)
        let padded = String(repeating: "0", count: max(0, scale + 1 - text.utf8.count)) + text
        return padded.dropLast(scale) + "." + padded.suffix(scale)
    }
}
