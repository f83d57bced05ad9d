extension ModuleGrid {
    /// Draws a symbol with the mask that has the least against it, the first of several.
    static func drawing(_ codewords: [UInt8], _ mold: QRMold) -> ModuleGrid {
        let side = mold.layout.side
        var upright = mold.upright.words
        var transposed = mold.transposed.words
        for (number, codeword) in codewords.enumerated() {
            for bit in 0..<8 {
                let place = mold.places[8 * number + bit]
                let isDark = UInt64(codeword >> UInt8(7 - bit) & 1)
                upright[Int(place.word)] |= isDark << UInt64(place.bit)
                transposed[Int(place.transposedWord)] |= isDark << UInt64(place.transposedBit)
            }
        }
        var best = upright
        var least = Int.max
        var masked = upright
        var maskedTransposed = transposed
        for mask in mold.masks {
            for word in masked.indices {
                masked[word] = upright[word] ^ mask.upright[word]
                maskedTransposed[word] = transposed[word] ^ mask.transposed[word]
            }
            let penalty = unsafe masked.withUnsafeBufferPointer { masked in
                unsafe maskedTransposed.withUnsafeBufferPointer { turned in
                    guard let masked = masked.baseAddress, let turned = turned.baseAddress else { return Int.max }
                    return unsafe MaskPenalty.of(masked, turned, side: side)
                }
            }
            if penalty < least {
                least = penalty
                swap(&best, &masked)
            }
        }
        return ModuleGrid(side: side, words: best)
    }
}
