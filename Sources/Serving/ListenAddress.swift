import NIOCore

/// `HOST:PORT`, an IPv6 address in brackets.
package struct ListenAddress: Sendable, CustomStringConvertible {
    package let host: String
    /// 0: any that is free.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether nobody but this machine can reach it.
    package var isLocal: Bool { IPAddress(host)?.isLoopback ?? (host == "localhost") }

    /// Looks for the host's address.
    package func resolve() throws(CannotListen) {
        guard (try? SocketAddress.makeAddressResolvingHost(host, port: port)) != nil else {
            throw CannotListen(address: self, reason: "nobody knows this host")
        }
    }

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[colon...].dropFirst()) else { return nil }
        let name = text[..<colon]
        let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
        let host = isBracketed ? name.dropFirst().dropLast() : name
        // Which a resolver may take for a host of this machine.
        guard !host.isEmpty, host != "*", isBracketed || !host.contains(":") else { return nil }
        self.init(host: String(host), port: Int(port))
    }
}
