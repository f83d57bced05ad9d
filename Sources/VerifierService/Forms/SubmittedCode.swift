import Licence
import LicenceCode

/// The digits of a licence code as somebody typed, pasted or photographed it.
///
/// White space, what cannot be seen, full-width digits, and hyphens between digits are tolerated. Before the digits may stand
/// `LICET:` or an address up to `/L/`, with anything before that; behind them what a browser adds to an address, what encloses it,
/// and then words that are not of ASCII. Whether the digits are a licence code is for the verdict to say.
struct SubmittedCode: Equatable {
    let digits: String

    /// More than any code has, and less than an address may have.
    static let maximumDigits = 8_000

    init(_ text: String) throws(FormRefusal) {
        let plain = Self.plain(text)
        guard !plain.isEmpty else { throw .nothingGiven }
        let marked = Self.marks.flatMap { plain.placesBehind($0) }
        guard marked.count(where: { plain[$0...].first?.isDigit == true }) <= 1, !Self.areSeveral(text) else {
            throw .severalCodes
        }
        let rest: Substring.UnicodeScalarView
        if let place = marked.max() {
            rest = plain[place...]
        } else {
            rest = Substring.UnicodeScalarView(plain.drop(while: Self.encloses))
        }
        let run = rest.prefix(while: \.isDigit)
        if Self.isCreditCode(String(rest)) { throw .creditCode }
        guard !run.isEmpty, Self.mayFollow(rest[run.endIndex...], isMarked: !marked.isEmpty) else { throw .notACode }
        guard run.count <= Self.maximumDigits else { throw .codeTooLong }
        digits = String(run)
    }

    /// What stands before the digits and says that they are a code.
    private static let marks = ["LICET:", "/L/"]

    /// Quotation marks and brackets, as they stand about an address in a text; full-width ones are narrow by then.
    private static func encloses(_ scalar: Unicode.Scalar) -> Bool {
        "\"'<>()[]“”‘’«»‹›《》〈〉「」『』【】".unicodeScalars.contains(scalar)
    }

    /// Whether what stands behind the digits is certainly no part of a code; else a slip of the pen would cut one short.
    private static func mayFollow(_ rest: Substring.UnicodeScalarView, isMarked: Bool) -> Bool {
        guard isMarked else { return rest.allSatisfy(encloses) }
        let behind = (rest.first == "/" ? rest.dropFirst() : rest).drop {
            encloses($0) || ".,;!:".unicodeScalars.contains($0)
        }
        guard let first = behind.first else { return true }
        if behind.startIndex == rest.startIndex || rest.first == "/", first == "?" || first == "#" { return true }
        return !first.isASCII && first.properties.generalCategory != .decimalNumber
    }

    private static func isCreditCode(_ text: String) -> Bool {
        text.utf8.count == 18 && (try? CreditCode(text, checkCharacter: .mayDiffer)) != nil
    }

    /// Whether the text is several codes without marks, one behind another: white space within one is put there by a line's end.
    private static func areSeveral(_ text: String) -> Bool {
        let words = text.split(maxSplits: 8, whereSeparator: \.isWhitespace)
        return words.count > 1 && words.allSatisfy { (try? UnverifiedCode(digits: $0)) != nil }
    }

    /// The text in capitals of ASCII, without what a line break, an input method or a habit of grouping put in.
    private static func plain(_ text: String) -> String.UnicodeScalarView {
        var plain = String.UnicodeScalarView()
        var hyphen: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            guard let scalar = narrow(scalar) else { continue }
            if isHyphen(scalar), hyphen == nil, plain.last?.isDigit == true {
                hyphen = scalar
                continue
            }
            if let kept = hyphen, !scalar.isDigit { plain.append(kept) }
            hyphen = nil
            plain.append(scalar)
        }
        if let hyphen { plain.append(hyphen) }
        return plain
    }

    private static func isHyphen(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isDash }

    /// The capital of ASCII that it is or is a wide form of; itself where it is neither, and nil where it is not seen.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x61...0x7A: return Unicode.Scalar(UInt8(scalar.value - 0x20))
        case 0xFF01...0xFF5E:
            let narrow = UInt8(scalar.value - 0xFEE0)
            return Unicode.Scalar((0x61...0x7A).contains(narrow) ? narrow - 0x20 : narrow)
        default:
            let isSeen = !scalar.properties.isWhitespace && scalar.properties.generalCategory != .format
            return isSeen ? scalar : nil
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is one of 0 to 9.
    fileprivate var isDigit: Bool { (0x30...0x39).contains(value) }
}

extension String.UnicodeScalarView {
    /// Where the texts behind each `word` begin.
    fileprivate func placesBehind(_ word: String) -> [Index] {
        indices.compactMap { place in
            let rest = self[place...]
            guard rest.first == word.unicodeScalars.first, rest.starts(with: word.unicodeScalars) else { return nil }
            return rest.index(place, offsetBy: word.unicodeScalars.count)
        }
    }
}
