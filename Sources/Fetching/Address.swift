/// An address that may be asked: http or https, and nobody's name or password in it.
struct Address: Hashable {
    enum Scheme: String {
        case http, https
    }

    let text: String
    let scheme: Scheme

    static let longest = 8_192
    private static let longestShown = 200

    /// Checks what must not be left to whoever sends the address; whether there is such a host is for libcurl to say.
    init(_ text: String) throws(FetchError) {
        func refusal(_ reason: String) -> FetchError {
            FetchError(.badAddress, address: Self.shownUnchecked(text), reason)
        }
        guard text.utf8.count <= Self.longest else { throw refusal("is longer than \(Self.longest) bytes") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw refusal(
                "holds a space or a character that is not printable ASCII; write a host as xn--, and the rest with percent signs"
            )
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let scheme = Scheme(rawValue: parts[0].lowercased()), parts.count == 2, parts[1].hasPrefix("//") else {
            throw refusal("is neither http:// nor https://")
        }
        let authority = parts[1].dropFirst(2).prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw refusal("holds a user name, which is never sent") }
        // An address in brackets (RFC 3986, section 3.2.2) has colons of its own.
        let port = authority[(authority.lastIndex(of: "]") ?? authority.startIndex)...].drop { $0 != ":" }.dropFirst()
        let behind = authority.lastIndex(of: "]").map { authority[authority.index(after: $0)...] }
        guard behind.map({ authority.first == "[" && ($0.isEmpty || $0.first == ":") }) ?? true else {
            throw refusal("holds no host name that there is")
        }
        guard !authority.isEmpty, authority.first != ":", port.isEmpty || UInt16(port) ?? 0 > 0, port.first != "+"
        else {
            throw refusal("holds no host name, or a port that is no number from 1 to 65535")
        }
        self.text = text
        self.scheme = scheme
    }

    /// The address without its query and fragment, where secrets may stand.
    var shown: String { String(text.prefix { $0 != "?" && $0 != "#" }.prefix(Self.longestShown)) }

    /// The same of a text that may be anything: where a password may stand before an @, hardly more than the scheme.
    private static func shownUnchecked(_ text: String) -> String {
        let scheme = text.prefix { $0.isASCII && $0.isLetter }
        guard !text.contains("@") else { return "\(scheme.prefix(10))://…" }
        let printable = text.prefix { $0 != "?" && $0 != "#" }.unicodeScalars.prefix(longestShown)
            .map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" }
        return String(printable)
    }

    /// Where a server that was asked here sends to.
    func redirected(to target: String) throws(FetchError) -> Address {
        let next: Address
        do throws(FetchError) { next = try Address(target) } catch {
            throw FetchError(.badAddress, address: shown, "is redirected to \(error.address), which \(error.reason)")
        }
        guard scheme == .http || next.scheme == .https else {
            throw FetchError(.untrusted, address: shown, "is redirected from https down to http (\(next.shown))")
        }
        return next
    }
}
