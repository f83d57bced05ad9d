/// Any JSON value (RFC 8259) that can stand in an application.
enum JSONTree: Encodable {
    case string(String)
    case number(Double)
    case bool(Bool)
    case array([JSONTree])
    case object([String: JSONTree])
    case null

    /// Reads one JSON text (RFC 8259): UTF-8, not nested deeply, no key twice in one object.
    init(bytes: ArraySlice<UInt8>) throws(ApplicationFileError) { self = try JSONParser.tree(of: bytes) }

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
