package import NIOCore

/// The proxies whose word counts on whom they ask for.
///
/// `Forwarded` (RFC 7239) is read from its end, where the nearest proxy has put what it saw, as long as each hop is one of these; what a
/// client wrote before that is nobody's word.
package struct Proxies: Sendable {
    private let ranges: [AddressRange]

    /// Trusts no one but `ranges`.
    package init(_ ranges: [AddressRange] = []) { self.ranges = ranges }

    /// Elements and bytes of a field that are looked at, from its end.
    private static let limits = (elements: 16, bytes: 2_048)

    /// Whom a request comes from; `forwarded` are the values of its `Forwarded` fields.
    ///
    /// Whom a proxy does not name, or only as this machine, is one of ``Client/unnamed`` together, so that nobody is without limits by what
    /// he writes.
    package func client(forwarded: @autoclosure () -> [String], from peer: SocketAddress?) -> Client {
        guard !ranges.isEmpty, let peer, var hop = IPAddress(peer), trusts(hop) else { return Client(peer) }
        for element in Self.elements(forwarded()) {
            // Who is not named, as `unknown` or `_hidden`, is answered for by the proxy that did not name it.
            guard let named = Self.node(element) else { break }
            hop = named
            guard trusts(hop) else { break }
        }
        let client = Client(hop)
        return client.isLocal ? .unnamed : client
    }

    /// Whether the other end of a connection is one of them.
    func contain(_ peer: SocketAddress?) -> Bool { peer.flatMap(IPAddress.init).map(trusts) ?? false }

    private func trusts(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The elements of all fields from the last one to the first, split at commas outside of quotation marks.
    ///
    /// Each field is read from its own end: a mark that somebody left open before what a proxy added does not swallow that.
    private static func elements(_ fields: [String]) -> [Substring] {
        var elements: [Substring] = []
        for field in fields.reversed() {
            var (end, isQuoted) = (field.utf8.endIndex, false)
            let utf8 = field.utf8.suffix(limits.bytes)
            for index in utf8.indices.reversed() {
                if utf8[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
                guard utf8[index] == UInt8(ascii: ","), !isQuoted else { continue }
                elements.append(Substring(field.utf8[field.utf8.index(after: index)..<end]))
                guard elements.count < limits.elements else { return elements }
                end = index
            }
            // One that is longer than what is looked at has no beginning.
            guard utf8.startIndex == field.utf8.startIndex else { return elements }
            elements.append(Substring(field.utf8[..<end]))
            guard elements.count < limits.elements else { return elements }
        }
        return elements
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
