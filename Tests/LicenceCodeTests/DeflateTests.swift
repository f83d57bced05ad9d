import Foundation
import OpenSSL
import TestSupport
import Testing

@testable import LicenceCode

@Suite struct DeflateTests {
    static let raw = Deflate.Wrapping.raw(dictionary: Dictionary1.bytes)

    @Test func theDictionaryIsTheOneThatWasFrozen() throws {
        let frozen = try Vectors.bytes("dictionary-1.bin")
        #expect(Dictionary1.bytes == frozen)
        #expect(
            Digest(of: frozen).description == "b091d44dc6bb6d7f76f3989f9e68a965fba583dabf9e22c949e2ebd49d695735"
        )
        #expect(frozen.count <= 32_768)
    }

    @Test(arguments: [0, 1, 2, 100, 1_000, 49_152, 200_000])
    func comesBack(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let wording = Dictionary1.bytes
        let start = Int.random(in: 0...1_000, using: &generator)
        let bytes = (0..<count).map {
            generator.one(in: 40) ? UInt8(truncatingIfNeeded: $0) : wording[(start + $0) % wording.count]
        }
        for wrapping in [Self.raw, .raw(dictionary: []), .zlib] {
            let compressed = try Deflate.compressed(bytes, wrapping)
            #expect(try Deflate.decompressed(compressed, wrapping, limit: count) == bytes)
            #expect(try Deflate.decompressed(compressed, wrapping, limit: count + 70_000) == bytes)
            if count > 0 {
                let code = CodeError.code { () throws(CodeError) in
                    _ = try Deflate.decompressed(compressed, wrapping, limit: count - 1)
                }
                #expect(code == .tooLong)
            }
        }
    }

    @Test func theDictionaryShortensALicence() throws {
        let text = CompactText.encoded(["天长市晨光食品有限公司", "有限责任公司(自然人独资)", "一般项目：食品销售；日用百货销售"])
        let with = try Deflate.compressed(text, Self.raw)
        #expect(with.count * 3 < (try Deflate.compressed(text, .raw(dictionary: []))).count * 2)
    }

    @Test func stockZlibReadsIt() throws {
        let text = Array("天长市晨光食品有限公司;有限责任公司(自然人独资)𠮷".utf8)
        let script = """
            import sys, zlib
            data, dictionary = (open(name, "rb").read() for name in sys.argv[1:])
            stream = zlib.decompressobj(-15, zdict=dictionary)
            sys.stdout.buffer.write(stream.decompress(data))
            sys.exit(0 if stream.eof and not stream.unused_data else 1)
            """
        try TemporaryFolder.with { folder in
            let files = ["data", "dictionary"].map { folder.appending(path: $0) }
            try Data(Deflate.compressed(text, Self.raw)).write(to: files[0])
            try Data(Dictionary1.bytes).write(to: files[1])
            let result = try Tool.run("python3", ["-c", script] + files.map(\.path))
            #expect(result.status == 0, "\(result.errors)")
            #expect(Array(result.output) == text)
        }
    }

    @Test func refusesTrailingBytes() throws {
        for wrapping in [Self.raw, .zlib] {
            let compressed = try Deflate.compressed([1, 2, 3], wrapping)
            for tail in [[0], [0xFF], compressed] as [[UInt8]] {
                let code = CodeError.code { () throws(CodeError) in
                    _ = try Deflate.decompressed(compressed + tail, wrapping, limit: 100)
                }
                #expect(code == .trailingBytes)
            }
        }
    }

    /// A block of fixed codes that holds `a` and ends with its 18th bit: 6 bits are left.
    @Test(arguments: 2..<8) func refusesUnusedBitsThatAreSet(bit: UInt8) throws {
        let block = hex("4b0400")
        #expect(try Deflate.decompressed(block, .raw(dictionary: []), limit: 9) == Array("a".utf8))
        let changed = Array(block.dropLast()) + [block[2] | 1 << bit]
        let code = CodeError.code { () throws(CodeError) in
            _ = try Deflate.decompressed(changed, .raw(dictionary: []), limit: 9)
        }
        #expect(code == .trailingBytes)
    }

    @Test func refusesEveryTruncation() throws {
        let compressed = try Deflate.compressed(Array("天长市晨光食品有限公司".utf8), Self.raw)
        for count in 0..<compressed.count {
            let code = CodeError.code { () throws(CodeError) in
                _ = try Deflate.decompressed(Array(compressed.prefix(count)), Self.raw, limit: 1_000)
            }
            #expect(code == .badCompression)
        }
    }

    @Test func readsAStreamThatEndsWithAnEmptyStoredBlock() throws {
        #expect(try Deflate.decompressed(hex("000100feff 61 010000ffff"), .raw(dictionary: []), limit: 9) == [0x61])
    }

    @Test(arguments: ["06", "07", "feff", "000100ffff61", "ed", "4b04"])
    func refusesDamage(bytes: String) {
        let code = CodeError.code { () throws(CodeError) in
            _ = try Deflate.decompressed(hex(bytes), .raw(dictionary: []), limit: 100)
        }
        #expect(code == .badCompression)
    }

    @Test func refusesAZlibStreamThatAsksForADictionaryOrHasAWrongChecksum() throws {
        var compressed = try Deflate.compressed([1, 2, 3], .zlib)
        compressed[compressed.count - 1] ^= 1
        for bytes in [compressed, hex("78bb00000000 010000ffff")] {
            let code = CodeError.code { () throws(CodeError) in
                _ = try Deflate.decompressed(bytes, .zlib, limit: 100)
            }
            #expect(code == .badCompression)
        }
    }

    /// In a process of its own, since the memory of this one is everybody's.
    @Test func a64MiBBombIsRefusedInLittleMemory() async {
        await #expect(processExitsWith: .success) {
            let bomb = Bomb.bytes(inflatingTo: 64 << 20)
            let before = try Bomb.peakMemory()
            let code = CodeError.code { () throws(CodeError) in
                _ = try Deflate.decompressed(
                    bomb,
                    .raw(dictionary: Dictionary1.bytes),
                    limit: TextCoding.maximumBytes
                )
            }
            #expect(code == .tooLong)
            #expect(try Bomb.peakMemory() - before < 32 << 20)
        }
    }

    /// The bomb of the last test is one.
    @Test func theBombHoldsWhatItSays() throws {
        let limit = 1 << 20
        let inflated = try Deflate.decompressed(Bomb.bytes(inflatingTo: limit), .raw(dictionary: []), limit: limit)
        #expect(inflated.count > limit - 258)
        #expect(inflated.allSatisfy { $0 == 0 })
    }
}

/// A DEFLATE stream that is nothing but one zero and its repetitions, 258 at a time.
enum Bomb {
    static func bytes(inflatingTo count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var hold: UInt32 = 0
        var used: UInt32 = 0
        /// Huffman codes are packed from their greatest bit on (RFC 1951, section 3.1.1).
        func put(_ code: UInt32, _ width: UInt32) {
            for shift in (0..<width).reversed() {
                hold |= (code >> shift & 1) << used
                used += 1
                if used == 8 {
                    bytes.append(UInt8(hold))
                    (hold, used) = (0, 0)
                }
            }
        }
        put(0b110, 3)  // last block; fixed codes, whose number 1 has its least bit first
        put(0b0011_0000, 8)  // the literal 0
        for _ in 0..<(count - 1) / 258 { put(0b1100_0101 << 5, 13) }  // length 258, distance 1
        put(0, 7)
        put(0, (8 - used) % 8)
        return bytes
    }

    /// The greatest resident memory of this process so far, in bytes.
    static func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) * 1_024
    }
}
