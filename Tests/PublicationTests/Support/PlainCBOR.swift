/// CBOR as RFC 8949 has it, read without any code of the program under test.
indirect enum PlainCBOR: Equatable {
    case int(Int)
    case bytes([UInt8])
    case text(String)
    case array([PlainCBOR])
    case map([PlainCBOR], [PlainCBOR])
    case tag(Int, PlainCBOR)

    struct Malformed: Error {}

    /// Reads one item that fills `bytes`.
    init(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        self = try Self.item(&rest)
        guard rest.isEmpty else { throw Malformed() }
    }

    /// The value of a map's integer key.
    subscript(key: Int) -> PlainCBOR? { self[.int(key)] }
    /// The value of a map's text key.
    subscript(key: String) -> PlainCBOR? { self[.text(key)] }

    private subscript(key: PlainCBOR) -> PlainCBOR? {
        guard case .map(let keys, let values) = self else { return nil }
        return keys.firstIndex(of: key).map { values[$0] }
    }

    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    private static func item(_ rest: inout ArraySlice<UInt8>) throws -> PlainCBOR {
        guard let head = rest.popFirst() else { throw Malformed() }
        var value = Int(head & 31)
        if value >= 24 {
            guard value <= 27, rest.count >= 1 << (value - 24) else { throw Malformed() }
            let length = 1 << (value - 24)
            value = rest.prefix(length).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(length)
        }
        switch head >> 5 {
        case 0: return .int(value)
        case 1: return .int(-1 - value)
        case 2, 3:
            guard rest.count >= value else { throw Malformed() }
            defer { rest = rest.dropFirst(value) }
            let content = Array(rest.prefix(value))
            return head >> 5 == 2 ? .bytes(content) : .text(String(decoding: content, as: UTF8.self))
        case 4: return .array(try (0..<value).map { _ in try item(&rest) })
        case 5:
            var keys: [PlainCBOR] = []
            var values: [PlainCBOR] = []
            for _ in 0..<value {
                keys.append(try item(&rest))
                values.append(try item(&rest))
            }
            return .map(keys, values)
        case 6: return .tag(value, try item(&rest))
        default: throw Malformed()
        }
    }
}

/// A COSE_Sign1 taken apart by ``PlainCBOR``.
struct PlainCOSE {
    let tag: Int
    let protected: PlainCBOR
    let unprotected: PlainCBOR
    let payload: PlainCBOR

    init(_ bytes: [UInt8]) throws {
        guard case .tag(let tag, .array(let parts)) = try PlainCBOR(bytes), parts.count == 4,
            let header = parts[0].bytes, let payload = parts[2].bytes
        else { throw PlainCBOR.Malformed() }
        self.tag = tag
        protected = try PlainCBOR(header)
        unprotected = parts[1]
        self.payload = try PlainCBOR(payload)
    }
}
