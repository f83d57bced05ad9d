import Authority
import Licence
import Yams

/// A place in a YAML file, read strictly: what is not known is an error that says where it stands.
struct ProfileNode {
    let node: Node
    let file: String
    /// Where it is, as in `steps[2].answer`.
    let path: String

    func error(_ reason: String) -> AuthorityError {
        let place = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
        return AuthorityError(.profile, "\(file)\(place): \(path.isEmpty ? "" : "\(path): ")\(reason)")
    }

    /// The values of a mapping that has all keys of `required`, perhaps some of `optional`, and no other.
    func mapping(required: [String], optional: [String] = []) throws -> [String: ProfileNode] {
        guard let mapping = node.mapping else { throw error("is no mapping of names to values") }
        let known = required + optional
        var values: [String: ProfileNode] = [:]
        for (key, value) in mapping {
            guard let name = key.string, known.contains(name) else {
                let name = key.string ?? "?"
                let nearest = known.min { Self.distance($0, name) < Self.distance($1, name) }
                let hint = nearest.flatMap { Self.distance($0, name) <= 2 ? "did you mean \($0)?" : nil }
                throw ProfileNode(node: key, file: file, path: path)
                    .error("there is no \(name) here; \(hint ?? "known are \(known.joined(separator: ", "))")")
            }
            values[name] = ProfileNode(node: value, file: file, path: path.isEmpty ? name : "\(path).\(name)")
        }
        for name in required where values[name] == nil { throw error("\(name) is missing") }
        return values
    }

    /// The elements of a sequence that is not empty.
    func sequence() throws -> [ProfileNode] {
        guard let sequence = node.sequence, !sequence.isEmpty else { throw error("is no list, or an empty one") }
        return sequence.enumerated().map { ProfileNode(node: $1, file: file, path: "\(path)[\($0 + 1)]") }
    }

    /// A line of 1 to `limit` characters.
    func text(limit: Int = 500) throws -> String {
        guard let text = node.string, text.unicodeScalars.count <= limit, !FieldText.normal(text).isEmpty,
            text.unicodeScalars.allSatisfy(FieldText.isPrintable)
        else { throw error("is no line of 1 to \(limit) characters") }
        return text
    }

    func integer(in range: ClosedRange<Int>) throws -> Int {
        guard let number = node.int, range.contains(number) else {
            throw error("is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// How many letters must be added, taken away or replaced to make one of the other (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(40))
        var above = Array(0...right.count)
        for (line, letter) in left.enumerated() {
            var row = [line + 1]
            for (column, other) in right.enumerated() {
                let replaced = above[column] + (letter == other ? 0 : 1)
                row.append(min(replaced, above[column + 1] + 1, row[column] + 1))
            }
            above = row
        }
        return above[right.count]
    }
}
