import NIOCore
import NIOEmbedded
import Testing

@testable import Serving

@Suite struct SharesTests {
    private let client: Client
    private let other: Client

    init() throws {
        client = Client(try #require(IPAddress("192.0.2.1")))
        other = Client(try #require(IPAddress("192.0.2.2")))
    }

    @Test func givesEachClientItsShareAndAllTogetherNoMore() {
        let shares = Shares(most: 2, inAll: 3)
        var held = [try? shares.take(for: client), try? shares.take(for: client)]
        #expect(held.allSatisfy { $0 != nil })
        #expect(throws: Shares.Shortage.ofClient) { try shares.take(for: client) }
        held.append(try? shares.take(for: other))
        #expect(throws: Shares.Shortage.inAll) { try shares.take(for: other) }
        #expect(shares.total == 3)
        held = []
        #expect(shares.total == 0)
        #expect(throws: Never.self) { try shares.take(for: client) }
    }

    @Test func limitsThisMachineByNothingButTheWhole() {
        let shares = Shares(most: 1, inAll: 3)
        let held = (0..<4).map { _ in try? shares.take(for: Client(nil)) }
        #expect(held.count { $0 != nil } == 3)
    }

    private func channel(_ shares: Shares, from address: String, proxies: Proxies = Proxies()) throws -> EmbeddedChannel
    {
        let channel = EmbeddedChannel()
        channel.remoteAddress = try SocketAddress(ipAddress: address, port: 1)
        try channel.pipeline.syncOperations.addHandler(ConnectionShare(shares, besides: proxies))
        channel.pipeline.fireChannelActive()
        return channel
    }

    @Test func countsNoConnectionOfAProxyAgainstAShare() throws {
        let shares = Shares(most: 1)
        let proxies = Proxies([try #require(AddressRange("10.0.0.0/8"))])
        let channels = try (0..<3).map { _ in try channel(shares, from: "10.0.0.1", proxies: proxies) }
        #expect(shares.total == 3)
        withExtendedLifetime(channels) {}
    }

    @Test func aConnectionCountsUntilItIsClosed() throws {
        let shares = Shares(most: 1)
        let first = try channel(shares, from: "192.0.2.1")
        #expect(shares.total == 1)
        first.pipeline.fireChannelInactive()
        #expect(shares.total == 0)
    }
}
