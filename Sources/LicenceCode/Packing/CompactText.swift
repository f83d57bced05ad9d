/// Text in which a Han character takes two bytes and the most frequent characters one.
///
/// ```
/// 00            between texts
/// 01 hh ll      a character below U+10000 that has no shorter form
/// 02 xx xx xx   a character from U+10000 on
/// 03–1F         29 frequent characters
/// 20–4D         ASCII as it is
/// 4E–9F ll      U+4E00 to U+9FFF, as in UTF-16BE
/// A0–CD         46 frequent characters
/// CE–FE         ASCII 4E to 7E, plus 80
/// FF            one frequent character
/// ```
///
/// Every character has one form. Under the fixed codes of DEFLATE bytes below 90 are the cheap ones.
package enum CompactText {
    /// The bytes of `texts`, separated.
    package static func encoded(_ texts: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (number, text) in texts.enumerated() {
            if number > 0 { bytes.append(Lead.separator) }
            for scalar in text.unicodeScalars { append(scalar.value, to: &bytes) }
        }
        return bytes
    }

    /// The same of texts that are the lines of one.
    static func encoded(linesOf text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if scalar == "\n" { bytes.append(Lead.separator) } else { append(scalar.value, to: &bytes) }
        }
        return bytes
    }

    private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        let short = value < 0x10000 ? Table.byteOfCharacter[Int(value)] : 0
        if short != 0 {
            bytes.append(short)
        } else if (0x4E00...0x9FFF).contains(value) {
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else if value < 0x10000 {
            bytes.append(Lead.basic)
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
            bytes.append(UInt8(truncatingIfNeeded: value))
        } else {
            bytes.append(Lead.supplementary)
            bytes.append(UInt8(value >> 16))
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
            bytes.append(UInt8(truncatingIfNeeded: value))
        }
    }

    /// The UTF-8 of `bytes`, separators kept.
    ///
    /// - Throws: for a character that is cut off, is none of Unicode's, or has a shorter form.
    package static func utf8(_ bytes: [UInt8]) throws(CodeError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 2)
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            index += 1
            let single = Table.characterOfByte[Int(lead)]
            if single != 0 {
                appendUTF8(UInt32(single), to: &output)
            } else if lead == Lead.separator {
                output.append(0)
            } else {
                let count = lead == Lead.basic ? 2 : lead == Lead.supplementary ? 3 : 1
                guard index + count <= bytes.count else { throw refusal("a character is cut off") }
                var value: UInt32 = lead > Lead.supplementary ? UInt32(lead) : 0
                for next in bytes[index..<index + count] { value = value << 8 | UInt32(next) }
                index += count
                try check(value, lead: lead)
                appendUTF8(value, to: &output)
            }
        }
        return output
    }

    /// That `value`, written behind `lead`, has no shorter form and exists.
    private static func check(_ value: UInt32, lead: UInt8) throws(CodeError) {
        if lead == Lead.supplementary {
            guard (0x10000...0x10FFFF).contains(value) else { throw refusal("a character is written too long") }
            return
        }
        guard Table.byteOfCharacter[Int(value)] == 0, value != 0,
            lead > Lead.supplementary || !(0x4E00...0x9FFF).contains(value)
        else { throw refusal("a character is written too long") }
        guard !(0xD800...0xDFFF).contains(value) else { throw refusal("a surrogate is no character") }
    }

    private static func appendUTF8(_ value: UInt32, to output: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) & 0x3F | 0x80 }
        switch value {
        case ..<0x80: output.append(UInt8(truncatingIfNeeded: value))
        case ..<0x800:
            output.append(UInt8(truncatingIfNeeded: value >> 6) | 0xC0)
            output.append(tail(0))
        case ..<0x10000:
            output.append(UInt8(truncatingIfNeeded: value >> 12) | 0xE0)
            output.append(tail(6))
            output.append(tail(0))
        default:
            output.append(UInt8(truncatingIfNeeded: value >> 18) | 0xF0)
            output.append(tail(12))
            output.append(tail(6))
            output.append(tail(0))
        }
    }

    private static func refusal(_ reason: String) -> CodeError { CodeError(.badText, reason) }

    /// The bytes that begin something.
    private enum Lead {
        static let separator: UInt8 = 0
        static let basic: UInt8 = 1
        static let supplementary: UInt8 = 2
    }

    /// The characters of one byte, both ways.
    private enum Table {
        /// 0 for a byte that is no character by itself.
        static let characterOfByte: [UInt16] = {
            var table = [UInt16](repeating: 0, count: 256)
            for byte in 0x20...0x4D { table[byte] = UInt16(byte) }
            for byte in 0xCE...0xFE { table[byte] = UInt16(byte - 0x80) }
            let places = Array(0x03...0x1F) + Array(0xA0...0xCD) + [0xFF]
            for (place, scalar) in zip(places, Dictionary1.frequentCharacters.unicodeScalars) {
                table[place] = UInt16(truncatingIfNeeded: scalar.value)
            }
            return table
        }()

        /// 0 for a character that has no byte of its own.
        static let byteOfCharacter: [UInt8] = {
            var table = [UInt8](repeating: 0, count: 0x10000)
            for (byte, character) in characterOfByte.enumerated() where character != 0 {
                table[Int(character)] = UInt8(byte)
            }
            return table
        }()
    }
}
