/// Metrics in the text format of Prometheus (version 0.0.4).
struct Exposition {
    private(set) var text = ""

    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String { case counter, gauge, histogram }

    typealias Labels = [(name: String, value: String)]

    /// Begins a metric; its samples follow.
    mutating func metric(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels = [], _ value: some Numeric & CustomStringConvertible) {
        text += "\(name)\(Self.written(labels)) \(value)\n"
    }

    /// A metric of one sample.
    mutating func single(
        _ name: String,
        _ kind: Kind,
        _ help: String,
        _ value: some Numeric & CustomStringConvertible
    ) {
        metric(name, kind, help)
        sample(name, [], value)
    }

    mutating func histogram(_ name: String, _ labels: Labels, _ histogram: Histogram) {
        var sum = 0
        for (bound, count) in zip(Histogram.bounds.map { "\($0)" } + ["+Inf"], histogram.buckets) {
            sum += count
            sample("\(name)_bucket", labels + [("le", bound)], sum)
        }
        sample("\(name)_sum", labels, histogram.seconds)
        sample("\(name)_count", labels, sum)
    }

    private static func written(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}
