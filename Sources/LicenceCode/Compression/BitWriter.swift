/// Bits in the order of DEFLATE (RFC 1951, section 3.1.1): the lowest bit of a byte first.
struct BitWriter {
    private var output: [UInt8] = []
    private var pending: UInt64 = 0
    private var pendingCount = 0

    /// Appends the low `count` bits of `value`, at most 32, the lowest first.
    mutating func append(_ value: Int, bits count: Int) {
        pending |= UInt64(value) << UInt64(pendingCount)
        pendingCount += count
        while pendingCount >= 8 {
            output.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }

    /// The bytes, the last one filled up with zeros.
    func finished() -> [UInt8] { pendingCount > 0 ? output + [UInt8(truncatingIfNeeded: pending)] : output }
}
