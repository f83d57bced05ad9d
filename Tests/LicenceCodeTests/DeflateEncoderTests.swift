import TestSupport
import Testing

@testable import LicenceCode

/// The encoder that looks for the shortest stream: stock zlib reads all that it writes.
@Suite struct DeflateEncoderTests {
    static let wording = Dictionary1.bytes

    private func check(_ bytes: [UInt8], dictionary: [UInt8]) throws -> Int {
        let compressed = DeflateEncoder(dictionary: dictionary).compressed(bytes)
        let back = try Deflate.decompressed(compressed, .raw(dictionary: dictionary), limit: bytes.count)
        guard back == bytes else {
            Issue.record("\(bytes.count) bytes do not come back")
            return 0
        }
        return compressed.count
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 100, 257, 258, 259, 1_000, 33_000])
    func comesBack(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let start = Int.random(in: 0...1_000, using: &generator)
        let mixed = (0..<count).map {
            generator.one(in: 20) ? UInt8(truncatingIfNeeded: $0) : Self.wording[(start + $0) % Self.wording.count]
        }
        let repeated = [UInt8](repeating: 7, count: count)
        let noise = generator.bytes(count)
        let few = (0..<count).map { _ in UInt8.random(in: 0...3, using: &generator) }
        for bytes in [mixed, repeated, noise, few] {
            for dictionary in [[], Array(Self.wording.prefix(2)), Self.wording] {
                _ = try check(bytes, dictionary: dictionary)
            }
        }
    }

    @Test func isNeverLongerThanZlibAtItsHighestLevel() throws {
        var invention = Invention(seed: 8)
        var (ours, theirs) = (0, 0)
        for _ in 0..<300 {
            let bytes = CompactText.encoded(try invention.claims().texts)
            let count = try check(bytes, dictionary: Self.wording)
            let zlib = try Deflate.compressed(bytes, .raw(dictionary: Self.wording)).count
            #expect(count <= zlib)
            (ours, theirs) = (ours + count, theirs + zlib)
        }
        #expect(ours < theirs)
    }

    @Test func findsWhatALazyMatcherMisses() throws {
        // Greedy takes abc, then bcdefgh has to start one late; one match is best.
        let dictionary = Array("abcx--bcdefghijkl--yzab".utf8)
        let compressed = DeflateEncoder(dictionary: dictionary).compressed(Array("yzabcdefghijkl".utf8))
        #expect(compressed.count <= 8)
    }

    @Test func distancesReachTheWholeWindowAndNoFurther() throws {
        var generator = SeededGenerator(seed: 9)
        let dictionary = generator.bytes(40_000)
        for start in [7_232, 7_233, 7_300, 39_990] {
            let text = Array(dictionary[start..<min(start + 60, 40_000)])
            let count = try check(text, dictionary: dictionary)
            #expect(count < 12)
        }
        // What lies before the last 32,768 bytes cannot be reached.
        #expect(try check(Array(dictionary[100..<160]), dictionary: dictionary) > 55)
    }

    @Test func takesDynamicCodesWhereTheyAreShorter() throws {
        var generator = SeededGenerator(seed: 10)
        // Two symbols of 9 bits under the fixed codes.
        let text = (0..<400).map { _ in generator.one(in: 2) ? UInt8(200) : 201 }
        #expect(try check(text, dictionary: []) < 90)
    }

    @Test func theSameTextAlwaysGetsTheSameBytes() throws {
        var invention = Invention(seed: 11)
        let bytes = CompactText.encoded(try invention.claims().texts)
        let first = DeflateEncoder.dictionary1.compressed(bytes)
        for _ in 0..<5 { #expect(DeflateEncoder(dictionary: Self.wording).compressed(bytes) == first) }
    }

    @Test func repetitiveTextDoesNotTakeForEver() throws {
        let text = (0..<33_000).map { UInt8($0 % 251 < 250 ? 0 : $0 / 251 % 7) }
        _ = try check(text, dictionary: Self.wording)
    }

    @Test(arguments: [1, 2, 3, 5, 7, 15], [2, 3, 20, 286])
    func aPrefixCodeIsCompleteAndWithinItsLimit(limit: Int, symbols: Int) {
        guard 1 << limit >= symbols else { return }
        var generator = SeededGenerator(seed: UInt64(limit * 1_000 + symbols))
        // Fibonacci-like frequencies ask for the longest codes.
        let frequencies = (0..<symbols).map { 1 << min($0, 40) + Int.random(in: 0...1, using: &generator) }
        let code = PrefixCode(frequencies: frequencies, limit: limit)
        #expect(code.lengths.allSatisfy { (1...limit).contains($0) })
        #expect(code.lengths.reduce(0) { $0 + 1 << (limit - $1) } == 1 << limit)
    }
}
