import Foundation

/// Any JSON value (RFC 8259) that can stand in an application.
enum JSONTree: Codable {
    case string(String)
    case number(Double)
    case bool(Bool)
    case array([JSONTree])
    case object([String: JSONTree])
    case null

    /// Reads one JSON text (RFC 8259): UTF-8, not nested deeply, no key twice in one object.
    init(text data: Data) throws(ApplicationFileError) {
        try JSONText.check(Array(data))
        do { self = try JSONDecoder().decode(JSONTree.self, from: data) } catch {
            throw ApplicationFileError("is not JSON: \(Self.reason(of: error))")
        }
    }

    private static func reason(of error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "it cannot be read" }
        let underlying = context.underlyingError.map { "\(($0 as NSError).userInfo["NSDebugDescription"] ?? "")" } ?? ""
        return underlying.isEmpty ? context.debugDescription : underlying
    }

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
