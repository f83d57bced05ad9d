import Foundation

/// Reads one JSON text (RFC 8259) of UTF-8 to the letter: no key twice in one object, no comma at an end, not nested deeply.
///
/// Foundation's decoder takes the last of two equal keys without a word and stops the program at arrays nested 513 deep.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// - Throws: also when `bytes` are not UTF-8.
    static func tree(of bytes: ArraySlice<UInt8>) throws(ApplicationFileError) -> JSONTree {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { throw JSONText.notUTF8 }
        var parser = JSONParser(Array(bytes))
        let tree = try parser.value()
        guard parser.peek() == nil else { throw parser.wrong("something stands behind its end") }
        return tree
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func peek() -> UInt8? {
        while position < bytes.count, JSONText.isSpace(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    private func wrong(_ what: String) -> ApplicationFileError { ApplicationFileError("is not JSON: \(what)") }

    private mutating func value() throws(ApplicationFileError) -> JSONTree {
        guard let first = peek() else { throw JSONText.cutOff }
        switch first {
        case UInt8(ascii: "{"): return try nested { parser throws(ApplicationFileError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(ApplicationFileError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default:
            for (word, tree) in [("true", JSONTree.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return tree
            }
            throw wrong("a value is expected where none stands")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(ApplicationFileError) -> JSONTree
    ) throws(ApplicationFileError) -> JSONTree {
        depth += 1
        guard depth <= JSONText.maximumDepth else { throw JSONText.tooDeep }
        position += 1
        let tree = try body(&self)
        depth -= 1
        return tree
    }

    private mutating func object() throws(ApplicationFileError) -> JSONTree {
        var members: [String: JSONTree] = [:]
        if peek() == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        repeat {
            guard let first = peek() else { throw JSONText.cutOff }
            guard first == UInt8(ascii: "\"") else {
                throw wrong(
                    first == UInt8(ascii: "}") ? "a comma stands before }" : "a key in quotation marks is expected"
                )
            }
            let key = try string()
            guard let colon = peek() else { throw JSONText.cutOff }
            guard colon == UInt8(ascii: ":") else { throw wrong("a colon is expected behind a key") }
            position += 1
            guard members.updateValue(try value(), forKey: key) == nil else {
                throw ApplicationFileError("the key \"\(key.prefix(40))\" stands twice in one object")
            }
        } while try goesOn(until: UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func array() throws(ApplicationFileError) -> JSONTree {
        var items: [JSONTree] = []
        if peek() == UInt8(ascii: "]") {
            position += 1
            return .array(items)
        }
        repeat {
            guard peek() != UInt8(ascii: "]") else { throw wrong("a comma stands before ]") }
            items.append(try value())
        } while try goesOn(until: UInt8(ascii: "]"))
        return .array(items)
    }

    /// Passes over a comma, or over what closes.
    private mutating func goesOn(until closing: UInt8) throws(ApplicationFileError) -> Bool {
        guard let next = peek() else { throw JSONText.cutOff }
        guard next == closing || next == UInt8(ascii: ",") else { throw wrong("a comma is missing") }
        position += 1
        return next != closing
    }

    private mutating func number() throws(ApplicationFileError) -> Double {
        let start = position
        while position < bytes.count, Self.isOfNumber(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Self.isNumber(bytes[start..<position]), let number = Double(text), number.isFinite else {
            throw wrong("a number is written wrongly or too large")
        }
        return number
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    }

    /// Whether it is a number of RFC 8259 (section 6): `-`, digits without a leading zero, a fraction, an exponent.
    private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        func digits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        func take(_ bytes: String) -> Bool {
            guard let first = rest.first, bytes.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take("-")
        let leading = rest.first
        let count = digits()
        guard count == 1 || count > 1 && leading != UInt8(ascii: "0") else { return false }
        if take("."), digits() == 0 { return false }
        if take("eE") {
            _ = take("+-")
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }

    private mutating func string() throws(ApplicationFileError) -> String {
        let start = position + 1
        guard let quote = bytes.position(of: UInt8(ascii: "\""), from: start) else { throw JSONText.cutOff }
        let plain = bytes[start..<quote]
        if !plain.contains(UInt8(ascii: "\\")) {
            guard plain.allSatisfy({ $0 >= 0x20 }) else { throw wrong("a control character stands in a text") }
            position = quote + 1
            return String(decoding: plain, as: UTF8.self)
        }
        return try escapedString(from: start)
    }

    private mutating func escapedString(from start: Int) throws(ApplicationFileError) -> String {
        var content: [UInt8] = []
        position = start
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content += String(Character(try escape())).utf8
            case ..<0x20: throw wrong("a control character stands in a text")
            default: content.append(byte)
            }
        }
        throw JSONText.cutOff
    }

    private mutating func escape() throws(ApplicationFileError) -> Unicode.Scalar {
        guard position < bytes.count else { throw JSONText.cutOff }
        position += 1
        switch bytes[position - 1] {
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try unit()
            if let scalar = Unicode.Scalar(first) { return scalar }
            if (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: [0x5C, 0x75]) {
                position += 2
                let second = try unit()
                if (0xDC00..<0xE000).contains(second),
                    let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00)
                {
                    return scalar
                }
            }
            throw wrong("half of a character stands in a text")
        case let other where [0x22, 0x5C, 0x2F].contains(other): return Unicode.Scalar(other)
        default: throw wrong("a text has a backslash before a character that needs none")
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws(ApplicationFileError) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw wrong("\\u is followed by four hexadecimal digits") }
        position += 4
        return unit
    }
}
