import Foundation

/// Text as people typed it, brought into the one form that a licence carries: Unicode NFC, no white space at its ends.
///
/// Nothing else is changed, and what is changed is reported.
package struct FieldText {
    let text: String
    let repairs: [Repair]

    /// - Throws: ``LicenceError/Code/emptyField``, ``LicenceError/Code/tooLong`` (in Unicode scalars) or
    ///   ``LicenceError/Code/forbiddenCharacter``, each said of `field`.
    init(_ raw: String, of field: ApplicationField, limit: Int) throws(LicenceError) {
        guard PlainText.isPlain(raw), PlainText.length(raw) <= limit else {
            self = try FieldText(anything: raw, of: field, limit: limit)
            return
        }
        text = raw
        repairs = []
    }

    /// The same for any text, with all that Unicode asks for.
    init(anything raw: String, of field: ApplicationField, limit: Int) throws(LicenceError) {
        let name = field.rawValue
        let trimmed = raw.trimmingCharacters(in: .whitespacesAndNewlines)
        // Before it is brought into NFC: Foundation loses marks of very long runs.
        guard Self.longestRunOfMarks(in: trimmed) <= Self.marksOnACharacter else {
            throw LicenceError(
                .forbiddenCharacter,
                field: name,
                "has a character with more than \(Self.marksOnACharacter) marks on it"
            )
        }
        let normal = Self.normalAnyway(raw)
        // Swift compares by canonical equivalence (UAX #15): nothing was lost.
        guard normal == Self.withoutNonStarterDecompositions(trimmed) else {
            throw LicenceError(.forbiddenCharacter, field: name, "cannot be brought into Unicode normal form NFC")
        }
        guard !normal.isEmpty else { throw LicenceError(.emptyField, field: name, "must not be empty") }
        let count = normal.unicodeScalars.count
        guard count <= limit else {
            throw LicenceError(.tooLong, field: name, "has \(count) characters; at most \(limit) are allowed")
        }
        if let bad = normal.unicodeScalars.first(where: { !Self.isAllowed($0) }) {
            let digits = String(bad.value, radix: 16, uppercase: true)
            let number = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            let scalar =
                [0xA, 0xB, 0xC, 0xD, 0x85, 0x2028, 0x2029].contains(bad.value) ? "a line break (\(number))" : number
            throw LicenceError(
                .forbiddenCharacter,
                field: name,
                "contains \(scalar), which cannot be printed or misleads"
            )
        }
        guard normal.unicodeScalars.contains(where: Self.isVisible) else {
            throw LicenceError(.emptyField, field: name, "holds nothing that can be seen")
        }
        var repairs: [Repair] = []
        if !trimmed.unicodeScalars.elementsEqual(raw.unicodeScalars) {
            repairs.append(Repair(field: field, what: .trimmed))
        }
        if !normal.unicodeScalars.elementsEqual(trimmed.unicodeScalars) {
            repairs.append(Repair(field: field, what: .normalised))
        }
        self.text = normal
        self.repairs = repairs
    }

    /// No writing puts more on one; that of Tibetan has the most.
    private static let marksOnACharacter = 10

    private static func longestRunOfMarks(in text: String) -> Int {
        var (longest, run) = (0, 0)
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: run += 1
            default: run = 0
            }
            longest = max(longest, run)
        }
        return longest
    }

    /// The form in which texts are compared: NFC, nothing white at the ends.
    package static func normal(_ raw: String) -> String { PlainText.isPlain(raw) ? raw : normalAnyway(raw) }

    static func normalAnyway(_ raw: String) -> String {
        let text = withoutNonStarterDecompositions(raw.trimmingCharacters(in: .whitespacesAndNewlines))
        return withComposedHangul(text.precomposedStringWithCanonicalMapping)
    }

    /// The text with each syllable and the final consonant behind it as one (Unicode, section 3.12), which Foundation leaves apart.
    private static func withComposedHangul(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { (0x11A8...0x11C2).contains($0.value) }) else { return text }
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if (0x11A8...0x11C2).contains(scalar.value), let last = scalars.last?.value,
                (0xAC00...0xD7A3).contains(last), (last - 0xAC00) % 28 == 0,
                let syllable = Unicode.Scalar(last + scalar.value - 0x11A7)
            {
                scalars[scalars.count - 1] = syllable
            } else {
                scalars.append(scalar)
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The text with the four marks that are two in every normal form as these two.
    private static func withoutNonStarterDecompositions(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { nonStarterDecompositions[$0] != nil }) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(contentsOf: nonStarterDecompositions[scalar] ?? [scalar]) }
        return String(scalars)
    }

    /// Non-starter decompositions (UAX #15): what these become is not put in order by Foundation nor by Swift's comparison.
    private static let nonStarterDecompositions: [Unicode.Scalar: [Unicode.Scalar]] = [
        "\u{0344}": ["\u{0308}", "\u{0301}"], "\u{0F73}": ["\u{0F71}", "\u{0F72}"],
        "\u{0F75}": ["\u{0F71}", "\u{0F74}"], "\u{0F81}": ["\u{0F71}", "\u{0F80}"],
    ]

    /// No control or unassigned characters, no separators of lines, none that turn the reading direction.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .unassigned, .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
        default: isPrintable(scalar)
        }
    }

    /// Whether a person's name holds nothing that cannot be seen or that looks like nothing: letters, digits, marks, points, single spaces.
    package static func isPlainName(_ name: String) -> Bool {
        !name.contains("  ")
            && name.unicodeScalars.allSatisfy { scalar in
                isAllowed(scalar) && !scalar.properties.isDefaultIgnorableCodePoint
                    && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                        || " .·'-".unicodeScalars.contains(scalar))
            }
    }

    /// A letter or a digit that leaves ink on paper.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return !properties.isDefaultIgnorableCodePoint && (properties.isAlphabetic || properties.numericType != nil)
    }

    /// Whether a licence may carry the character: no control or format character, no separator of lines.
    ///
    /// The list is the one of the licence code's specification. It does not grow with Unicode: what was printed stays readable.
    @inlinable
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0x4E00...0x9FFF: true
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x0600...0x0605, 0x061C, 0x06DD, 0x070F, 0x0890...0x0891, 0x08E2, 0x180E,
            0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0x110BD,
            0x110CD, 0x13430...0x1343F, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0001, 0xE0020...0xE007F:
            false
        default: true
        }
    }
}

/// The one thing that was changed in a field before it was accepted.
package struct Repair: Hashable, CustomStringConvertible {
    package enum What: String { case trimmed, normalised, rewritten, withoutEnd }

    package let field: ApplicationField
    package let what: What

    package var description: String {
        switch what {
        case .trimmed: "\(field.rawValue): white space at its ends was removed"
        case .normalised: "\(field.rawValue): was brought into Unicode normal form NFC"
        case .rewritten: "\(field.rawValue): was read as year, month, day"
        case .withoutEnd: "\(field.rawValue): was read as a term without end"
        }
    }
}
