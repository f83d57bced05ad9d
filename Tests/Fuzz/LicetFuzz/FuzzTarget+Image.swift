import LicenceCode
import Symbol
import TestSupport

extension FuzzTarget {
    /// Pictures, searched for codes.
    ///
    /// PNG files are also changed chunk by chunk, checksums kept right, and behind their compression. The time to decode a
    /// picture and to go over it grows with its pixels, so those of more than a megapixel are passed over here: their
    /// bound is not one second.
    static let image = FuzzTarget(
        "image",
        maximumBytes: 16_384,
        words: ["IHDR", "PLTE", "tRNS", "gAMA", "IDAT", "IEND"].map { Array($0.utf8) }
            + [[0xFF, 0xC0], [0xFF, 0xC2], [0xFF, 0xC4], [0xFF, 0xDA], [0xFF, 0xDD], [0xFF, 0xD9]],
        seeds: {
            let symbols = try [1, 20, 100].flatMap { count in
                let code = try QRCode(prefix: "LICET:", digits: String(repeating: "7", count: count))
                return [try SymbolPNG(code, moduleSize: 0.1, dpi: 254).bytes, try SymbolPNG(code, dpi: 127).bytes]
            }
            return try symbols + [(10, 1), (30, 1), (12, 5)].map { try cornerMarks($0, module: $1) }
        },
        mutate: { bytes, generator in
            var file = PNGFile(bytes)
            guard generator.one(in: 2), file.bytes == bytes,
                let place = file.chunks.indices.randomElement(using: &generator)
            else { return LibFuzzer.mutate(&bytes) }
            var data = file.chunks[place].data
            let isPixels = file.chunks[place].type == "IDAT"
            let rows = isPixels ? try? Deflate.decompressed(data, .zlib, limit: 1 << 20) : nil
            if var rows {
                LibFuzzer.mutate(&rows, limit: rows.count)
                data = (try? Deflate.compressed(rows, .zlib)) ?? data
            } else {
                LibFuzzer.mutate(&data)
            }
            file.chunks[place].data = data
            bytes = file.bytes
        },
        run: { bytes in
            guard pixels(of: bytes) <= 1_000_000, let texts = try? SymbolReader.texts(inImage: bytes) else { return }
            invariant(Set(texts).count == texts.count, "each text is named once")
        }
    )

    /// Nothing but corner marks, for which a search takes longest.
    private static func cornerMarks(_ count: Int, module: Int) throws -> [UInt8] {
        let side = 8 * module * count
        let pixels: [UInt8] = (0..<side * side).map { place in
            let (column, row) = (place % side / module % 8, place / side / module % 8)
            return column == 7 || row == 7 || max(abs(column - 3), abs(row - 3)) == 2 ? 255 : 0
        }
        return try PNGFile(width: side, height: side, pixels: pixels).bytes
    }

    /// Width times height, as the first header says that the decoder would take.
    private static func pixels(of bytes: [UInt8]) -> Int {
        let isPNG = ImageFormat(magicOf: bytes) == .png
        // IHDR stands first; a JPEG frame is a marker of C0 to CF with length and precision before its sides.
        let frame = bytes.indices.first { index in
            bytes[index] == 0xFF && bytes[index...].dropFirst().first.map { (0xC0...0xCF).contains($0) } ?? false
                && ![0xC4, 0xC8, 0xCC].contains(bytes[index + 1])
        }
        let sides = isPNG ? bytes.dropFirst(16).prefix(8) : bytes.dropFirst((frame ?? bytes.count) + 5).prefix(4)
        let half = sides.count / 2
        return [sides.prefix(half), sides.suffix(half)].reduce(1) { product, side in
            product * side.reduce(0) { min($0 << 8 | Int($1), 1 << 24) }
        }
    }
}
