/// A code as somebody had it from a scanner or a browser, without what they put around it.
///
/// White space of ASCII on both sides, and of an address what begins with `?` or `#` behind the digits. Nothing else is changed and
/// nothing within: whether the rest is a code is for the verdict to say.
package struct PastedCode {
    package let text: String

    package init(_ given: String) {
        let bytes = given.utf8
        guard let first = bytes.first, let last = bytes.last,
            Self.isSpace(first) || Self.isSpace(last) || bytes.contains(where: Self.endsPath)
        else {
            text = given
            return
        }
        let start = bytes.drop(while: Self.isSpace)
        let end = start.lastIndex { !Self.isSpace($0) }
        let trimmed = end.map { start[...$0] } ?? start.prefix(0)
        text = String(Substring(Self.withoutQuery(trimmed) ?? trimmed))
    }

    /// The address up to its digits; nil where something else stands before the first `?` or `#`.
    private static func withoutQuery(_ text: Substring.UTF8View) -> Substring.UTF8View? {
        guard let end = text.firstIndex(where: endsPath) else { return nil }
        let address = text[..<end]
        guard let slash = address.lastIndex(of: UInt8(ascii: "/")), address.index(after: slash) != end,
            address[slash...].dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return address
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func endsPath(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") }
}
