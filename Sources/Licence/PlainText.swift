/// Text of which nothing needs to be normalised: most of what stands in applications.
enum PlainText {
    /// Whether `text` holds a letter, a digit or a Han character, and else only these and marks that Unicode never changes;
    /// nothing white at its ends.
    ///
    /// Plain are U+0020–007E, the Han characters U+4E00–9FFF, `·`, `“`, `”`, and of CJK marks and full-width forms those that
    /// are neither white nor put onto another character: U+3001–3029, U+3030–303F, U+FF01–FF5E.
    static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let first = bytes.first, let last = bytes.last, first != 0x20, last != 0x20 else { return false }
            var isSeen = false
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x80 {
                    guard byte >= 0x20, byte < 0x7F else { return false }
                    isSeen = isSeen || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    index += 1
                } else if byte >= 0xE3 {
                    guard byte <= 0xEF else { return false }
                    let isHan = byte >= 0xE5 && byte <= 0xE9 || byte == 0xE4 && bytes[index + 1] >= 0xB8
                    guard isHan || isMark(byte, bytes[index + 1], bytes[index + 2]) else { return false }
                    isSeen = isSeen || isHan
                    index += 3
                } else if byte == 0xC2, bytes[index + 1] == 0xB7 {
                    index += 2
                } else if byte == 0xE2, bytes[index + 1] == 0x80, bytes[index + 2] | 1 == 0x9D {
                    index += 3
                } else {
                    return false
                }
            }
            return isSeen
        }
    }

    private static func isMark(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second) {
        case (0xE3, 0x80): third != 0x80 && !(0xAA...0xAF).contains(third)
        case (0xEF, 0xBC): third >= 0x81
        case (0xEF, 0xBD): third <= 0x9E
        default: false
        }
    }

    /// The number of Unicode scalars.
    static func length(_ text: String) -> Int { text.unicodeScalars.count }
}
