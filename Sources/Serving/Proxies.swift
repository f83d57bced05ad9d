package import NIOCore

/// The proxies whose word counts on whom they ask for.
///
/// `Forwarded` (RFC 7239) is read from its end, where the nearest proxy has put what it saw, as long as each hop is one of these; what a
/// client wrote before that is nobody's word.
package struct Proxies: Sendable {
    private let ranges: [AddressRange]

    /// Trusts no one but `ranges`.
    package init(_ ranges: [AddressRange] = []) { self.ranges = ranges }

    /// Elements and bytes of a header that are looked at.
    private static let limits = (elements: 16, bytes: 2_048)

    /// Whom a request comes from; `forwarded` are the values of its `Forwarded` fields.
    package func client(forwarded: @autoclosure () -> [String], from peer: SocketAddress?) -> Client {
        guard !ranges.isEmpty, let peer, var hop = IPAddress(peer), trusts(hop) else { return Client(peer) }
        let header = forwarded().joined(separator: ",")
        guard header.utf8.count <= Self.limits.bytes else { return Client(hop) }
        for element in Self.elements(header).reversed().prefix(Self.limits.elements) {
            // Who is not named, as `unknown` or `_hidden`, is answered for by the proxy that did not name it.
            guard let named = Self.node(element) else { break }
            hop = named
            guard trusts(hop) else { break }
        }
        return Client(hop)
    }

    /// Whether the other end of a connection is one of them.
    func contain(_ peer: SocketAddress?) -> Bool { peer.flatMap(IPAddress.init).map(trusts) ?? false }

    private func trusts(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The elements of a list, at commas outside of quotation marks.
    private static func elements(_ header: String) -> [Substring] {
        var isQuoted = false
        return header.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
    }

    /// The address of `for=`, without its port.
    private static func node(_ element: Substring) -> IPAddress? {
        for pair in element.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " && $0 != "\t" }).lowercased() == "for" else { continue }
            var node = parts[1].drop { $0 == " " || $0 == "\t" }
            while let last = node.last, last == " " || last == "\t" { node.removeLast() }
            if node.hasPrefix("\""), node.hasSuffix("\""), node.count >= 2 { node = node.dropFirst().dropLast() }
            if node.hasPrefix("[") {
                guard let end = node.firstIndex(of: "]") else { return nil }
                return IPAddress(node[...end])
            }
            return IPAddress(node.prefix { $0 != ":" })
        }
        return nil
    }
}
