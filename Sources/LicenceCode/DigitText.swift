/// Bytes as decimal digits: the bytes read as one big-endian number, written without leading zeros.
///
/// The first byte is never 0, so that bytes and digits determine each other. QR's numeric mode takes 10 bits for 3 digits,
/// which is 99.7 % efficient.
package enum DigitText {
    /// Powers of ten that fit in 64 bits: 19 digits at a time.
    private static let chunkDigits = 19
    private static let chunk: UInt64 = 10_000_000_000_000_000_000

    package static func digits(of bytes: [UInt8]) -> String {
        var limbs = limbs(of: bytes)
        var chunks: [UInt64] = []
        while let top = limbs.last {
            if top == 0 {
                limbs.removeLast()
                continue
            }
            var remainder: UInt64 = 0
            for index in limbs.indices.reversed() {
                (limbs[index], remainder) = chunk.dividingFullWidth((remainder, limbs[index]))
            }
            chunks.append(remainder)
        }
        var text = chunks.last.map { String($0) } ?? "0"
        for part in chunks.dropLast().reversed() {
            let digits = String(part)
            text += String(repeating: "0", count: chunkDigits - digits.utf8.count) + digits
        }
        return text
    }

    /// The bytes of `digits`; nil unless they are ASCII digits that begin with none of value 0.
    package static func bytes(of digits: some StringProtocol) -> [UInt8]? {
        let ascii = Array(digits.utf8)
        guard let first = ascii.first, first != 0x30, ascii.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        var limbs: [UInt64] = []
        limbs.reserveCapacity(ascii.count / chunkDigits + 1)
        var start = 0
        while start < ascii.count {
            // The first part is the short one, so that all others multiply by the same power.
            let end = start == 0 ? (ascii.count - 1) % chunkDigits + 1 : start + chunkDigits
            var carry = ascii[start..<end].reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
            for index in limbs.indices {
                let product = limbs[index].multipliedFullWidth(by: chunk)
                let (low, overflow) = product.low.addingReportingOverflow(carry)
                limbs[index] = low
                carry = product.high + (overflow ? 1 : 0)
            }
            if carry > 0 { limbs.append(carry) }
            start = end
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(limbs.count * 8)
        for limb in limbs.reversed() {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: limb >> shift))
            }
        }
        return Array(bytes.drop { $0 == 0 })
    }

    /// Little-endian 64-bit limbs.
    private static func limbs(of bytes: [UInt8]) -> [UInt64] {
        stride(from: bytes.count, to: 0, by: -8).map { end in
            bytes[max(0, end - 8)..<end].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
