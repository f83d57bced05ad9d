/// Writes the fields of packed claims: whole bytes, high ones first.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    /// Seven bits a byte, high groups first, bit 7 set on all but the last; the shortest form.
    mutating func number(_ value: UInt64) {
        var shift: UInt64 = 63
        while shift > 0, value >> shift == 0 { shift -= 7 }
        while shift > 0 {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift) | 0x80)
            shift -= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value) & 0x7F)
    }

    /// A number that may be negative: 0, −1, 1, −2 … as 0, 1, 2, 3 ….
    mutating func signed(_ value: Int) { number(Self.folded(value)) }

    /// The low `count` bytes of `value`.
    mutating func fixed(_ value: UInt64, bytes count: Int) {
        for index in (0..<count).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }

    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    static func folded(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value) << 1 ^ Int64(value) >> 63) }
}
