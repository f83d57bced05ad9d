import Foundation

/// What is asked of JSON before a decoder sees it, since decoders take the last of two equal keys without a word, guess
/// UTF-16, and Foundation's stops the program at arrays that are nested 513 deep and end there.
package enum JSONText {
    /// More than an array of applications ever has.
    static let maximumDepth = 16

    static let notUTF8 = ApplicationFileError("is not UTF-8 text; save it as UTF-8")
    static let tooDeep = ApplicationFileError("is nested deeper than an array of applications")
    static let cutOff = ApplicationFileError(
        "is not JSON: it ends before everything that it opens is closed; was it cut off?"
    )

    /// White space of RFC 8259, section 2.
    package static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    /// Whether `bytes` are well-formed is left to the decoder.
    package static func check(_ bytes: [UInt8]) throws(ApplicationFileError) {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw notUTF8
        }
        var open: [Set<ArraySlice<UInt8>>?] = []
        var position = 0
        var last: UInt8 = 0
        var string: ArraySlice<UInt8> = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"): open.append([])
            case UInt8(ascii: "["): open.append(nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // Foundation's decoder lets it pass (RFC 8259 does not).
                guard last != UInt8(ascii: ",") else {
                    throw ApplicationFileError(
                        "is not JSON: a comma stands before \(Character(Unicode.Scalar(bytes[position])))"
                    )
                }
                _ = open.popLast()
            case UInt8(ascii: "\""):
                let start = position
                position = end(ofStringAt: start, in: bytes)
                string = bytes[start..<min(position + 1, bytes.count)]
            case UInt8(ascii: ":"):
                let key = plain(string)
                guard let top = open.indices.last, open[top]?.insert(key).inserted == false else { break }
                throw ApplicationFileError("the key \(String(decoding: key, as: UTF8.self)) stands twice in one object")
            default: break
            }
            guard open.count <= maximumDepth else { throw tooDeep }
            if !isSpace(bytes[min(position, bytes.count - 1)]) {
                last = bytes[min(position, bytes.count - 1)]
            }
            position += 1
        }
        guard open.isEmpty else { throw cutOff }
    }

    /// The position of the closing quotation mark, or beyond the end.
    private static func end(ofStringAt start: Int, in bytes: [UInt8]) -> Int {
        var position = start + 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position
    }

    /// A key without its escapes, so that `"a"` and `"\u0061"` are one.
    private static func plain(_ string: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard string.contains(UInt8(ascii: "\\")) else { return string }
        let text = try? JSONDecoder().decode(String.self, from: Data(string))
        return text.map { Array("\"\($0)\"".utf8)[...] } ?? string
    }
}
