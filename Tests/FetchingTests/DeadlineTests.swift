import Fetching
import Testing

@Suite struct DeadlineTests {
    let server: WebServer

    init() throws { server = try WebServer.shared.get() }

    /// Fails at getting `url` as too slow, well before the server would be done.
    private func failsAsTooSlow(_ url: String, _ deadlines: Deadlines, within limit: Duration = .seconds(10)) throws {
        let fetcher = try Fetcher.testing(nil, deadlines)
        let start = ContinuousClock.now
        #expect(try fetcher.failure(url).code == .tooSlow)
        #expect(ContinuousClock.now - start < limit)
        #expect(try fetcher.text(server.url("plain")) == "plain")
    }

    @Test(arguments: ["drip", "driphead", "stall", "announced/5"])
    func givesUpWhenLittleComes(path: String) throws {
        try failsAsTooSlow(server.url(path), Deadlines(stalling: .seconds(2)))
    }

    @Test(arguments: ["drip", "stall", "slowhops"])
    func givesUpWhenTheWholeTakesTooLong(path: String) throws {
        try failsAsTooSlow(server.url(path), Deadlines(whole: .milliseconds(1_500)), within: .seconds(5))
    }

    @Test func givesUpWhenTLSIsNotAgreedOn() throws {
        let url = "https://localhost:\(server.silentPort)/"
        try failsAsTooSlow(url, Deadlines(connecting: .seconds(1)), within: .seconds(5))
    }
}
