/// The symbols of DEFLATE (RFC 1951, section 3.2.5).
enum DeflateSymbols {
    static let endOfBlock = 256
    static let literalCount = 286
    static let distanceCount = 30
    static let lengths = 3...258
    static let window = 32_768

    /// The least length of each length symbol, from 257 on.
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    /// The least distance of each distance symbol.
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12_289, 16_385, 24_577,
    ]

    /// A symbol with the bits that follow it.
    struct Entry {
        let symbol: Int
        let extraBits: Int
        let extra: Int
    }

    /// Of a length, 3 to 258.
    static func length(_ length: Int) -> Entry { lengthEntries[length] }

    private static let lengthEntries: [Entry] = (0...258).map { length in
        let index = lengthBases.lastIndex { $0 <= max(length, 3) } ?? 0
        let bits = index < 8 || index == 28 ? 0 : index / 4 - 1
        return Entry(symbol: 257 + index, extraBits: bits, extra: length - lengthBases[index])
    }

    /// Of a distance, 1 to 32,768.
    static func distance(_ distance: Int) -> Entry {
        let symbol = distanceSymbol(distance)
        return Entry(
            symbol: symbol,
            extraBits: extraBits(ofDistanceSymbol: symbol),
            extra: distance - distanceBases[symbol]
        )
    }

    /// Two symbols a power of two, told apart by the bit below the highest.
    static func distanceSymbol(_ distance: Int) -> Int {
        guard distance > 4 else { return distance - 1 }
        let high = Int.bitWidth - 1 - (distance - 1).leadingZeroBitCount
        return 2 * high + ((distance - 1) >> (high - 1) & 1)
    }

    static func extraBits(ofDistanceSymbol symbol: Int) -> Int { symbol < 4 ? 0 : symbol / 2 - 1 }
}
