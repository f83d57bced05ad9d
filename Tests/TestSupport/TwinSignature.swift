/// Arithmetic on the signatures of P-256, apart from OpenSSL.
package enum TwinSignature {
    /// The order n of the group (FIPS 186-4, D.1.2.3), big-endian.
    package static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    /// (r, n − s) of the raw signature (r, s).
    package static func of(_ raw: [UInt8], order: [UInt8] = Self.order) -> [UInt8] {
        raw.prefix(32) + subtract(Array(raw.suffix(32)), from: order)
    }

    /// `left − right` of 32 big-endian bytes each, mod 2^256.
    package static func subtract(_ right: [UInt8], from left: [UInt8]) -> [UInt8] {
        var difference = [UInt8](repeating: 0, count: left.count)
        var borrow = 0
        for index in left.indices.reversed() {
            let value = Int(left[index]) - Int(right[index]) - borrow
            difference[index] = UInt8(value & 0xFF)
            borrow = value < 0 ? 1 : 0
        }
        return difference
    }

    /// The raw signature of a DER `Ecdsa-Sig-Value`.
    package static func raw(_ der: [UInt8]) -> [UInt8] {
        let first = Array(der.dropFirst(4).prefix(Int(der[3])))
        let second = Array(der.dropFirst(6 + first.count))
        return [first, second].flatMap { number in
            let magnitude = number.drop { $0 == 0 }
            return [UInt8](repeating: 0, count: 32 - magnitude.count) + magnitude
        }
    }

    /// The DER `Ecdsa-Sig-Value` (RFC 3279, section 2.2.3) of a raw signature.
    package static func der(_ raw: [UInt8]) -> [UInt8] {
        let integers = [raw.prefix(32), raw.suffix(32)].flatMap { number in
            let kept = Array(number.drop { $0 == 0 })
            let magnitude = kept.first.map { $0 < 0x80 } ?? false ? kept : [0] + kept
            return [0x02, UInt8(magnitude.count)] + magnitude
        }
        return [0x30, UInt8(integers.count)] + integers
    }
}
