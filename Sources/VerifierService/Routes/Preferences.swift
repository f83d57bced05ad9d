import Licence

/// What a client would rather have, by the weights of its `Accept…` headers (RFC 9110, section 12.4.2).
struct Preferences {
    /// By lower-case name, in the order of the header.
    private let weights: [(name: Substring, weight: Double)]

    init(_ header: String?) {
        weights = (header ?? "").lowercased().split(separator: ",").prefix(64).map { item in
            let parts = item.split(separator: ";").map { $0.trimmed }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            return (parts.first ?? "", weight ?? 1)
        }
    }

    /// The weight of what is named so and not by a wildcard; 0 when it is not named.
    private func weight(_ name: String) -> Double { weights.first { $0.name == name }?.weight ?? 0 }

    /// Whether JSON was asked for by name, and HTML no more than that.
    var preferJSON: Bool {
        let json = weight("application/json")
        return json > 0 && json >= weight("text/html")
    }

    /// Whether HTML was asked for by name, and JSON less than that.
    var preferHTML: Bool {
        let html = weight("text/html")
        return html > 0 && html > weight("application/json")
    }

    /// The language with the greatest weight; Chinese when neither is named.
    var language: Language {
        var best: (language: Language, weight: Double) = (.zh, 0)
        for (name, weight) in weights where weight > best.weight {
            guard let language = Language(rawValue: String(name.prefix { $0 != "-" })) else { continue }
            best = (language, weight)
        }
        return best.language
    }
}

extension Substring {
    /// Without the spaces and tabs around it.
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        let last = start.lastIndex { $0 != " " && $0 != "\t" }
        return last.map { start[...$0] } ?? ""
    }
}
