package import NIOCore

/// Who asks, as far as limits go: an IPv4 address, or the 64 bits of an IPv6 address that one household or firm has.
package struct Client: Hashable, Sendable, CustomStringConvertible {
    private enum Network: Hashable { case four(UInt32), six(UInt64), local }

    private let network: Network

    /// The other end of a connection; one without an address, as of a socket in the file system, is this machine.
    package init(_ peer: SocketAddress?) {
        network = peer.flatMap(IPAddress.init).map(Self.network) ?? .local
    }

    package init(_ address: IPAddress) { network = Self.network(address) }

    /// A proxy that asks for others, and has no share of its own.
    static let proxy = Client(IPAddress(0, 1))

    /// Whoever asks through a proxy that does not say for whom; no address is in this network.
    static let unnamed = Client(IPAddress(0, 0))

    /// Of an address of this machine, which no stranger has.
    package var isLocal: Bool { network == .local }

    private static func network(_ address: IPAddress) -> Network {
        if address.isLoopback { return .local }
        return switch address.words {
        case (0, let low) where low >> 32 == 0xFFFF: .four(UInt32(truncatingIfNeeded: low))
        case (let high, _): .six(high)
        }
    }

    package var description: String {
        switch network {
        case .local: "local"
        case .four(let address): "\(IPAddress(four: address))"
        case .six(0): "unnamed"
        case .six(let high): "\(IPAddress(high, 0))/64"
        }
    }
}

/// An IPv6 address, or an IPv4 address as one (RFC 4291, section 2.5.5.2).
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    let words: (high: UInt64, low: UInt64)

    init(_ high: UInt64, _ low: UInt64) { words = (high, low) }

    init(four: UInt32) { words = (0, 0xFFFF << 32 | UInt64(four)) }

    /// Reads `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`, without a port.
    package init?(_ text: some StringProtocol) {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let name = isBracketed ? String(text.dropFirst().dropLast()) : String(text)
        guard name.utf8.count <= 45, !name.contains("%"), let address = try? SocketAddress(ipAddress: name, port: 0)
        else { return nil }
        self.init(address)
    }

    init?(_ address: SocketAddress) {
        let found = address.withSockAddr { pointer, size -> IPAddress? in
            // As sockaddr_in (RFC 3493, section 3.3) has it: family, port, address; between the last two IPv6 has four bytes of flow.
            let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(pointer), count: size)
            func word<Word: FixedWidthInteger>(_ offset: Int, _: Word.Type) -> Word {
                Word(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
            }
            return switch address {
            case .v4: IPAddress(four: word(4, UInt32.self))
            case .v6: IPAddress(word(8, UInt64.self), word(16, UInt64.self))
            case .unixDomainSocket: nil
            }
        }
        guard let found else { return nil }
        self = found
    }

    var isFour: Bool { words.high == 0 && words.low >> 32 == 0xFFFF }
    var isLoopback: Bool { words.high == 0 && words.low == 1 || isFour && words.low >> 24 & 0xFF == 127 }

    package static func == (left: IPAddress, right: IPAddress) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.high)
        hasher.combine(words.low)
    }

    package var description: String {
        if isFour { return (0..<4).map { "\(words.low >> UInt64(24 - 8 * $0) & 0xFF)" }.joined(separator: ".") }
        let groups = [words.high, words.low].flatMap { word in
            (0..<4).map { String(word >> UInt64(48 - 16 * $0) & 0xFFFF, radix: 16) }
        }
        return groups.joined(separator: ":")
    }
}

/// Addresses that begin alike: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    private let first: IPAddress
    /// Of an IPv6 address.
    private let bits: Int
    package let description: String

    /// Reads a range in the notation of RFC 4632; bits behind the prefix must be 0.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let first = IPAddress(parts[0]) else { return nil }
        let most = first.isFour ? 32 : 128
        let length = parts.count == 2 ? Int(parts[1]) : most
        guard let length, (0...most).contains(length), parts.count == 1 || parts[1] == "\(length)" else { return nil }
        self.first = first
        bits = length + 128 - most
        description = text
        guard masked(first) == first else { return nil }
    }

    package func contains(_ address: IPAddress) -> Bool { masked(address) == first }

    private func masked(_ address: IPAddress) -> IPAddress {
        let high = bits >= 64 ? UInt64.max : ~(UInt64.max >> UInt64(bits))
        let low = bits >= 128 ? UInt64.max : bits <= 64 ? 0 : ~(UInt64.max >> UInt64(bits - 64))
        return IPAddress(address.words.high & high, address.words.low & low)
    }
}
