import LicenceCode

extension PNGFile {
    /// An 8-bit grey picture, row by row.
    package init(width: Int, height: Int, pixels: [UInt8]) throws {
        let rows = stride(from: 0, to: width * height, by: width).flatMap { [0] + pixels[$0..<$0 + width] }
        chunks = [
            Chunk(
                type: "IHDR",
                data: Self.bytes(UInt32(width)) + Self.bytes(UInt32(height)) + [8, 0, 0, 0, 0]
            ),
            Chunk(type: "IDAT", data: try Deflate.compressed(rows, .zlib)),
            Chunk(type: "IEND", data: []),
        ]
    }
}
