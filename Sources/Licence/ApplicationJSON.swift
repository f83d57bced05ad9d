import Foundation

extension Application {
    /// The application as one JSON object, with sorted keys and exactly the shape that is read.
    package var json: String {
        var tree: [String: JSONTree] = [:]
        for (field, text) in fields {
            let path = field.rawValue.split(separator: ".").map(String.init)
            let isDegrees = field == .latitude || field == .longitude
            let value = isDegrees ? Double(text).map(JSONTree.number) ?? .string(text) : JSONTree.string(text)
            if path.count == 2 {
                var inner = if case .object(let members) = tree[path[0]] { members } else { [String: JSONTree]() }
                inner[path[1]] = value
                tree[path[0]] = .object(inner)
            } else {
                tree[path[0]] = value
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A tree of strings and numbers always encodes; degrees are finite.
        return (try? encoder.encode(JSONTree.object(tree))).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Reads one JSON object.
    package init(json: String) throws {
        try self.init(JSONTree(bytes: ArraySlice(json.utf8)))
    }

    /// Reads the fields of an object: texts, and numbers for degrees; anything else is refused with its name.
    init(_ tree: JSONTree) throws(Refusal) {
        guard case .object(let members) = tree else {
            throw Refusal(errors: [LicenceError(.malformedApplication, "an application is a JSON object")])
        }
        self.init(fields: [:])
        var errors: [LicenceError] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if case .object(let inner) = value, ["capital", "term", "location"].contains(name) {
                for (part, value) in inner.sorted(by: { $0.key < $1.key }) {
                    errors += read("\(name).\(part)", value)
                }
                if inner.isEmpty { errors.append(LicenceError(.missingField, field: name, "is empty; leave it out")) }
            } else if name.contains(".") {
                // Else `capital.amount` beside `capital` would give one field two values.
                errors.append(LicenceError(.unknownField, field: name, Self.unknownField(name)))
            } else {
                errors += read(name, value)
            }
        }
        guard errors.isEmpty else { throw Refusal(errors: errors) }
    }

    private mutating func read(_ name: String, _ value: JSONTree) -> [LicenceError] {
        guard let field = ApplicationField(rawValue: name) else {
            return [LicenceError(.unknownField, field: String(name.prefix(40)), Self.unknownField(name))]
        }
        switch value {
        case .string(let text) where field != .latitude && field != .longitude: fields[field] = text
        case .number(let number) where field == .latitude || field == .longitude: fields[field] = Self.plain(number)
        default:
            let wanted = field == .latitude || field == .longitude ? "a number" : "text in quotation marks"
            return [LicenceError(.malformedApplication, field: name, "must be \(wanted)")]
        }
        return []
    }

    private static func unknownField(_ name: String) -> String {
        if ApplicationField(rawValue: name) != nil { return "is written as an object in an object, without the point" }
        if ["capital", "term", "location"].contains(name) { return "must be an object, such as {…}" }
        let known = ApplicationField.allCases.map(\.rawValue)
        let near = known.first { $0.lowercased() == name.lowercased() }
        return near.map { "is not a field of an application; did you mean \($0)?" }
            ?? "is not a field of an application; the fields are \(known.joined(separator: ", "))"
    }

    /// A number without an exponent, as many decimals as its shortest form has: 0.00001 of 1e-05.
    private static func plain(_ number: Double) -> String {
        let short = "\(number)"
        guard let mark = short.firstIndex(of: "e") else {
            return short.hasSuffix(".0") ? String(short.dropLast(2)) : short
        }
        guard let exponent = Int(short[short.index(after: mark)...]), (-17..<0).contains(exponent) else { return short }
        let sign = number < 0 ? "-" : ""
        let digits = short[..<mark].filter { ("0"..."9").contains($0) }
        let kept = digits.hasSuffix("0") && digits.count == 2 ? String(digits.dropLast()) : digits
        return sign + "0." + String(repeating: "0", count: -exponent - 1) + kept
    }
}
