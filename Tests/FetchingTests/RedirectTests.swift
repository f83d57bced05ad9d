import Fetching
import Testing

@Suite struct RedirectTests {
    let server: WebServer
    let fetcher: Fetcher

    init() throws {
        server = try WebServer.shared.get()
        fetcher = try Fetcher.testing(server.authority)
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func followsARedirect(status: Int) throws {
        #expect(try fetcher.text(server.url(server.redirect(to: "/plain", status: status))) == "plain")
    }

    @Test func followsThreeRedirectsAndNoMore() throws {
        #expect(try fetcher.text(server.url("hops/3")) == "plain")
        let error = try fetcher.failure(server.url("hops/4"))
        #expect("\(error)" == "\(server.url("hops/4")): is redirected more than 3 times")
        #expect(error.code == .broken)
    }

    @Test func leavesALoop() throws {
        #expect(try fetcher.failure(server.url("hops/1000")).code == .broken)
    }

    @Test func sendsTheTagToWhereItIsSent() throws {
        #expect(try fetcher.get(server.url("hops/2"), entityTag: "\"v1\"", limit: 5) == .unchanged)
    }

    @Test(arguments: [
        "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "scp://127.0.0.1/x", "dict://127.0.0.1/x",
        "javascript:alert(1)", "data:text/plain,x",
    ])
    func refusesARedirectToAnotherScheme(target: String) throws {
        let error = try fetcher.failure(server.url(server.redirect(to: target)))
        #expect(error.code == .badAddress)
        #expect(error.reason.hasPrefix("is redirected to \(target), which is neither http"), "\(error)")
    }

    @Test func refusesARedirectToAnAddressWithAUser() throws {
        let target = "http://user:hunter2@127.0.0.1:\(server.port)/plain"
        let error = try fetcher.failure(server.url(server.redirect(to: target)))
        #expect(error.code == .badAddress)
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test func followsARedirectFromHTTPToTLS() throws {
        #expect(try fetcher.text(server.url(server.redirect(to: server.secureURL("plain")))) == "plain")
    }

    @Test func refusesARedirectFromTLSToHTTP() throws {
        let error = try fetcher.failure(server.secureURL(server.redirect(to: server.url("plain"))))
        #expect(error.code == .untrusted)
        #expect(error.reason == "is redirected from https down to http (\(server.url("plain")))")
    }

    @Test func refusesARedirectFromHTTPToTLSAndBack() throws {
        let back = try server.secureURL(server.redirect(to: server.url("plain")))
        #expect(try fetcher.failure(server.url(server.redirect(to: back))).code == .untrusted)
    }

    @Test func takesARedirectToNowhereForItsStatus() throws {
        #expect(try fetcher.failure(server.url("nowhere")).code == .status(302))
    }

    @Test func refusesARedirectWithAnEndlessBody() throws {
        #expect(try fetcher.failure(server.url("endless/302")).code == .broken)
    }
}
