/// Reads CBOR and refuses whatever is not core deterministic encoding (RFC 8949, section 4.2.1).
///
/// Refused: integers and lengths not in their shortest form, indefinite lengths, map keys out of order or twice, text that
/// is not UTF-8, floating point and simple values (nothing of Licet's has any), nesting deeper than 16.
package struct CBORReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package var isAtEnd: Bool { position == bytes.endIndex }

    /// - Throws: ``CodeError/Code/trailingBytes`` unless everything was read.
    package func finish() throws(CodeError) {
        guard isAtEnd else {
            throw CodeError(.trailingBytes, "\(bytes.endIndex - position) bytes follow the CBOR item")
        }
    }

    package mutating func uint() throws(CodeError) -> UInt64 { try argument(of: .unsigned) }

    /// Reads an unsigned integer of at most `limit`.
    package mutating func uint(upTo limit: Int) throws(CodeError) -> Int {
        let value = try uint()
        guard value <= UInt64(limit) else { throw CodeError(.impossibleClaim, "\(value) exceeds \(limit)") }
        return Int(value)
    }

    package mutating func int() throws(CodeError) -> Int {
        let (type, argument) = try head()
        guard type == .unsigned || type == .negative, let magnitude = Int(exactly: argument) else {
            throw CodeError(.wrongType, "expected an integer of at most 63 bits")
        }
        return type == .unsigned ? magnitude : -1 - magnitude
    }

    package mutating func byteString() throws(CodeError) -> [UInt8] { try Array(content(of: .bytes)) }

    /// The content of a byte string where it lies, uncopied.
    package mutating func byteSlice() throws(CodeError) -> ArraySlice<UInt8> { try content(of: .bytes) }

    /// Reads a byte string of exactly `count` bytes.
    package mutating func byteString(count: Int) throws(CodeError) -> [UInt8] {
        let value = try byteString()
        guard value.count == count else { throw CodeError(.wrongType, "expected a byte string of \(count) bytes") }
        return value
    }

    package mutating func text() throws(CodeError) -> String {
        guard let text = try String(validating: content(of: .text), as: UTF8.self) else {
            throw CodeError(.notDeterministic, "a text string is not UTF-8")
        }
        return text
    }

    package mutating func array() throws(CodeError) -> Int { try count(of: .array) }

    package mutating func tag() throws(CodeError) -> UInt64 { try argument(of: .tag) }

    /// Whether the next item is a text string.
    package var isText: Bool { !isAtEnd && bytes[position] >> 5 == CBORType.text.rawValue }

    /// Whether the next item is an array.
    package var isArray: Bool { !isAtEnd && bytes[position] >> 5 == CBORType.array.rawValue }

    /// Reads a map with integer keys; `read` takes the value of each key off the reader it is given.
    package mutating func map(_ read: (Int, inout CBORReader) throws(CodeError) -> Void) throws(CodeError) {
        var previous: ArraySlice<UInt8> = []
        for _ in 0..<(try count(of: .map)) {
            let start = position
            let key = try int()
            try Self.order(previous, bytes[start..<position])
            previous = bytes[start..<position]
            try read(key, &self)
        }
    }

    /// Reads a map with text keys.
    package mutating func textMap(_ read: (String, inout CBORReader) throws(CodeError) -> Void) throws(CodeError) {
        var previous: ArraySlice<UInt8> = []
        for _ in 0..<(try count(of: .map)) {
            let start = position
            let key = try text()
            try Self.order(previous, bytes[start..<position])
            previous = bytes[start..<position]
            try read(key, &self)
        }
    }

    /// Reads the bytes of one item of any kind, as strictly as if it were read.
    package mutating func item() throws(CodeError) -> ArraySlice<UInt8> {
        let start = position
        try skip()
        return bytes[start..<position]
    }

    /// Passes over one item of any kind, as strictly as if it were read.
    package mutating func skip(depth: Int = 0) throws(CodeError) {
        guard depth < 16 else { throw CodeError(.notDeterministic, "CBOR is nested deeper than 16") }
        let start = position
        let (type, argument) = try head()
        switch type {
        case .unsigned, .negative: break
        case .bytes, .text:
            position = start
            if type == .text { _ = try text() } else { _ = try content(of: type) }
        case .array:
            position = start
            for _ in 0..<(try count(of: .array)) { try skip(depth: depth + 1) }
        case .map:
            position = start
            var previous: ArraySlice<UInt8> = []
            for _ in 0..<(try count(of: .map)) {
                let start = position
                try skip(depth: depth + 1)
                try Self.order(previous, bytes[start..<position])
                previous = bytes[start..<position]
                try skip(depth: depth + 1)
            }
        case .tag: try skip(depth: depth + 1)
        case .simple:
            throw CodeError(.wrongType, "simple value \(argument): floating point, booleans and null are not used")
        }
    }

    private static func order(_ previous: ArraySlice<UInt8>, _ next: ArraySlice<UInt8>) throws(CodeError) {
        guard previous.lexicographicallyPrecedes(next) else {
            throw CodeError(.notDeterministic, "the keys of a map are out of order or stand twice")
        }
    }

    // MARK: - Heads

    private mutating func argument(of wanted: CBORType) throws(CodeError) -> UInt64 {
        let (type, argument) = try head()
        guard type == wanted else { throw CodeError(.wrongType, "expected CBOR \(wanted), found \(type)") }
        return argument
    }

    /// The count of an array or map; each item takes at least a byte, so a longer count than what is left is a lie.
    private mutating func count(of type: CBORType) throws(CodeError) -> Int {
        let count = try argument(of: type)
        guard count <= UInt64(bytes.endIndex - position) else {
            throw CodeError(.truncated, "an array or map is longer than its bytes")
        }
        return Int(count)
    }

    private mutating func content(of type: CBORType) throws(CodeError) -> ArraySlice<UInt8> {
        let count = try argument(of: type)
        guard count <= UInt64(bytes.endIndex - position) else {
            throw CodeError(.truncated, "a string is longer than its bytes")
        }
        let start = position
        position += Int(count)
        return bytes[start..<position]
    }

    private mutating func head() throws(CodeError) -> (CBORType, UInt64) {
        let initial = try byte()
        guard let type = CBORType(rawValue: initial >> 5) else { throw CodeError(.wrongType, "no CBOR type") }
        let information = initial & 31
        switch information {
        case 0..<24: return (type, UInt64(information))
        case 24: return (type, try long(1, atLeast: 24))
        case 25: return (type, try long(2, atLeast: 0x100))
        case 26: return (type, try long(4, atLeast: 0x1_0000))
        case 27: return (type, try long(8, atLeast: 0x1_0000_0000))
        default: throw CodeError(.notDeterministic, "an indefinite or reserved length")
        }
    }

    private mutating func long(_ count: Int, atLeast least: UInt64) throws(CodeError) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = try value << 8 | UInt64(byte()) }
        guard value >= least else { throw CodeError(.notDeterministic, "an integer is not in its shortest form") }
        return value
    }

    private mutating func byte() throws(CodeError) -> UInt8 {
        guard position < bytes.endIndex else { throw CodeError(.truncated, "the CBOR ends too early") }
        defer { position += 1 }
        return bytes[position]
    }
}
