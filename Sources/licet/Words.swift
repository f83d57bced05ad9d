import Foundation
import Licence

/// Text that came from outside, made fit for a terminal, a table or the record.
enum Words {
    /// The text with U+FFFD for whatever does not print: no escape sequence of a file's name or key reaches a terminal.
    static func printable(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars.map { FieldText.isPrintable($0) ? $0 : "\u{FFFD}" }
        return String(String.UnicodeScalarView(scalars))
    }

    /// A cell of CSV (RFC 4180), in quotation marks; one that a spreadsheet would take for a formula begins with an apostrophe.
    static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = (isFormula ? "'" : "") + printable(text)
        return "\"\(safe.replacingOccurrences(of: "\"", with: "\"\""))\""
    }

    /// How many columns of a terminal the text takes; Han characters take two.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.properties.isIdeographic ? 2 : 1) }
    }

    /// The text with spaces behind it, `width` columns wide; a wider one stays as it is.
    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - Self.width(text)))
    }

    /// Who does something, or why: 1 to 500 characters on one line, all of which print.
    static func forTheRecord(_ text: String, _ what: String) throws -> String {
        let normal = FieldText.normal(text)
        guard !normal.isEmpty, normal.unicodeScalars.count <= 500,
            normal.unicodeScalars.allSatisfy(FieldText.isPrintable)
        else { throw Failure.usage("\(what) has 1 to 500 characters on one line") }
        return normal
    }
}
