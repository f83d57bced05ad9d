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

/// What is asked of JSON before a decoder sees it, since decoders take the last of two equal keys without a word, guess
/// UTF-16, and Foundation's stops the program at arrays that are nested 513 deep and end there.
private enum JSONText {
    /// More than an array of applications ever has.
    private static let maximumDepth = 16

    /// Whether `bytes` are well-formed is left to the decoder.
    static func check(_ bytes: [UInt8]) throws(ApplicationFileError) {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw ApplicationFileError("is not UTF-8 text; save it as UTF-8")
        }
        var open: [Set<ArraySlice<UInt8>>?] = []
        var position = 0
        var string: ArraySlice<UInt8> = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"): open.append([])
            case UInt8(ascii: "["): open.append(nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
            case UInt8(ascii: "\""):
                let start = position
                position = end(ofStringAt: start, in: bytes)
                string = bytes[start..<min(position + 1, bytes.count)]
            case UInt8(ascii: ":"):
                let key = plain(string)
                guard let top = open.indices.last, open[top]?.insert(key).inserted == false else { break }
                throw ApplicationFileError("the key \(String(decoding: key, as: UTF8.self)) stands twice in one object")
            default: break
            }
            guard open.count <= maximumDepth else {
                throw ApplicationFileError("is nested deeper than an array of applications")
            }
            position += 1
        }
    }

    /// The position of the closing quotation mark, or beyond the end.
    private static func end(ofStringAt start: Int, in bytes: [UInt8]) -> Int {
        var position = start + 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position
    }

    /// A key without its escapes, so that `"a"` and `"\u0061"` are one.
    private static func plain(_ string: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard string.contains(UInt8(ascii: "\\")) else { return string }
        let text = try? JSONDecoder().decode(String.self, from: Data(string))
        return text.map { Array("\"\($0)\"".utf8)[...] } ?? string
    }
}
