import Foundation

extension Application {
    /// The application as one JSON object, with sorted keys and exactly the shape that is read.
    package var json: String {
        // By hand: an encoder of any tree takes ten times as long, and each licence that is issued is written so.
        var writer = ObjectWriter()
        for (path, field) in Self.sortedFields {
            guard let text = fields[field] else { continue }
            let isDegrees = field == .latitude || field == .longitude
            writer.member(path, isDegrees ? Double(text).map { .number($0) } ?? .text(text) : .text(text))
        }
        return writer.json
    }

    /// The fields and their names, in the order of a JSON object with sorted keys.
    private static let sortedFields: [(path: [String], field: ApplicationField)] = ApplicationField.allCases
        .map { field in (field.rawValue.split(separator: ".").map(String.init), field) }
        .sorted { $0.0.lexicographicallyPrecedes($1.0) }

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

/// Writes an object of texts, numbers, and objects of such; byte for byte what JSONEncoder would.
private struct ObjectWriter {
    private var bytes: [UInt8] = [0x7B]
    private var parent: String?
    private var isFirst = true

    enum Value {
        case text(String)
        case number(Double)
    }

    init() { bytes.reserveCapacity(1_024) }

    var json: String { String(decoding: bytes + (parent == nil ? [0x7D] : [0x7D, 0x7D]), as: UTF8.self) }

    /// The members of one inner object come one behind the other.
    mutating func member(_ path: [String], _ value: Value) {
        let inner = path.count == 2 ? path[0] : nil
        if parent != nil, inner != parent {
            bytes.append(0x7D)
            parent = nil
        }
        if let inner, parent == nil {
            key(inner)
            bytes.append(0x7B)
            parent = inner
            isFirst = true
        }
        key(path[path.count - 1])
        switch value {
        case .text(let text): string(text)
        case .number(let number):
            let text = "\(number)"
            bytes.append(contentsOf: (text.hasSuffix(".0") ? text.dropLast(2) : text[...]).utf8)
        }
    }

    private mutating func key(_ name: String) {
        if !isFirst { bytes.append(0x2C) }
        isFirst = false
        string(name)
        bytes.append(0x3A)
    }

    private mutating func string(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 0x08: bytes += Array("\\b".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0C: bytes += Array("\\f".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x00..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
