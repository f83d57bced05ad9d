/// A piece of HTML: what stands in the source is markup, what is interpolated is text and escaped.
struct HTML: ExpressibleByStringInterpolation {
    let source: String

    init(stringLiteral source: String) { self.source = source }
    init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    /// The pieces one after another.
    init(_ pieces: [HTML]) { source = pieces.map(\.source).joined() }

    /// More scalars than a letter of any script has with all its marks; browsers never break a letter, however long it is.
    static let longestLetter = 12

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        init(literalCapacity: Int, interpolationCount _: Int) { source.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ markup: String) { source += markup }
        mutating func appendInterpolation(_ piece: HTML) { source += piece.source }

        mutating func appendInterpolation(_ text: String) {
            for scalar in text.unicodeScalars { append(scalar) }
        }

        /// Text between tags, in which even a letter that goes on and on can be broken into lines.
        mutating func appendInterpolation(breaking text: String) {
            var (length, isJoined) = (0, false)
            for letter in text {
                if !isJoined { length = 0 }
                for scalar in letter.unicodeScalars {
                    if length == HTML.longestLetter {
                        source += "<wbr>"
                        length = 0
                    }
                    append(scalar)
                    length += 1
                    // Newer versions of Unicode join more scripts by their viramas than older ones.
                    isJoined = scalar.properties.canonicalCombiningClass == .virama
                }
            }
        }

        private mutating func append(_ scalar: Unicode.Scalar) {
            switch scalar {
            case "&": source += "&amp;"
            case "<": source += "&lt;"
            case ">": source += "&gt;"
            case "\"": source += "&quot;"
            case "'": source += "&#39;"
            default: source.unicodeScalars.append(Self.isVisible(scalar) ? scalar : "\u{FFFD}")
            }
        }

        /// False for what no licence carries and a forger could use to turn the reading direction or hide text.
        private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
