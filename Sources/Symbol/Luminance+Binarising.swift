extension Luminance {
    /// Pixels a side of the blocks that are compared with their surroundings.
    private static let block = 8
    /// Pixels a side of the smallest picture that has enough blocks.
    static let smallestBinarised = 5 * block
    /// Below this difference of grey in a block there is nothing but paper, or nothing but ink.
    private static let leastContrast = 24

    /// The picture in black (0) and white (255): black is what is no lighter than its surroundings.
    ///
    /// Surroundings are the mean of two blocks on every side; a block without contrast counts as white, unless its
    /// neighbours are lighter than it. So ZXing's `LocalAverage` does it, bit for bit; done here, what it will find can be
    /// counted before. Both sides must be at least ``smallestBinarised``.
    var binarised: Luminance {
        precondition(min(width, height) >= Self.smallestBinarised, "too few blocks")
        let columns = (width + Self.block - 1) / Self.block
        let rows = (height + Self.block - 1) / Self.block
        let means = blockMeans(columns: columns, rows: rows)
        var result = [UInt8](repeating: 255, count: pixels.count)
        // Pointers, since checking every index takes three times as long; blocks lie within the picture.
        unsafe pixels.withUnsafeBufferPointer { source in
            unsafe result.withUnsafeMutableBufferPointer { target in
                for row in 0..<rows {
                    for column in 0..<columns {
                        let threshold = Self.threshold(means, columns, rows, column: column, row: row)
                        let start = place(column: column, row: row)
                        for line in 0..<Self.block {
                            for place in start + line * width..<start + line * width + Self.block {
                                unsafe target[place] = unsafe source[place] <= threshold ? 0 : 255
                            }
                        }
                    }
                }
            }
        }
        return Luminance(width: width, height: height, pixels: result)
    }

    /// The index of a block's first pixel; the last blocks of a row or column overlap those before.
    private func place(column: Int, row: Int) -> Int {
        min(row * Self.block, height - Self.block) * width + min(column * Self.block, width - Self.block)
    }

    private static func threshold(_ means: [UInt8], _ columns: Int, _ rows: Int, column: Int, row: Int) -> UInt8 {
        let middle = min(max(column, 2), columns - 3)
        let middleRow = min(max(row, 2), rows - 3)
        var sum = 0
        for near in middleRow - 2...middleRow + 2 {
            let start = near * columns + middle
            for place in start - 2...start + 2 { sum += Int(means[place]) }
        }
        return UInt8(sum / 25)
    }

    private func blockMeans(columns: Int, rows: Int) -> [UInt8] {
        var means = [UInt8](repeating: 0, count: columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                let (mean, least, most) = block(at: place(column: column, row: row))
                let place = row * columns + column
                means[place] = mean
                guard most - least <= Self.leastContrast else { continue }
                means[place] = least / 2
                guard row > 0, column > 0 else { continue }
                let sum = Int(means[place - columns]) + 2 * Int(means[place - 1]) + Int(means[place - columns - 1])
                let around = UInt8(sum / 4)
                if least < around { means[place] = around }
            }
        }
        return means
    }

    private func block(at start: Int) -> (mean: UInt8, least: UInt8, most: UInt8) {
        unsafe pixels.withUnsafeBufferPointer { pixels in
            var (sum, least, most): (UInt16, UInt8, UInt8) = (0, 255, 0)
            for line in 0..<Self.block {
                for place in start + line * width..<start + line * width + Self.block {
                    let pixel = unsafe pixels[place]
                    sum += UInt16(pixel)
                    least = min(least, pixel)
                    most = max(most, pixel)
                }
            }
            return (UInt8(sum / 64), least, most)
        }
    }
}
