import Testing

@testable import LicenceCode

@Suite struct IssuerNumberTests {
    @Test(arguments: [
        (1, "01", "01"), (127, "7f", "7f"), (128, "8100", "80"), (255, "817f", "ff"), (256, "8200", "0100"),
        (16_383, "ff7f", "3fff"), (16_384, "818000", "4000"), (65_536, "848000", "010000"),
        (2_097_151, "ffff7f", "1fffff"),
    ])
    func hasOneShortestForm(value: Int, base128: String, bigEndian: String) throws {
        let number = try #require(IssuerNumber(value))
        #expect(number.base128 == hex(base128))
        #expect(number.bigEndian == hex(bigEndian))
        let (read, used) = try IssuerNumber.read(base128: (hex(base128) + [0xFF])[...])
        #expect(read == number)
        #expect(used == hex(base128).count)
    }

    @Test(arguments: [0, -1, 2_097_152, .max, .min])
    func endsAtItsBounds(value: Int) {
        #expect(IssuerNumber(value) == nil)
    }

    @Test(arguments: [
        ("00", CodeError.Code.impossibleClaim), ("8001", .notDeterministic), ("808001", .notDeterministic),
        ("80", .notDeterministic), ("", .truncated), ("81", .truncated), ("8181", .truncated), ("81818101", .truncated),
        ("ffffff7f", .truncated),
    ])
    func refusesOtherForms(bytes: String, code: CodeError.Code) {
        #expect(CodeError.code { () throws(CodeError) in _ = try IssuerNumber.read(base128: hex(bytes)[...]) } == code)
    }

    @Test func everyNumberComesBack() throws {
        for value in stride(from: 1, through: IssuerNumber.maximum, by: 97) {
            let number = try #require(IssuerNumber(value))
            guard try IssuerNumber.read(base128: number.base128[...]) == (number, number.base128.count) else {
                Issue.record("\(value) does not come back")
                return
            }
        }
    }
}
