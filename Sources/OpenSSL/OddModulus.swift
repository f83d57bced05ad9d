/// An odd modulus of 256 bits, to which public numbers have inverses: not for secrets, since its time tells of them.
///
/// OpenSSL's own inverse takes as long as a third of a signature's check by a table. Here it is Kaliski's two phases (The Montgomery Inverse
/// and Its Applications, 1995): a greatest common divisor by halves, and then the halves taken out sixty-four at once.
struct OddModulus: Sendable {
    private let modulus: Wide
    /// -1/modulus modulo 2^64.
    private let negatedInverse: UInt64

    /// nil where `bytes`, big-endian, are not 32 or even.
    init?(_ bytes: [UInt8]) {
        guard let modulus = Wide(bytes), !modulus.isEven else { return nil }
        self.modulus = modulus
        // Newton's step doubles the bits that are right; an odd number is its own inverse in three.
        let word = UInt64(truncatingIfNeeded: modulus.low)
        var inverse = word
        for _ in 0..<5 { inverse = inverse &* (2 &- word &* inverse) }
        negatedInverse = 0 &- inverse
    }

    /// 1/`bytes`, both of 32 bytes and big-endian; nil where there is none, or `bytes` are not below the modulus.
    func inverse(_ bytes: [UInt8]) -> [UInt8]? {
        guard let number = Wide(bytes), !number.isZero, number < modulus else { return nil }
        // At each step u·2^k = b·number and v·2^k = -d·number, modulo the modulus, and u·d + v·b is the modulus: no sum is too long.
        var (u, v, b, d) = (number, modulus, Wide.one, Wide.zero)
        var k = u.removeTwos()
        while u != v {
            if v < u {
                u.subtract(v)
                b.add(d)
                let twos = u.removeTwos()
                d.shiftLeft(twos)
                k += twos
            } else {
                v.subtract(u)
                d.add(b)
                let twos = v.removeTwos()
                b.shiftLeft(twos)
                k += twos
            }
        }
        return u == .one ? halved(b, times: k).bytes : nil
    }

    /// `number`/2^`count` modulo the modulus.
    private func halved(_ number: Wide, times count: Int) -> Wide {
        var (number, left) = (number, count)
        while left > 0 {
            let bits = min(left, 64)
            // So much of the modulus that the last `bits` bits become zero.
            let factor = (UInt64(truncatingIfNeeded: number.low) &* negatedInverse) & (UInt64.max >> UInt64(64 - bits))
            number.addProduct(of: factor, modulus, thenShiftRight: bits)
            left -= bits
        }
        return number
    }
}

/// A number below 2^256.
private struct Wide: Equatable {
    var low: UInt128
    var high: UInt128

    static let zero = Wide(low: 0, high: 0)
    static let one = Wide(low: 1, high: 0)

    init(low: UInt128, high: UInt128) {
        self.low = low
        self.high = high
    }

    /// nil where `bytes`, big-endian, are not 32.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        func half(_ bytes: ArraySlice<UInt8>) -> UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }
        self.init(low: half(bytes[16...]), high: half(bytes[..<16]))
    }

    var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<16).map { UInt8(truncatingIfNeeded: half >> UInt128(120 - 8 * $0)) } }
    }

    var isZero: Bool { low | high == 0 }
    var isEven: Bool { low & 1 == 0 }

    static func < (left: Self, right: Self) -> Bool {
        left.high < right.high || (left.high == right.high && left.low < right.low)
    }

    /// Adds what leaves the sum below 2^256.
    mutating func add(_ other: Self) {
        let (sum, overflow) = low.addingReportingOverflow(other.low)
        low = sum
        high = high &+ other.high &+ (overflow ? 1 : 0)
    }

    /// Subtracts what is not greater.
    mutating func subtract(_ other: Self) {
        let (difference, overflow) = low.subtractingReportingOverflow(other.low)
        low = difference
        high = high &- other.high &- (overflow ? 1 : 0)
    }

    mutating func shiftLeft(_ count: Int) {
        if count >= 128 {
            high = low << UInt128(count - 128)
            low = 0
        } else if count > 0 {
            high = high << UInt128(count) | low >> UInt128(128 - count)
            low <<= UInt128(count)
        }
    }

    mutating func shiftRight(_ count: Int) {
        if count >= 128 {
            low = high >> UInt128(count - 128)
            high = 0
        } else if count > 0 {
            low = low >> UInt128(count) | high << UInt128(128 - count)
            high >>= UInt128(count)
        }
    }

    /// Halves a number that is not zero until it is odd, and tells how many times.
    mutating func removeTwos() -> Int {
        let count = low == 0 ? 128 + high.trailingZeroBitCount : low.trailingZeroBitCount
        shiftRight(count)
        return count
    }

    /// Adds `factor`·`other`, and shifts the sum, of up to 321 bits, right by 1 to 64 bits, which are zero.
    mutating func addProduct(of factor: UInt64, _ other: Self, thenShiftRight count: Int) {
        let lower = other.low.multipliedFullWidth(by: UInt128(factor))
        let upper = other.high.multipliedFullWidth(by: UInt128(factor))
        let (first, carry) = low.addingReportingOverflow(lower.low)
        let (sum, overflow) = high.addingReportingOverflow(lower.high &+ (carry ? 1 : 0))
        let (second, another) = sum.addingReportingOverflow(upper.low)
        let top = upper.high + (overflow ? 1 : 0) + (another ? 1 : 0)
        low = first >> UInt128(count) | second << UInt128(128 - count)
        high = second >> UInt128(count) | top << UInt128(128 - count)
    }
}
