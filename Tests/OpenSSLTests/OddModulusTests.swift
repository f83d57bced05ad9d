import COpenSSL
import TestSupport
import Testing

@testable import OpenSSL

/// What has an inverse times that inverse is one, as OpenSSL multiplies.
@Suite struct OddModulusTests {
    /// The order of P-256 (SEC 2, section 2.4.2), the prime of its field, and 3^161.
    private static let moduli = [
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        "90e7a7d36283c4589cff2b2b8d32d43e1eeb4315dc9ac9ead2ceaacca8492983",
    ]

    @Test(arguments: moduli) func findsTheInverseThatOpenSSLFinds(modulus: String) throws {
        let modulus = try #require([UInt8](hexadecimal: modulus))
        let odd = try #require(OddModulus(modulus))
        var generator = SeededGenerator(seed: 7)
        var numbers = (0..<2_000).map { _ in (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) } }
        for bit in 0..<256 {
            var power = [UInt8](repeating: 0, count: 32)
            power[31 - bit / 8] = 1 << (bit % 8)
            numbers.append(power)
            numbers.append(difference(modulus, power))
        }
        for number in numbers { #expect(odd.inverse(number) == openSSLInverse(number, modulus)) }
    }

    @Test func hasNoInverseOfNothingOfWhatIsTooLargeAndOfFactors() throws {
        let order = try #require([UInt8](hexadecimal: Self.moduli[0]))
        let odd = try #require(OddModulus(order))
        let zero = [UInt8](repeating: 0, count: 32)
        for number in [zero, order, [UInt8](repeating: 0xFF, count: 32), [1], zero + [1], []] {
            #expect(odd.inverse(number) == nil)
        }
        let nine = try #require(OddModulus(zero.dropLast() + [9]))
        #expect(nine.inverse(zero.dropLast() + [6]) == nil)
        #expect(nine.inverse(zero.dropLast() + [2]) == zero.dropLast() + [5])
    }

    @Test func isOddAndOf32Bytes() {
        #expect(OddModulus([UInt8](repeating: 0xFE, count: 32)) == nil)
        #expect(OddModulus([UInt8](repeating: 0xFF, count: 31)) == nil)
    }

    /// nil where there is none.
    private func openSSLInverse(_ number: [UInt8], _ modulus: [UInt8]) -> [UInt8]? {
        let (left, right) = unsafe (BN_bin2bn(number, 32, nil), BN_bin2bn(modulus, 32, nil))
        defer {
            unsafe BN_free(left)
            unsafe BN_free(right)
        }
        guard unsafe BN_ucmp(left, right) < 0, let inverse = unsafe BN_mod_inverse(nil, left, right, nil)
        else {
            ERR_clear_error()
            return nil
        }
        defer { unsafe BN_free(inverse) }
        var bytes = [UInt8](repeating: 0, count: 32)
        unsafe BN_bn2binpad(inverse, &bytes, 32)
        return bytes
    }

    /// Big-endian numbers of 32 bytes; modulo 2^256.
    private func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var (result, borrow) = (left, 0)
        for index in left.indices.reversed() {
            let value = Int(left[index]) - Int(right[index]) - borrow
            result[index] = UInt8(truncatingIfNeeded: value)
            borrow = value < 0 ? 1 : 0
        }
        return result
    }
}
