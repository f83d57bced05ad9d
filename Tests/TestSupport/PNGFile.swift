/// A PNG taken apart into its chunks, so that tests look at the file and not at what a library says of it.
package struct PNGFile {
    package struct Chunk {
        package var type: String
        package var data: [UInt8]
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    package var chunks: [Chunk]

    package init(_ bytes: [UInt8]) {
        chunks = []
        var rest = bytes.dropFirst(Self.signature.count)
        while rest.count >= 12 {
            let count = Self.number(rest.prefix(4))
            let type = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
            chunks.append(Chunk(type: type, data: Array(rest.dropFirst(8).prefix(count))))
            rest = rest.dropFirst(12 + count)
        }
    }

    /// The file again, with checksums that are right whatever the chunks hold.
    package var bytes: [UInt8] {
        chunks.reduce(into: Self.signature) { bytes, chunk in
            let body = Array(chunk.type.utf8) + chunk.data
            bytes += Self.bytes(UInt32(chunk.data.count)) + body + Self.bytes(Self.checksum(body))
        }
    }

    package subscript(type: String) -> [UInt8]? {
        chunks.first { $0.type == type }?.data
    }

    package static func number(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    package static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    /// CRC-32 (PNG specification, annex D).
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
    }
}
