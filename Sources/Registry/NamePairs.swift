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
        var words: [String] = []
        for (index, scalar) in plain.enumerated() {
            words.append(Self.word(scalar) + (index + 1 < plain.count ? Self.word(plain[index + 1]) : "zzzz"))
        }
        return words.joined(separator: " ")
    }

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
        let digits = Array("0123456789abcdefghijklmnopqrstuv".utf8)
        let value = Int(scalar.value)
        return String(
            decoding: [15, 10, 5, 0].map { digits[value >> $0 & 31] },
            as: UTF8.self
        )
    }
}
