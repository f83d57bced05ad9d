/// What stands before the digits of a code, in upper case so that QR's alphanumeric mode takes it.
package struct CodePrefix: Hashable, CustomStringConvertible {
    /// `HTTPS://HOST/L/` or `LICET:`.
    package let description: String

    /// The prefix where no verify address is configured.
    package static let bare = CodePrefix(unchecked: "LICET:")

    private init(unchecked text: String) { description = text }

    /// The prefix for a verify address such as `https://lic.example.cn`.
    ///
    /// - Throws: ``CodeError/Code/notACode`` unless it is `http` or `https`, a host of letters, digits, `.` and `-`, and perhaps
    ///   a port, with no path: all that stands the same in capitals.
    package init(verifyAddress: String) throws(CodeError) {
        // Capitals of ASCII alone: Unicode's would make another host of it, STRASSE of straße.
        let upper = Self.capitals(verifyAddress)
        let trimmed = upper.hasSuffix("/") ? String(upper.dropLast()) : upper
        guard let scheme = ["HTTPS://", "HTTP://"].first(where: trimmed.hasPrefix), trimmed.utf8.count <= 120 else {
            throw CodeError(.notACode, "a verify address begins with https:// and has at most 120 characters")
        }
        let host = trimmed.dropFirst(scheme.count)
        guard Self.isHost(host) else {
            throw CodeError(
                .notACode,
                "a verify address is https:// and a host (letters, digits, '-', '.', ':port'), no path"
            )
        }
        description = trimmed + "/L/"
    }

    /// Whether `text` is a host name (RFC 1123, section 2.1) or an IPv4 address, perhaps with a port.
    private static func isHost(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count == 1 || Int(parts[1]).map((1...65_535).contains) ?? false else {
            return false
        }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            let isWord = label.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x2D
            }
            return isWord && (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
        }
    }

    /// The digits behind any prefix; which host it names says nothing about the code.
    static func digits(in text: String) throws(CodeError) -> Substring {
        // Bytes, not characters: an index into one string means nothing in another, even in its own capitals.
        if begins(text.utf8, "LICET:") { return Substring(text.utf8.dropFirst(6)) }
        guard begins(text.utf8, "HTTPS://") || begins(text.utf8, "HTTP://") else {
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw CodeError(.notACode, "not a licence code: it begins with neither LICET: nor an address with /L/")
            }
            return text[...]
        }
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")),
            capitals(String(text[...slash])).hasSuffix("/L/")
        else { throw CodeError(.notACode, "not a licence code: the address has no /L/ before digits") }
        return Substring(text.utf8[slash...].dropFirst())
    }

    /// Whether `text` begins with `capitals`, in capitals or not.
    private static func begins(_ text: String.UTF8View, _ capitals: String) -> Bool {
        text.starts(with: capitals.utf8) { byte, capital in
            byte == capital || (0x61...0x7A).contains(byte) && byte - 32 == capital
        }
    }

    /// The text with a to z in capitals, as long as it was.
    private static func capitals(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x61...0x7A).contains($0) ? $0 - 32 : $0 }, as: UTF8.self)
    }
}
