import NIOCore
import Testing

@testable import Serving

/// Whom a request comes from, by the word of proxies that are known and of nobody else.
@Suite struct ProxiesTests {
    private let proxies: Proxies

    init() throws {
        proxies = Proxies([try #require(AddressRange("127.0.0.1")), try #require(AddressRange("10.0.0.0/8"))])
    }

    private func client(_ forwarded: [String], from peer: String = "127.0.0.1") throws -> String {
        proxies.client(forwarded: forwarded, from: try SocketAddress(ipAddress: peer, port: 1)).description
    }

    @Test(arguments: [
        ["for=192.0.2.43"], ["For=\"192.0.2.43:47011\";proto=https;by=203.0.113.43"], ["proto=https;for=192.0.2.43"],
        ["for=203.0.113.66, for=192.0.2.43"], ["for=203.0.113.66", "for=192.0.2.43"], ["for=192.0.2.43, for=10.1.2.3"],
        ["for=203.0.113.66, for = 192.0.2.43 ,for=\"10.1.2.3\""],
        ["for=\"a,b\";by=x, for=192.0.2.43"], ["for=unknown, for=192.0.2.43"],
    ])
    func isWhomTheNearestKnownProxiesSaw(forwarded: [String]) throws { #expect(try client(forwarded) == "192.0.2.43") }

    @Test func readsAnAddressOfIPv6() throws {
        #expect(try client(["for=\"[2001:db8:cafe::17]:4711\""]) == "2001:db8:cafe:0:0:0:0:0/64")
    }

    /// What a stranger writes is his word alone.
    @Test func isThePeerWhereThatIsNoKnownProxy() throws {
        #expect(try client(["for=192.0.2.43"], from: "198.51.100.7") == "198.51.100.7")
        #expect(try client(["for=127.0.0.1"], from: "198.51.100.7") == "198.51.100.7")
    }

    @Test(arguments: [
        [], [""], ["for=unknown"], ["for=_hidden"], ["by=10.0.0.1"], ["for=\"[::1]\""], ["for=192.0.2.43,"],
        ["for=192.0.2.43;" + String(repeating: "a", count: 3_000)],
    ])
    func whoIsNotNamedHasLimitsTogetherWithAllWhoAreNot(forwarded: [String]) throws {
        #expect(try client(forwarded) == "unnamed")
        #expect(!proxies.client(forwarded: forwarded, from: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).isLocal)
    }

    /// What stands before what the proxy added is a stranger's, whatever it looks like.
    @Test(arguments: [
        ["for=\"x, for=192.0.2.43;proto=https"], ["\"", "for=192.0.2.43"], ["for=\"", "for=\"192.0.2.43\""],
        ["for=" + String(repeating: "a", count: 5_000) + ", for=192.0.2.43"], ["\",\",\"", "for=192.0.2.43"],
        [String(repeating: "for=10.1.1.1,", count: 400) + "for=192.0.2.43"],
    ])
    func aMarkThatIsLeftOpenHidesNobody(forwarded: [String]) throws { #expect(try client(forwarded) == "192.0.2.43") }

    @Test func aProxyThatNamesNobodyAnswersItself() throws {
        #expect(try client(["for=192.0.2.43, for=_secret, for=10.1.2.3"]) == "10.1.2.3")
    }

    @Test func looksNoFurtherThanSixteenHops() throws {
        let hops = (0..<40).map { _ in "for=10.1.1.1" }.joined(separator: ",")
        #expect(try client(["for=192.0.2.43,\(hops)"]) == "10.1.1.1")
    }

    @Test func believesNobodyByDefault() throws {
        let peer = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        #expect(Proxies().client(forwarded: ["for=192.0.2.43"], from: peer).isLocal)
    }
}
