/// How much damage a QR symbol survives (ISO/IEC 18004:2015, 6.5.1): about 7, 15, 25 or 30 percent of its codewords.
package enum ErrorCorrection: String, CaseIterable, Sendable {
    case low = "L"
    case medium = "M"
    case quartile = "Q"
    case high = "H"
}

extension ErrorCorrection {
    /// The data bits of a version 40 symbol (ISO/IEC 18004:2015, Table 7).
    private var largestBitCount: Int {
        switch self {
        case .low: 23_648
        case .medium: 18_672
        case .quartile: 13_328
        case .high: 10_208
        }
    }

    /// Returns how many digits a version 40 symbol holds after an alphanumeric prefix of `prefixCount` characters.
    ///
    /// Never negative. A segment costs a 4-bit mode and a count of 13 bits (alphanumeric) or 14 (numeric); two characters
    /// cost 11 bits, three digits 10 (ISO/IEC 18004:2015, 7.4.3 and 7.4.4).
    package func digitCapacity(afterPrefixOf prefixCount: Int) -> Int {
        let prefixBits = prefixCount == 0 ? 0 : 4 + 13 + prefixCount / 2 * 11 + prefixCount % 2 * 6
        let bits = largestBitCount - prefixBits - (4 + 14)
        guard bits > 0 else { return 0 }
        return bits / 10 * 3 + (bits % 10 >= 7 ? 2 : bits % 10 >= 4 ? 1 : 0)
    }
}
