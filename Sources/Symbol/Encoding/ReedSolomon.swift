/// The error-correction code of QR symbols over GF(2⁸), 1 + x² + x³ + x⁴ + x⁸ (ISO/IEC 18004:2015, 7.5.2).
enum ReedSolomon {
    /// For each of the 256 leading bytes its product with the generator polynomial of `checkWords` roots.
    static func products(checkWords count: Int) -> [UInt8] {
        var generator = [UInt8](repeating: 0, count: count)
        generator[count - 1] = 1
        var root: UInt8 = 1
        for _ in 0..<count {
            for place in 0..<count {
                generator[place] = product(generator[place], root) ^ (place + 1 < count ? generator[place + 1] : 0)
            }
            root = product(root, 2)
        }
        return (0...255).flatMap { lead in generator.map { product($0, UInt8(lead)) } }
    }

    /// The remainder of `data` when divided by the generator polynomial.
    static func checkWords(of data: ArraySlice<UInt8>, count: Int, products: [UInt8]) -> [UInt8] {
        // One byte more, so that the shift has something to bring in.
        var rest = [UInt8](repeating: 0, count: count + 1)
        for byte in data {
            let lead = Int(byte ^ rest[0]) * count
            for place in 0..<count { rest[place] = rest[place + 1] ^ products[lead + place] }
        }
        rest.removeLast()
        return rest
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var result = 0
        for bit in (0..<8).reversed() {
            result = result << 1 ^ result >> 7 * 0x11D
            if right >> UInt8(bit) & 1 == 1 { result ^= Int(left) }
        }
        return UInt8(result)
    }
}
