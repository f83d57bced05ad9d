import Foundation
import Testing

@testable import Fetching

@Suite struct AddressTests {
    let fetcher: Fetcher

    init() throws { fetcher = try Fetcher.testing() }

    @Test(arguments: [
        "", "localhost", "/etc/passwd", "//localhost/", "file:///etc/passwd", "ftp://localhost/", "gopher://localhost/",
        "http", "http:", "http:/localhost", "http:///x", "http://", "http://?x", "http://:80/", "https://localhost:x/",
        "http://localhost:80:80/", "http://[::1]x:80:80/", "scp://localhost/x", "dict://localhost/",
        " http://localhost/", "http://localhost:0/", "http://localhost:65536/", "http://[::1]:70000/",
        "https://[::1]x:80/", "https://h:99999]/", "https://h]/",
        "http://localhost:+80/",
        "http://localhost:-1/",
    ])
    func refusesWhatIsNoAddressOfTheWeb(url: String) throws {
        #expect(try fetcher.failure(url).code == .badAddress)
        #expect(throws: FetchError.self) { try fetcher.post(url, [], contentType: "text/plain", limit: 1) }
    }

    @Test(arguments: [" ", "\n", "\r\nX-Smuggled: 1", "\t", "\0", "\u{7F}", "é", "\u{202E}", "\u{85}"])
    func refusesCharactersThatNoAddressHas(character: String) throws {
        for url in ["http://localhost/\(character)", "http://local\(character)host/", "http://localhost/?\(character)"]
        {
            let error = try fetcher.failure(url)
            #expect(error.code == .badAddress)
            #expect(error.description.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    @Test(arguments: [
        "http://user:hunter2@localhost/", "https://hunter2@localhost/", "http://@localhost/",
        "http://a:hunter2?b@localhost/",
        "http://a:hunter2/b@localhost/", "http://hunter2 x@localhost/", "hunter2:x@localhost",
        "http:user:hunter2@localhost",
        "http://a:hunter2#b@localhost/", "http://a%40b:hunter2@localhost/", "http://a@hunter2@localhost/",
    ])
    func refusesAnAddressWithAUserAndShowsNoPassword(url: String) throws {
        let error = try fetcher.failure(url)
        #expect(error.code == .badAddress)
        #expect(!error.description.contains("hunter2:") && !error.description.contains(":hunter2"))
        #expect(url.hasPrefix("hunter2") || !error.description.contains("hunter2"))
    }

    @Test func refusesAVeryLongAddress() throws {
        let error = try fetcher.failure("http://localhost/" + String(repeating: "x", count: Address.longest))
        #expect(error.code == .badAddress)
        #expect(error.description.count < 300)
    }

    @Test(arguments: [
        "http://example.com", "HTTPS://example.com/", "http://example.com:8080?x", "http://[::1]/",
        "http://[::1]:80/a@b",
        "https://example.com/a?mail=a@b#c", "https://example.com:/",
        "http://example.com:1/", "http://example.com:65535/",
    ])
    func acceptsAddressesOfTheWeb(url: String) throws {
        #expect(try Address(url).text == url)
    }

    @Test(arguments: [
        ("https://example.com/a?token=secret", "https://example.com/a"), ("http://example.com#x", "http://example.com"),
        ("http://example.com?x", "http://example.com"),
    ])
    func showsNoQuery(url: String, shown: String) throws { #expect(try Address(url).shown == shown) }

    @Test func tellsWhenNobodyListens() throws {
        // Port 1 is nobody's.
        let error = try fetcher.failure("http://127.0.0.1:1/file?token=secret")
        #expect(error.code == .unreachable)
        #expect(error.description.hasPrefix("http://127.0.0.1:1/file: cannot be reached ("))
        #expect(!error.description.contains("secret"))
    }

    @Test func tellsWhenThereIsNoSuchHost() throws {
        #expect(try fetcher.failure("http://no-such-host.invalid/").code == .unreachable)
    }

    @Test(arguments: ["http://a..b^c/", "http://[::1/", "http://[zz]/", "http://localhost:99999/", "http://a%00b/"])
    func leavesTheRestToTheLibrary(url: String) throws { #expect(try fetcher.failure(url).code == .badAddress) }

    @Test(arguments: ["libcurl-of-nobody.so.4", "libc.so.6"])
    func tellsWhyThereIsNoLibrary(name: String) throws {
        let refusal = try #require(Library.refusal(loading: name))
        #expect(refusal.hasPrefix("libcurl cannot be loaded; install it ("))
        // What was loaded before still works.
        #expect(try fetcher.failure("http://127.0.0.1:1/").code == .unreachable)
    }

    @Test func everyReasonStartsSmallAndEndsWithoutAPeriod() throws {
        let server = try WebServer.shared.get()
        let addresses =
            ["file:///", "http://a b/", "http://a@b/", "http://x:y/", "http://127.0.0.1:1/", server.secureURL("plain")]
            + ["status/404", "cut/length", "garbage", "badzip", "hops/9", "to/302?where=file:///"].map(server.url)
        for url in addresses {
            let reason = try fetcher.failure(url).reason
            #expect(reason.first?.isUppercase == false && reason.last != ".", "\(reason)")
        }
    }
}
