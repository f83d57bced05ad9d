/// Writes CBOR in core deterministic encoding (RFC 8949, section 4.2.1).
///
/// The caller writes the keys of a map in order; ``CBORReader`` refuses them otherwise.
package struct CBORWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func uint(_ value: UInt64) { head(.unsigned, value) }

    package mutating func int(_ value: Int) {
        if value >= 0 { head(.unsigned, UInt64(value)) } else { head(.negative, UInt64(-1 - value)) }
    }

    package mutating func byteString(_ value: [UInt8]) {
        head(.bytes, UInt64(value.count))
        bytes += value
    }

    package mutating func text(_ value: String) {
        head(.text, UInt64(value.utf8.count))
        bytes += value.utf8
    }

    /// The head of an array whose `count` items follow.
    package mutating func array(_ count: Int) { head(.array, UInt64(count)) }

    /// The head of a map whose `count` pairs follow.
    package mutating func map(_ count: Int) { head(.map, UInt64(count)) }

    package mutating func tag(_ number: UInt64) { head(.tag, number) }

    /// Items that are encoded already.
    package mutating func append(_ encoded: some Sequence<UInt8>) { bytes.append(contentsOf: encoded) }

    private mutating func head(_ type: CBORType, _ argument: UInt64) {
        let major = type.rawValue << 5
        switch argument {
        case 0..<24: bytes.append(major | UInt8(argument))
        case 24...0xFF: bytes += [major | 24, UInt8(argument)]
        case 0x100...0xFFFF: append(major | 25, argument, 2)
        case 0x1_0000...0xFFFF_FFFF: append(major | 26, argument, 4)
        default: append(major | 27, argument, 8)
        }
    }

    private mutating func append(_ initial: UInt8, _ argument: UInt64, _ count: Int) {
        bytes.append(initial)
        for shift in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: argument >> (8 * UInt64(shift)))) }
    }
}

/// CBOR's major types (RFC 8949, section 3.1).
enum CBORType: UInt8 {
    case unsigned, negative, bytes, text, array, map, tag, simple
}
