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
        guard let data = json.data(using: .utf8) else { throw ApplicationFileError("the text is not UTF-8") }
        try self.init(JSONDecoder().decode(JSONTree.self, from: data))
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
            } else {
                errors += read(name, value)
            }
        }
        guard errors.isEmpty else { throw Refusal(errors: errors) }
    }

    private mutating func read(_ name: String, _ value: JSONTree) -> [LicenceError] {
        guard let field = ApplicationField(rawValue: name) else {
            return [LicenceError(.unknownField, field: name, Self.unknownField(name))]
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
        if ["capital", "term", "location"].contains(name) { return "must be an object, such as {…}" }
        let known = ApplicationField.allCases.map(\.rawValue)
        let near = known.first { $0.lowercased() == name.lowercased() }
        return near.map { "is not a field of an application; did you mean \($0)?" }
            ?? "is not a field of an application; the fields are \(known.joined(separator: ", "))"
    }

    /// A number without an exponent, as many decimals as it has.
    private static func plain(_ number: Double) -> String {
        let short = "\(number)"
        guard short.contains("e") else { return short.hasSuffix(".0") ? String(short.dropLast(2)) : short }
        return String(format: "%.17f", number)
    }
}

/// Any JSON value (RFC 8259) that can stand in an application.
enum JSONTree: Codable {
    case string(String)
    case number(Double)
    case bool(Bool)
    case array([JSONTree])
    case object([String: JSONTree])
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let members = try? container.decode([String: JSONTree].self) {
            self = .object(members)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let items = try? container.decode([JSONTree].self) {
            self = .array(items)
        } else if container.decodeNil() {
            self = .null
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a value that JSON does not have")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .bool(let bool): try container.encode(bool)
        case .array(let items): try container.encode(items)
        case .object(let members): try container.encode(members)
        case .null: try container.encodeNil()
        }
    }
}
