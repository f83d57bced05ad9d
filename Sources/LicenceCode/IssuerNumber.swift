/// The number of an issuing key in the trust list: 1 to 2,097,151, given once and never again.
package struct IssuerNumber: Hashable, Comparable, CustomStringConvertible {
    package let value: Int

    /// What three bytes of a packed number hold.
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
}
