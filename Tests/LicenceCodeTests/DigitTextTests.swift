import TestSupport
import Testing

@testable import LicenceCode

@Suite struct DigitTextTests {
    @Test func writesTheDigitsThatPythonWrites() throws {
        let lines = String(decoding: try Vectors.bytes("digits.tsv"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 60)
        for line in lines {
            let parts = line.split(separator: "\t")
            let bytes = hex(String(parts[0]))
            #expect(DigitText.digits(of: bytes) == String(parts[1]))
            #expect(DigitText.bytes(of: parts[1]) == bytes)
        }
    }

    /// Every length in 1 to 128, then each seventh, so that every remainder of 8 bytes and of 19 digits comes.
    @Test(arguments: 0..<4)
    func bytesOfEveryLengthComeBack(quarter: Int) {
        var generator = SeededGenerator(seed: UInt64(quarter))
        for count in 1...2_500 where count % 4 == quarter && (count <= 128 || count % 7 == 0) {
            let bytes = [UInt8.random(in: 1...255, using: &generator)] + generator.bytes(count - 1)
            #expect(DigitText.bytes(of: DigitText.digits(of: bytes)) == bytes, "\(count) bytes")
        }
    }

    @Test func everyNumberOfTwoBytesComesBack() {
        for number in 256...65_535 {
            let bytes = [UInt8(number >> 8), UInt8(number & 0xFF)]
            guard DigitText.digits(of: bytes) == String(number), DigitText.bytes(of: String(number)) == bytes else {
                Issue.record("\(number) does not come back")
                return
            }
        }
    }

    @Test(arguments: ["", "0", "01", "00", "-1", "+1", " 1", "1 ", "1a", "１", "1\u{0661}", "1\u{0301}", "1.0", "1e3"])
    func refusesWhatIsNoNumberOrBeginsWithZero(text: String) {
        #expect(DigitText.bytes(of: text) == nil)
    }
}
