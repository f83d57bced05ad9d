import LicenceCode
import Symbol
import TestSupport

extension FuzzTarget {
    /// Pictures, searched for codes.
    ///
    /// PNG files are also changed chunk by chunk, checksums kept right, and behind their compression.
    static let image = FuzzTarget(
        "image",
        maximumBytes: 16_384,
        words: ["IHDR", "PLTE", "tRNS", "gAMA", "IDAT", "IEND"].map { Array($0.utf8) }
            + [[0xFF, 0xC0], [0xFF, 0xC2], [0xFF, 0xC4], [0xFF, 0xDA], [0xFF, 0xDD], [0xFF, 0xD9]],
        seeds: {
            try [1, 20, 100].flatMap { count in
                let code = try QRCode(prefix: "LICET:", digits: String(repeating: "7", count: count))
                return [try SymbolPNG(code, moduleSize: 0.1, dpi: 254).bytes, try SymbolPNG(code, dpi: 127).bytes]
            }
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
            guard let texts = try? SymbolReader.texts(inImage: bytes) else { return }
            invariant(Set(texts).count == texts.count, "each text is named once")
        }
    )
}
