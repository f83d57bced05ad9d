/// What in the words of an application nobody can see, or everybody sees as something else.
///
/// ``FieldText/isPrintable(_:)`` lets it pass: its list is the one of printed codes. Here is what is asked before anybody signs.
enum Unseen {
    /// What is to be said of `text`; each of the two at most once.
    static func remarks(on text: String, of field: ApplicationField) -> [Remark] {
        guard !PlainText.isPlain(text) else { return [] }
        var remarks: [Remark] = []
        if let unseen = firstUnseen(in: text) {
            remarks.append(
                Remark(
                    .error,
                    .forbiddenCharacter,
                    field: field.rawValue,
                    "contains \(name(unseen)), which cannot be seen",
                    hint: Remark.typeAgain
                )
            )
        }
        if let own = text.unicodeScalars.first(where: { $0.properties.generalCategory == .privateUse }) {
            remarks.append(
                Remark(
                    .warning,
                    .forbiddenCharacter,
                    field: field.rawValue,
                    "holds a character of a private area (\(name(own))), which others see as something else or not at all",
                    hint: "find the character's own number in Unicode, and write that"
                )
            )
        }
        return remarks
    }

    /// The first character without ink that is no space; a variation selector behind a Han character chooses the form of a rare one.
    private static func firstUnseen(in text: String) -> Unicode.Scalar? {
        var isBehindHan = false
        for scalar in text.unicodeScalars {
            let isChoice = isBehindHan && isVariationSelector(scalar)
            if isBlank(scalar), !isChoice { return scalar }
            isBehindHan = scalar.properties.isUnifiedIdeograph
        }
        return nil
    }

    /// The blank of braille has a form, and it is empty.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{2800}" || scalar.properties.isDefaultIgnorableCodePoint
    }

    private static func isVariationSelector(_ scalar: Unicode.Scalar) -> Bool {
        (0xFE00...0xFE0F).contains(scalar.value) || (0xE0100...0xE01EF).contains(scalar.value)
    }

    private static func name(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
