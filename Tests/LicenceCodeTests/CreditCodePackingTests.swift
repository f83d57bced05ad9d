import Licence
import TestSupport
import Testing

@testable import LicenceCode

@Suite struct CreditCodePackingTests {
    private func packed(_ code: String, _ kind: LicenceKind) throws -> [UInt8] {
        var writer = PackedWriter()
        try CreditCodePacking.write(CreditCode(code), of: kind, to: &writer)
        return writer.bytes
    }

    /// Computed with Python from the numbers that the specification names.
    @Test(arguments: [
        ("91110000600037341L", LicenceKind.company), ("91440300708461136T", .company),
        ("91110108551385082Q", .partnership), ("92141127MA0KD1Y64A", .individualBusiness),
    ])
    func publicCodesTakeEightBytes(text: String, kind: LicenceKind) throws {
        let bytes = try packed(text, kind)
        #expect(bytes.count == 8)
        var reader = PackedReader(bytes[...])
        let (code, read) = try CreditCodePacking.read(from: &reader)
        #expect(code.text == text)
        #expect(read == kind)
        #expect(reader.rest.isEmpty)
    }

    @Test func isTheNumberOfTheSpecification() throws {
        // 92141127MA0KD1Y64A: class 1, division 141127, body MA0KD1Y6, whose check is 4.
        let digits = "MA0KD1Y6".utf8.compactMap(CreditCode.value).reduce(UInt64(0)) { $0 * 31 + UInt64($1) }
        var number: UInt64 = ((1 * 900_000 + 41_127) * 852_891_037_441 + digits) * 2
        var expected: [UInt8] = []
        for _ in 0..<8 {
            expected.insert(UInt8(number & 0xFF), at: 0)
            number >>= 8
        }
        #expect(try packed("92141127MA0KD1Y64A", .individualBusiness) == expected)
    }

    @Test func randomCodesOfEveryKindComeBack() throws {
        var invention = Invention(seed: 3)
        var sizes: [Int: Int] = [:]
        for _ in 0..<3_000 {
            let kind = LicenceKind.allCases.randomElement(using: &invention.generator) ?? .company
            let code = try invention.creditCode(of: kind)
            guard code.hasMatchingCheckCharacter else {
                #expect(!CreditCodePacking.canSay(code, of: kind))
                continue
            }
            var writer = PackedWriter()
            CreditCodePacking.write(code, of: kind, to: &writer)
            sizes[writer.bytes.count, default: 0] += 1
            var reader = PackedReader(writer.bytes[...])
            let back = try CreditCodePacking.read(from: &reader)
            #expect(back.0 == code)
            #expect(back.1 == kind)
        }
        #expect(Set(sizes.keys) == [8, 9])
    }

    @Test func aBranchOfACooperativeHasAClassOfItsOwn() throws {
        let code = try Sample.creditCode(5, category: "3")
        #expect(CreditCodePacking.canSay(code, of: .branch))
        #expect(CreditCodePacking.canSay(code, of: .cooperative))
        #expect(!CreditCodePacking.canSay(code, of: .company))
        #expect(try packed(code.text, .branch) != packed(code.text, .cooperative))
    }

    @Test(arguments: ["ffffffffffffffff", "aa8d2b4f6a1c0000"])
    func refusesAKindBeyondTheLast(bytes: String) {
        // 8 · 900,000 · 31⁸ · 2 = aa8c…; what lies above has no class.
        var reader = PackedReader(hex(bytes)[...])
        let code = CodeError.code { () throws(CodeError) in _ = try CreditCodePacking.read(from: &reader) }
        #expect(code == .impossibleClaim)
    }

    @Test func refusesADivisionOfNoProvince() {
        // Class 0, division 100001.
        var writer = PackedWriter()
        writer.fixed(852_891_037_441 * 2, bytes: 8)
        var reader = PackedReader(writer.bytes[...])
        let code = CodeError.code { () throws(CodeError) in _ = try CreditCodePacking.read(from: &reader) }
        #expect(code == .impossibleClaim)
    }

    @Test(arguments: [4, 31, 255] as [UInt8])
    func refusesACharacter17ThatIsCarriedInVainOrIsNone(value: UInt8) throws {
        var bytes = try packed("92141127MA0KD1Y64A", .individualBusiness)
        bytes[7] |= 1
        var reader = PackedReader((bytes + [value])[...])
        let code = CodeError.code { () throws(CodeError) in _ = try CreditCodePacking.read(from: &reader) }
        #expect(code == .notDeterministic)
    }
}
