/// The number of an issuing key in the trust list: 1 to 2,097,151, given once and never again.
package struct IssuerNumber: Hashable, Comparable, CustomStringConvertible {
    package let value: Int

    package static let maximum = 1 << 21 - 1

    package init?(_ value: Int) {
        guard (1...Self.maximum).contains(value) else { return nil }
        self.value = value
    }

    package var description: String { String(value) }

    package static func < (left: IssuerNumber, right: IssuerNumber) -> Bool { left.value < right.value }

    /// The COSE key identifier: big-endian without leading zeros.
    package var bigEndian: [UInt8] {
        let bytes = [UInt8(value >> 16), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
        return Array(bytes.drop { $0 == 0 })
    }

    /// Reads ``bigEndian``; nil for anything else, such as the identifier of the root.
    package init?(bigEndian bytes: [UInt8]) {
        guard (1...3).contains(bytes.count), bytes[0] != 0 else { return nil }
        self.init(bytes.reduce(0) { $0 << 8 | Int($1) })
    }

    /// Seven bits a byte, high groups first, bit 7 set on all but the last; the shortest form only.
    var base128: [UInt8] {
        let groups = [UInt8(value >> 14), UInt8(value >> 7 & 0x7F), UInt8(value & 0x7F)]
        let kept = Array(groups.drop { $0 == 0 })
        return kept.enumerated().map { $0 < kept.count - 1 ? $1 | 0x80 : $1 }
    }

    /// Reads ``base128`` off the front; the number and how many bytes it took.
    static func read(base128 bytes: ArraySlice<UInt8>) throws(CodeError) -> (IssuerNumber, Int) {
        var value = 0
        for (offset, byte) in bytes.prefix(3).enumerated() {
            value = value << 7 | Int(byte & 0x7F)
            guard offset > 0 || byte != 0x80 else {
                throw CodeError(.notDeterministic, "the issuer number is not in its shortest form")
            }
            if byte & 0x80 == 0 {
                guard let number = IssuerNumber(value) else {
                    throw CodeError(.impossibleClaim, "there is no issuer number 0")
                }
                return (number, offset + 1)
            }
        }
        throw CodeError(.truncated, "the issuer number does not end")
    }
}
