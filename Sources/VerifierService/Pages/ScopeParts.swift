/// A long text in parts, so that no page grows beyond its 30 KB, and yet all of it can be read.
struct ScopeParts {
    /// Never empty.
    let parts: [Part]
    /// Unicode scalars of the whole.
    let length: Int

    struct Part {
        let text: String
        /// The places of its first and last scalar, counted from 1.
        let first: Int
        let last: Int
    }

    /// The most that a part may take in HTML, in bytes of UTF-8; a scope of 4,000 ideographs is one part.
    static let bytesOfPart = 12_000

    init(_ text: String) {
        var parts: [Part] = []
        var (current, bytes, first, count) = (String.UnicodeScalarView(), 0, 1, 0)
        for scalar in text.unicodeScalars {
            let more = Self.bytes(of: scalar)
            if bytes + more > Self.bytesOfPart {
                parts.append(Part(text: String(current), first: first, last: count))
                (current, bytes, first) = (String.UnicodeScalarView(), 0, count + 1)
            }
            current.append(scalar)
            bytes += more
            count += 1
        }
        parts.append(Part(text: String(current), first: first, last: count))
        self.parts = parts
        length = count
    }

    /// The part that is asked for, counted from 1; the first where there is no such part.
    func number(_ asked: Int?) -> Int { asked.map { parts.indices.contains($0 - 1) ? $0 : 1 } ?? 1 }

    /// Bytes of a scalar once it is escaped.
    private static func bytes(of scalar: Unicode.Scalar) -> Int {
        switch scalar {
        case "&", "'": 5
        case "<", ">": 4
        case "\"": 6
        default: UTF8.width(scalar)
        }
    }
}
