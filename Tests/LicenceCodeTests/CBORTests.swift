import LicenceCode
import TestSupport
import Testing

/// RFC 8949, appendix A, and every encoding that section 4.2.1 rules out.
@Suite struct CBORTests {
    @Test(arguments: [
        ("00", 0), ("01", 1), ("0a", 10), ("17", 23), ("1818", 24), ("1819", 25), ("1864", 100), ("1903e8", 1000),
        ("1a000f4240", 1_000_000), ("1b000000e8d4a51000", 1_000_000_000_000), ("20", -1), ("29", -10), ("3863", -100),
        ("3903e7", -1000), ("1b7fffffffffffffff", Int.max), ("3b7fffffffffffffff", Int.min),
    ])
    func readsAndWritesIntegers(encoded: String, value: Int) throws {
        var reader = CBORReader(hex(encoded))
        #expect(try reader.int() == value)
        try reader.finish()
        var writer = CBORWriter()
        writer.int(value)
        #expect(writer.bytes == hex(encoded))
    }

    @Test func readsTheGreatestUnsignedInteger() throws {
        var reader = CBORReader(hex("1bffffffffffffffff"))
        #expect(try reader.uint() == UInt64.max)
        for tooLarge in ["1bffffffffffffffff", "3bffffffffffffffff", "1b8000000000000000", "3b8000000000000000"] {
            var reader = CBORReader(hex(tooLarge))
            #expect(throws: CodeError.self) { try reader.int() }
        }
    }

    @Test(arguments: [
        ("60", ""), ("6161", "a"), ("6449455446", "IETF"), ("62225c", "\"\\"), ("62c3bc", "ü"), ("63e6b0b4", "水"),
        ("64f0908591", "𐅑"),
    ])
    func readsAndWritesText(encoded: String, value: String) throws {
        var reader = CBORReader(hex(encoded))
        #expect(Array(try reader.text().utf8) == Array(value.utf8))
        try reader.finish()
        var writer = CBORWriter()
        writer.text(value)
        #expect(writer.bytes == hex(encoded))
    }

    @Test(arguments: [("40", ""), ("4401020304", "01020304")])
    func readsAndWritesByteStrings(encoded: String, value: String) throws {
        var reader = CBORReader(hex(encoded))
        #expect(try reader.byteString() == hex(value))
        try reader.finish()
        var writer = CBORWriter()
        writer.byteString(hex(value))
        #expect(writer.bytes == hex(encoded))
    }

    @Test(arguments: [
        "00", "1bffffffffffffffff", "3bffffffffffffffff", "c249010000000000000000", "c349010000000000000000",
        "c074323031332d30332d32315432303a30343a30305a", "c11a514b67b0", "d74401020304", "d818456449455446",
        "d82076687474703a2f2f7777772e6578616d706c652e636f6d", "80", "83010203", "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304", "a26161016162820203",
        "826161a161626163", "a56161614161626142616361436164614461656145",
    ])
    func passesOverTheDeterministicExamples(encoded: String) throws {
        var reader = CBORReader(hex(encoded))
        try reader.skip()
        try reader.finish()
    }

    @Test(arguments: [
        "f90000", "f98000", "f93c00", "fb3ff199999999999a", "fa47c35000", "f97c00", "f97e00", "fb7ff0000000000000",
        "f4", "f5", "f6", "f7", "f0", "f8ff", "c1fb41d452d9e8200000",
    ])
    func refusesFloatingPointAndSimpleValues(encoded: String) {
        var reader = CBORReader(hex(encoded))
        #expect(throws: CodeError.self) { try reader.skip() }
    }

    @Test(arguments: [
        "5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "9f01820203820405ff",
        "83018202039f0405ff", "83019f0203ff820405", "bf61610161629f0203ffff", "826161bf61626163ff",
        "bf6346756ef563416d7421ff", "1f", "3f", "df", "ff",
    ])
    func refusesIndefiniteLengths(encoded: String) {
        var reader = CBORReader(hex(encoded))
        #expect(CodeError.code { () throws(CodeError) in try reader.skip() } == .notDeterministic)
    }

    @Test(arguments: 0...7, [28, 29, 30] as [UInt8])
    func refusesReservedLengths(major: UInt8, information: UInt8) {
        var reader = CBORReader([major << 5 | information] + [UInt8](repeating: 0, count: 16))
        #expect(CodeError.code { () throws(CodeError) in try reader.skip() } == .notDeterministic)
    }

    /// 23 in one byte more, 255 in two more, 65,535 in four more, 2^32 − 1 in eight more, and 0 in each.
    @Test(
        arguments: 0...6,
        [
            "1817", "1800", "1900ff", "190000", "190017", "1a0000ffff", "1a00000000", "1b00000000ffffffff",
            "1b0000000000000000", "1b000000000000ffff",
        ]
    )
    func refusesNumbersAndLengthsThatAreNotTheShortest(major: UInt8, head: String) {
        var bytes = hex(head)
        bytes[0] |= major << 5
        var reader = CBORReader(bytes + [UInt8](repeating: 0, count: 70_000))
        #expect(CodeError.code { () throws(CodeError) in try reader.skip() } == .notDeterministic)
    }

    @Test(arguments: ["1818", "18ff", "190100", "19ffff", "1a00010000", "1affffffff", "1b0000000100000000"])
    func takesTheLeastNumberOfEachSize(encoded: String) throws {
        var reader = CBORReader(hex(encoded))
        _ = try reader.int()
        try reader.finish()
    }

    @Test(arguments: ["a2020a010b", "a2010a010a", "a220000100", "a218180000 00", "a21903e80018 6400"])
    func refusesIntegerKeysOutOfOrderOrTwice(encoded: String) {
        var reader = CBORReader(hex(encoded))
        let code = CodeError.code { () throws(CodeError) in
            try reader.map { _, reader throws(CodeError) in _ = try reader.int() }
        }
        #expect(code == .notDeterministic)
        var skipper = CBORReader(hex(encoded))
        #expect(CodeError.code { () throws(CodeError) in try skipper.skip() } == .notDeterministic)
    }

    /// By bytes, not by length first as RFC 7049 had it.
    @Test func ordersKeysByTheirBytes() throws {
        var keys: [Int] = []
        var reader = CBORReader(hex("a4 0a00 1864 00 20 00 3863 00"))
        try reader.map { key, reader throws(CodeError) in
            keys.append(key)
            _ = try reader.int()
        }
        #expect(keys == [10, 100, -1, -100])
        var older = CBORReader(hex("a2 20 00 1864 00"))
        #expect(CodeError.code { () throws(CodeError) in try older.skip() } == .notDeterministic)
    }

    @Test(arguments: ["a2616201616101", "a2616101616101", "a2626161016162 01"])
    func refusesTextKeysOutOfOrderOrTwice(encoded: String) {
        var reader = CBORReader(hex(encoded))
        let code = CodeError.code { () throws(CodeError) in
            try reader.textMap { _, reader throws(CodeError) in _ = try reader.int() }
        }
        #expect(code == .notDeterministic)
    }

    @Test(arguments: [
        "61 ff", "61 80", "62 c080", "62 c328", "63 eda080", "63 edbfbf", "64 f4908080", "61 c3", "62 e6b0",
        "64 f8808080",
        "65 f888808080", "63 e08080",
    ])
    func refusesTextThatIsNotUTF8(encoded: String) {
        var reader = CBORReader(hex(encoded))
        #expect(CodeError.code { () throws(CodeError) in _ = try reader.text() } == .notDeterministic)
        var skipper = CBORReader(hex(encoded))
        #expect(CodeError.code { () throws(CodeError) in try skipper.skip() } == .notDeterministic)
    }

    @Test(arguments: ["0000", "60ff", "a000", "8000"])
    func refusesTrailingBytes(encoded: String) throws {
        var reader = CBORReader(hex(encoded))
        try reader.skip()
        #expect(CodeError.code { () throws(CodeError) in try reader.finish() } == .trailingBytes)
    }

    @Test(arguments: [
        "", "18", "19", "1900", "1a000000", "1b00000000000000", "41", "61", "81", "a1", "a100", "c0", "430102", "8200",
        "9affffffff", "9bffffffffffffffff", "baffffffff", "bbffffffffffffffff", "5affffffff", "5b7fffffffffffffff",
        "5bffffffffffffffff", "7bffffffffffffffff", "9b7fffffffffffffff00", "bb7fffffffffffffff00",
    ])
    func refusesLengthsBeyondTheInput(encoded: String) {
        var reader = CBORReader(hex(encoded))
        #expect(CodeError.code { () throws(CodeError) in try reader.skip() } == .truncated)
    }

    @Test(arguments: ["81", "c1", "a100"])
    func refusesNestingDeeperThan16(level: String) throws {
        for (depth, isRefused) in [(15, false), (16, true), (17, true), (100_000, true)] {
            var reader = CBORReader((0..<depth).flatMap { _ in hex(level) } + [0])
            let code = CodeError.code { () throws(CodeError) in try reader.skip() }
            #expect(code == (isRefused ? .notDeterministic : nil), "\(depth)")
        }
    }

    @Test(arguments: [("00", "60"), ("60", "00"), ("40", "60"), ("80", "a0"), ("a0", "80"), ("20", "40")])
    func refusesAnotherType(encoded: String, other: String) {
        #expect(Self.reads(encoded, like: encoded))
        #expect(!Self.reads(other, like: encoded))
    }

    @Test func whatIsWrittenIsReadBackExactly() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let value = Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 0...63, using: &generator)
            let bytes = generator.bytes(Int.random(in: 0...300, using: &generator))
            var writer = CBORWriter()
            writer.array(2)
            writer.int(value)
            writer.byteString(bytes)
            var reader = CBORReader(writer.bytes)
            #expect(try reader.array() == 2)
            #expect(try reader.int() == value)
            #expect(try reader.byteString() == bytes)
            try reader.finish()
        }
    }

    @Test func randomBytesNeverCrash() {
        var generator = SeededGenerator(seed: 12)
        var accepted = 0
        for _ in 0..<20_000 {
            var reader = CBORReader(generator.bytes(Int.random(in: 1...24, using: &generator)))
            if (try? reader.skip()) != nil { accepted += 1 }
        }
        #expect((1..<20_000).contains(accepted))
    }

    /// Whether `encoded` is read by the function that reads `type`.
    private static func reads(_ encoded: String, like type: String) -> Bool {
        var reader = CBORReader(hex(encoded))
        return CodeError.code { () throws(CodeError) in
            switch type {
            case "00": _ = try reader.uint()
            case "20": _ = try reader.int()
            case "40": _ = try reader.byteString()
            case "60": _ = try reader.text()
            case "80": _ = try reader.array()
            default: try reader.map { _, _ throws(CodeError) in }
            }
        } == nil
    }
}
