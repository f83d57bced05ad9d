import Testing

@testable import LicenceCode

@Suite struct IssuerNumberTests {
    @Test(arguments: [
        (1, "01"), (127, "7f"), (255, "ff"), (256, "0100"), (16_384, "4000"), (65_536, "010000"), (2_097_151, "1fffff"),
    ])
    func hasOneKeyIdentifier(value: Int, bigEndian: String) throws {
        let number = try #require(IssuerNumber(value))
        #expect(number.bigEndian == hex(bigEndian))
        #expect(IssuerNumber(bigEndian: hex(bigEndian)) == number)
    }

    @Test(arguments: [0, -1, 2_097_152, .max, .min])
    func endsAtItsBounds(value: Int) {
        #expect(IssuerNumber(value) == nil)
    }
}
