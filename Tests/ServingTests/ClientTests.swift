import NIOCore
import Testing

@testable import Serving

@Suite struct ClientTests {
    private func client(_ text: String) throws -> Client { Client(try SocketAddress(ipAddress: text, port: 1)) }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:0:0:0:0/64"),
        ("127.0.0.1", "local"), ("127.9.9.9", "local"), ("::1", "local"), ("::ffff:127.0.0.1", "local"),
    ])
    func isAnAddressOrTheNetworkOfAHousehold(address: String, name: String) throws {
        #expect(try client(address).description == name)
    }

    @Test func addressesOfOneHouseholdAreOneClient() throws {
        #expect(try client("2001:db8:1:2::1") == client("2001:db8:1:2:ffff::9"))
        #expect(try client("2001:db8:1:2::1") != client("2001:db8:1:3::1"))
        #expect(try client("192.0.2.1") != client("192.0.2.2"))
    }

    @Test func whoHasNoAddressIsOfThisMachine() { #expect(Client(nil).isLocal) }

    @Test(arguments: [
        "", "1", "192.0.2", "192.0.2.1:80", "[::1", "::1]", "2001:db8::1%eth0", "example.cn", "192.0.2.256",
    ])
    func refusesWhatIsNoAddress(text: String) { #expect(IPAddress(text) == nil) }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "192.0.2.1", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false),
        ("192.0.2.6/31", "192.0.2.7", true), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::/65", "2001:db8:0:0:7fff::", true), ("2001:db8::/65", "2001:db8:0:0:8000::", false),
        ("::/0", "192.0.2.1", true), ("::1", "::1", true), ("127.0.0.1", "::ffff:127.0.0.1", true),
    ])
    func aRangeHasWhatBeginsAlike(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(#require(IPAddress(address))) == isIn)
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "::/129", "10.0.0.0/", "10.0.0.0/08", "/8", "a/8", "1.2.3.4/8/9",
    ])
    func refusesWhatIsNoRange(text: String) { #expect(AddressRange(text) == nil) }
}
