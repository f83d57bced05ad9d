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
    package static func bytes(of digits: some StringProtocol) -> [UInt8]? { bytes(ascii: Array(String(digits).utf8)) }

    private static func bytes(ascii: [UInt8]) -> [UInt8]? {
        guard let first = ascii.first, first != 0x30 else { return nil }
        var limbs: [UInt64] = []
        limbs.reserveCapacity(ascii.count / chunkDigits + 1)
        var start = 0
        // The first part is the short one, so that all others multiply by the same power.
        var end = (ascii.count - 1) % chunkDigits + 1
        while start < ascii.count {
            var carry: UInt64 = 0
            for index in start..<end {
                let digit = ascii[index] &- 0x30
                guard digit < 10 else { return nil }
                carry = carry &* 10 &+ UInt64(digit)
            }
            for index in limbs.indices {
                let product = limbs[index].multipliedFullWidth(by: chunk)
                let (low, overflow) = product.low.addingReportingOverflow(carry)
                limbs[index] = low
                carry = product.high &+ (overflow ? 1 : 0)
            }
            if carry > 0 { limbs.append(carry) }
            (start, end) = (end, end + chunkDigits)
        }
        guard let top = limbs.last else { return nil }
        let count = limbs.count * 8 - top.leadingZeroBitCount / 8
        var bytes = [UInt8](repeating: 0, count: count)
        for place in 0..<count {
            bytes[count - 1 - place] = UInt8(truncatingIfNeeded: limbs[place / 8] >> UInt64(place % 8 * 8))
        }
        return bytes
    }

    /// Little-endian 64-bit limbs.
    private static func limbs(of bytes: [UInt8]) -> [UInt64] {
        stride(from: bytes.count, to: 0, by: -8).map { end in
            bytes[max(0, end - 8)..<end].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
