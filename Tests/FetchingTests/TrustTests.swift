import Fetching
import Testing

@Suite struct TrustTests {
    let server: WebServer

    init() throws { server = try WebServer.shared.get() }

    @Test func believesTheAuthorityThatIsGiven() throws {
        let fetcher = try Fetcher.testing(server.authority)
        #expect(try fetcher.text(server.secureURL("plain")) == "plain")
        #expect(try fetcher.text(server.secureURL("number")) == fetcher.text(server.secureURL("number")))
    }

    @Test func believesNoUnknownAuthority() throws {
        for authorities in [nil, server.otherAuthority] {
            let error = try Fetcher.testing(authorities).failure(server.secureURL("plain"))
            #expect(error.code == .untrusted)
            #expect(error.reason.contains("unable to get local issuer certificate"))
        }
    }

    @Test func refusesACertificateForAnotherName() throws {
        let error = try Fetcher.testing(server.authority).failure(server.secureURL("plain", host: "127.0.0.1"))
        #expect(error.code == .untrusted)
        #expect(error.reason.contains("127.0.0.1"))
    }

    @Test func tellsWhenTheAuthoritiesCannotBeRead() throws {
        let error = try Fetcher.testing("/no/such/file").failure(server.secureURL("plain"))
        #expect(error.code == .untrusted)
    }

    @Test func refusesAServerWithoutTLS() throws {
        let error = try Fetcher.testing(server.authority).failure("https://localhost:\(server.port)/plain")
        #expect(error.code == .untrusted)
    }

    @Test func refusesAnAnswerOverTLSThatIsCutShort() throws {
        let fetcher = try Fetcher.testing(server.authority)
        for place in ["length", "chunked", "head", "open"] {
            #expect(try fetcher.failure(server.secureURL("cut/\(place)")).code == .broken, "\(place)")
        }
    }
}
