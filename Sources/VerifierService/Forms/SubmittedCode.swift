import Licence

/// The digits of a licence code as somebody typed, pasted or photographed it.
///
/// White space, what cannot be seen, and full-width digits are tolerated; before the digits may stand `LICET:` or an address with
/// `/L/`, and behind them what a browser adds to an address. Whether the digits are a licence code is for the verdict to say.
struct SubmittedCode: Equatable {
    let digits: String

    /// More than any code has, and less than an address may have.
    static let maximumDigits = 8_000

    init(_ text: String) throws(FormRefusal) {
        let plain = Self.plain(text)
        guard !plain.isEmpty else { throw .nothingGiven }
        var rest = plain[...]
        if plain.hasPrefix("LICET:") {
            rest = plain.dropFirst(6)
        } else if let path = plain.end(ofLast: "/L/") {
            rest = plain[path...].prefix { $0 != "?" && $0 != "#" }
        }
        if rest.utf8.count == 18, (try? CreditCode(String(rest), checkCharacter: .mayDiffer)) != nil {
            throw .creditCode
        }
        guard !rest.isEmpty, rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .notACode }
        guard rest.utf8.count <= Self.maximumDigits else { throw .codeTooLong }
        digits = String(rest)
    }

    /// The text in capitals of ASCII, without what a line break or an input method put in.
    private static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x61...0x7A: plain.append(Unicode.Scalar(UInt8(scalar.value - 0x20)))
            // Full-width forms of the same characters.
            case 0xFF01...0xFF5E:
                let narrow = UInt8(scalar.value - 0xFEE0)
                plain.append(Unicode.Scalar((0x61...0x7A).contains(narrow) ? narrow - 0x20 : narrow))
            default:
                let isSeen = !scalar.properties.isWhitespace && scalar.properties.generalCategory != .format
                if isSeen { plain.append(scalar) }
            }
        }
        return String(plain)
    }
}

extension String {
    /// Where the text behind the last `word` begins.
    fileprivate func end(ofLast word: String) -> Index? {
        let bytes = Array(utf8)
        let pattern = Array(word.utf8)
        let starts = stride(from: bytes.count - pattern.count, through: 0, by: -1)
        return starts.first { bytes[$0...].starts(with: pattern) }
            .map { utf8.index(utf8.startIndex, offsetBy: $0 + pattern.count) }
    }
}
