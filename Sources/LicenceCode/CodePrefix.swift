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
    ///   a port and a path of characters that QR's alphanumeric mode has and that do not depend on case.
    package init(verifyAddress: String) throws(CodeError) {
        let upper = verifyAddress.uppercased()
        let trimmed = upper.hasSuffix("/") ? String(upper.dropLast()) : upper
        guard let scheme = ["HTTPS://", "HTTP://"].first(where: trimmed.hasPrefix), trimmed.utf8.count <= 120 else {
            throw CodeError(.notACode, "a verify address begins with https:// and has at most 120 characters")
        }
        let host = trimmed.dropFirst(scheme.count)
        let allowed = host.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x2E || byte == 0x2D || byte == 0x3A
        }
        guard !host.isEmpty, allowed else {
            throw CodeError(
                .notACode,
                "a verify address is https:// and a host (letters, digits, '-', '.', ':port'), no path"
            )
        }
        description = trimmed + "/L/"
    }

    /// The digits behind any prefix; which host it names says nothing about the code.
    static func digits(in text: String) throws(CodeError) -> Substring {
        let upper = text.uppercased()
        if upper.hasPrefix("LICET:") { return text.dropFirst(6) }
        guard upper.hasPrefix("HTTPS://") || upper.hasPrefix("HTTP://") else {
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw CodeError(.notACode, "not a licence code: it begins with neither LICET: nor an address with /L/")
            }
            return text[...]
        }
        guard let slash = text.lastIndex(of: "/"), upper[..<slash].hasSuffix("/L") else {
            throw CodeError(.notACode, "not a licence code: the address has no /L/ before digits")
        }
        return text[text.index(after: slash)...]
    }
}
