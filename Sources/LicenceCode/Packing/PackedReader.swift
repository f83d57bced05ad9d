/// Reads what ``PackedWriter`` writes, and nothing else.
struct PackedReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// All that was not read yet.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    mutating func byte() throws(CodeError) -> UInt8 {
        guard position < bytes.endIndex else { throw Self.truncated }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func bytes(_ count: Int) throws(CodeError) -> ArraySlice<UInt8> {
        guard count <= bytes.endIndex - position else { throw Self.truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func fixed(bytes count: Int) throws(CodeError) -> UInt64 {
        var value: UInt64 = 0
        for byte in try bytes(count) { value = value << 8 | UInt64(byte) }
        return value
    }

    /// A number of at most 63 bits in its shortest form.
    mutating func number() throws(CodeError) -> UInt64 {
        var byte = try byte()
        guard byte != 0x80 else { throw CodeError(.notDeterministic, "a number is not in its shortest form") }
        var value = UInt64(byte & 0x7F)
        for _ in 1..<9 where byte & 0x80 != 0 {
            byte = try self.byte()
            value = value << 7 | UInt64(byte & 0x7F)
        }
        guard byte & 0x80 == 0 else { throw CodeError(.impossibleClaim, "a number has more than 63 bits") }
        return value
    }

    /// A number of at most `limit`; `what` it counts stands in the error.
    mutating func number(upTo limit: Int, of what: StaticString) throws(CodeError) -> Int {
        let value = try number()
        guard value <= UInt64(limit) else { throw CodeError(.impossibleClaim, "\(what) exceeds \(limit)") }
        return Int(value)
    }

    /// A number that may be negative.
    mutating func signed() throws(CodeError) -> Int { Self.unfolded(try number()) }

    static func unfolded(_ value: UInt64) -> Int { Int(value >> 1) ^ -Int(value & 1) }

    private static let truncated = CodeError(.truncated, "the code ends too early")
}
