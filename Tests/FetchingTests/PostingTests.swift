import Fetching
import Testing

@Suite struct PostingTests {
    let server: WebServer
    let fetcher: Fetcher

    init() throws {
        server = try WebServer.shared.get()
        fetcher = try Fetcher.testing(server.authority)
    }

    @Test(arguments: [200, 201, 400, 404, 409, 500])
    func returnsTheBodyOfEveryStatus(status: Int) throws {
        let body: [UInt8] = [0, 1, 2, 0xFF, 0]
        let reply = try fetcher.post(server.url("\(status)"), body, contentType: "application/x-test", limit: 5)
        #expect(reply == (status, "application/x-test", body))
    }

    @Test func postsOverTLS() throws {
        #expect(try fetcher.post(server.secureURL("200"), [7], contentType: "a/b", limit: 1).bytes == [7])
    }

    @Test(arguments: [0, 1, 3_000_000])
    func postsBodiesOfAnySize(count: Int) throws {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try fetcher.post(server.url("200"), body, contentType: "a/b", limit: count).bytes == body)
    }

    @Test func followsNoRedirect() throws {
        let reply = try fetcher.post(server.url("redirect"), [1], contentType: "a/b", limit: 100)
        #expect(reply.status == 307)
        #expect(reply.bytes == Array("elsewhere".utf8))
    }

    @Test func refusesABodyOverTheLimit() throws {
        let error = #expect(throws: FetchError.self) {
            try fetcher.post(server.url("404"), [1, 2, 3], contentType: "a/b", limit: 2)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func refusesABodyThatIsCutShort() throws {
        let error = #expect(throws: FetchError.self) {
            try fetcher.post(server.url("cut"), [], contentType: "a/b", limit: 1_000)
        }
        #expect(error?.code == .broken)
    }

    @Test func outlivesAServerThatHangsUpWhileItIsSentTo() throws {
        for url in [server.url("hangup"), server.secureURL("hangup")] {
            let error = #expect(throws: FetchError.self) {
                try fetcher.post(url, [UInt8](repeating: 1, count: 20_000_000), contentType: "a/b", limit: 100)
            }
            #expect(error?.code == .broken)
        }
        #expect(try fetcher.post(server.url("200"), [4], contentType: "a/b", limit: 3).bytes == [4])
    }

    @Test func returnsAnAnswerWithoutABody() throws {
        #expect(try fetcher.post(server.url("204"), [], contentType: "a/b", limit: 0) == (204, nil, []))
    }

    @Test func getsAfterPosting() throws {
        _ = try fetcher.post(server.url("200"), [1, 2, 3], contentType: "application/x-test", limit: 3)
        let fields = try fetcher.text(server.url("fields"))
        #expect(!fields.contains("Content-Type") && !fields.contains("Content-Length"))
        #expect(try fetcher.post(server.url("200"), [4], contentType: "a/b", limit: 3).bytes == [4])
    }
}
