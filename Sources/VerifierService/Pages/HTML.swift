/// A piece of HTML: what stands in the source is markup, what is interpolated is text and escaped.
struct HTML: ExpressibleByStringInterpolation {
    let source: String

    init(stringLiteral source: String) { self.source = source }
    init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    /// The pieces one after another.
    init(_ pieces: [HTML]) { source = pieces.map(\.source).joined() }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        init(literalCapacity: Int, interpolationCount _: Int) { source.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ markup: String) { source += markup }
        mutating func appendInterpolation(_ piece: HTML) { source += piece.source }

        mutating func appendInterpolation(_ text: String) {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": source += "&amp;"
                case "<": source += "&lt;"
                case ">": source += "&gt;"
                case "\"": source += "&quot;"
                case "'": source += "&#39;"
                default: source.unicodeScalars.append(Self.isVisible(scalar) ? scalar : "\u{FFFD}")
                }
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
