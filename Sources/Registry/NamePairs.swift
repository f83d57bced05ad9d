/// A name, cut into all pairs of neighbouring letters and digits, by which any part of it is found.
///
/// Chinese has no spaces between words: an index of words would find nothing of 天长 in 天长市测试科技有限公司.
struct NamePairs {
    /// The letters and digits alone, small ones.
    private let plain: [Unicode.Scalar]

    init(_ name: String) {
        plain = name.lowercased().unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x4E00...0x9FFF, 0x30...0x39, 0x61...0x7A: true
            case 0x20...0x7E: false
            default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            }
        }
    }

    /// Each pair as one word of plain letters; the last one has nothing behind it, so that each character begins a pair.
    var text: String {
        var text: [UInt8] = []
        text.reserveCapacity(9 * plain.count)
        for (index, scalar) in plain.enumerated() {
            if index > 0 { text.append(0x20) }
            Self.append(scalar, to: &text)
            if index + 1 < plain.count { Self.append(plain[index + 1], to: &text) } else { text += Array("zzzz".utf8) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    var isOneCharacter: Bool { plain.count == 1 }

    /// What the index is asked for, in the language of FTS5: the pairs one behind the other.
    var query: String {
        guard plain.count > 1 else { return plain.first.map { "\(Self.word($0))*" } ?? "\"\"" }
        return "\"" + zip(plain, plain.dropFirst()).map { Self.word($0) + Self.word($1) }.joined(separator: " ") + "\""
    }

    /// Whether the letters and digits stand in `name` one behind the other.
    func isPart(of name: String) -> Bool {
        let whole = NamePairs(name).plain
        guard !plain.isEmpty, plain.count <= whole.count else { return false }
        return (0...whole.count - plain.count).contains { whole[$0..<$0 + plain.count].elementsEqual(plain) }
    }

    /// Four letters or digits for each scalar (32^4 are 1,048,576; the last scalar is 1,114,111, in a plane of no letters).
    private static func word(_ scalar: Unicode.Scalar) -> String {
        var word: [UInt8] = []
        append(scalar, to: &word)
        return String(decoding: word, as: UTF8.self)
    }

    private static func append(_ scalar: Unicode.Scalar, to word: inout [UInt8]) {
        for shift: UInt32 in [15, 10, 5, 0] {
            let digit = UInt8(scalar.value >> shift & 31)
            word.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
