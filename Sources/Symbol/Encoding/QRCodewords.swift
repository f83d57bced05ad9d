/// The codewords of a symbol: the text, padded, and what corrects it, in the order in which they are placed.
enum QRCodewords {
    /// Writes one alphanumeric segment, `prefix`, unless it is empty, and one numeric segment, `digits`.
    ///
    /// Both were checked against their alphabets, and `mold`'s layout holds them.
    static func encode(prefix: [UInt8], digits: [UInt8], mold: QRMold) -> [UInt8] {
        let layout = mold.layout
        var writer = Writer(capacity: layout.dataWords)
        if !prefix.isEmpty {
            writer.append(QRMode.alphanumeric.indicator, bits: 4)
            writer.append(prefix.count, bits: layout.countBits(.alphanumeric))
            for start in stride(from: 0, to: prefix.count - 1, by: 2) {
                writer.append(value(prefix[start]) * 45 + value(prefix[start + 1]), bits: 11)
            }
            if prefix.count % 2 == 1 { writer.append(value(prefix[prefix.count - 1]), bits: 6) }
        }
        writer.append(QRMode.numeric.indicator, bits: 4)
        writer.append(digits.count, bits: layout.countBits(.numeric))
        var start = 0
        while start < digits.count {
            let end = min(start + 3, digits.count)
            var value = 0
            for place in start..<end { value = 10 * value + Int(digits[place] - 0x30) }
            writer.append(value, bits: [0, 4, 7, 10][end - start])
            start = end
        }
        return interleaved(writer.padded(to: layout.dataWords), mold)
    }

    /// The data of all blocks in turns, the shorter blocks first, then their check words in turns (7.6).
    private static func interleaved(_ data: [UInt8], _ mold: QRMold) -> [UInt8] {
        let layout = mold.layout
        let (blocks, checkWords) = (layout.blocks, layout.checkWords)
        let short = layout.dataWords / blocks
        let shortBlocks = blocks - layout.dataWords % blocks
        var words = [UInt8](repeating: 0, count: layout.codewords)
        var start = 0
        for block in 0..<blocks {
            let count = block < shortBlocks ? short : short + 1
            for place in 0..<count {
                // Of the words that only the longer blocks have, the shorter ones leave no gap.
                let turn = place < short ? block : block - shortBlocks
                words[place * blocks + turn] = data[start + place]
            }
            let check = mold.checkWords(of: data[start..<start + count])
            for place in 0..<checkWords { words[layout.dataWords + place * blocks + block] = check[place] }
            start += count
        }
        return words
    }

    /// The value of a character in alphanumeric mode (Table 5).
    private static func value(_ character: UInt8) -> Int { Int(values[Int(character)]) }

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0, count: 128)
        for (value, character) in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()

    /// Bits, the highest first.
    private struct Writer {
        private var bytes: [UInt8] = []
        private var pending: UInt64 = 0
        private var pendingCount = 0

        init(capacity: Int) { bytes.reserveCapacity(capacity) }

        mutating func append(_ value: Int, bits count: Int) {
            pending = pending << UInt64(count) | UInt64(value)
            pendingCount += count
            while pendingCount >= 8 {
                pendingCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(pendingCount)))
            }
        }

        /// Ended with up to four zeros, filled up to a byte, then with the two pad words in turns (7.4.9 and 7.4.10).
        func padded(to count: Int) -> [UInt8] {
            var writer = self
            writer.append(0, bits: min(4, 8 * (count - bytes.count) - pendingCount))
            if writer.pendingCount > 0 { writer.append(0, bits: 8 - writer.pendingCount) }
            var pad: UInt8 = 0xEC
            while writer.bytes.count < count {
                writer.bytes.append(pad)
                pad ^= 0xEC ^ 0x11
            }
            return writer.bytes
        }
    }
}
