import TestSupport
import Testing

@testable import LicenceCode

/// Numbers of seven bits a byte, and fields of whole bytes.
@Suite struct PackedBytesTests {
    @Test(
        arguments: [
            (0, "00"), (1, "01"), (127, "7f"), (128, "8100"), (255, "817f"), (256, "8200"), (16_383, "ff7f"),
            (16_384, "818000"), (65_536, "848000"), (2_097_151, "ffff7f"), (1 << 63 - 1, "ffffffffffffffff7f"),
        ] as [(UInt64, String)]
    )
    func aNumberHasOneShortestForm(value: UInt64, bytes: String) throws {
        var writer = PackedWriter()
        writer.number(value)
        #expect(writer.bytes == hex(bytes))
        var reader = PackedReader((hex(bytes) + [0xFF])[...])
        #expect(try reader.number() == value)
        #expect(Array(reader.rest) == [0xFF])
    }

    @Test(arguments: [
        ("8001", CodeError.Code.notDeterministic), ("808001", .notDeterministic), ("80", .notDeterministic),
        ("", .truncated), ("81", .truncated), ("8181", .truncated), ("ffffffffffffffffff7f", .impossibleClaim),
        ("ffffffffffffffffffffff", .impossibleClaim),
    ])
    func refusesOtherForms(bytes: String, code: CodeError.Code) {
        var reader = PackedReader(hex(bytes)[...])
        #expect(CodeError.code { () throws(CodeError) in _ = try reader.number() } == code)
    }

    @Test func numbersComeBack() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<10_000 {
            let value =
                UInt64.random(in: 0...UInt64.max, using: &generator) >> UInt64.random(in: 1...63, using: &generator)
            var writer = PackedWriter()
            writer.number(value)
            writer.signed(Int(value) / 2)
            writer.signed(-Int(value) / 2)
            var reader = PackedReader(writer.bytes[...])
            let back = (try reader.number(), try reader.signed(), try reader.signed())
            guard back == (value, Int(value) / 2, -Int(value) / 2), reader.rest.isEmpty else {
                Issue.record("\(value) does not come back")
                return
            }
        }
    }

    @Test(arguments: [(0, 0), (-1, 1), (1, 2), (-2, 3), (2, 4)] as [(Int, UInt64)])
    func smallNumbersOfEitherSignAreSmall(value: Int, folded: UInt64) {
        #expect(PackedWriter.folded(value) == folded)
        #expect(PackedReader.unfolded(folded) == value)
    }

    @Test func fieldsAreReadWholeOrNotAtAll() throws {
        var writer = PackedWriter()
        writer.fixed(0x0102_0304, bytes: 3)
        #expect(writer.bytes == [2, 3, 4])
        var reader = PackedReader(writer.bytes[...])
        #expect(throws: CodeError.self) { try reader.fixed(bytes: 4) }
        #expect(try reader.fixed(bytes: 3) == 0x02_0304)
        #expect(throws: CodeError.self) { try reader.byte() }
    }
}
