import Fetching
import Testing

@Suite struct GettingTests {
    let server: WebServer
    let fetcher: Fetcher

    init() throws {
        server = try WebServer.shared.get()
        fetcher = try Fetcher.testing()
    }

    @Test func getsAFileWithItsTag() throws {
        let answer = try fetcher.get(server.url("plain"), limit: 5)
        #expect(answer == .new(bytes: Array("plain".utf8), entityTag: "\"v1\""))
    }

    @Test(arguments: [("plain", "\"v1\""), ("weak", "W/\"v2\"")])
    func isToldThatAFileIsUnchanged(path: String, tag: String) throws {
        #expect(try fetcher.file(server.url(path)).entityTag == tag)
        #expect(try fetcher.get(server.url(path), entityTag: tag, limit: 5) == .unchanged)
        #expect(try fetcher.get(server.url(path), entityTag: "\"older\"", limit: 5) != .unchanged)
    }

    @Test func takesUnchangedForNoAnswerWhenNoTagWasSent() throws {
        #expect(try fetcher.failure(server.url("304")).code == .status(304))
    }

    @Test func sendsNoTagThatWouldBeAnotherField() throws {
        let answer = try fetcher.get(server.url("fields"), entityTag: "\"a\"\r\nX-Smuggled: 1", limit: 10_000)
        guard case .new(let bytes, _) = answer else {
            Issue.record("the file is unchanged")
            return
        }
        let fields = String(decoding: bytes, as: UTF8.self)
        #expect(!fields.contains("Smuggled") && !fields.contains("If-None-Match"))
    }

    @Test func keepsATagOfAsManyAs1024Characters() throws {
        #expect(try fetcher.file(server.url("tag/1024")).entityTag?.count == 1_024)
        #expect(try fetcher.file(server.url("tag/1025")).entityTag == nil)
    }

    @Test(arguments: ["%22a%20b%22", "%22%C3%A9%22", "%22%01%22"])
    func keepsNoTagThatIsNotVisible(tag: String) throws {
        let file = try fetcher.file(server.url("tag/0?tag=\(tag)"))
        #expect(String(decoding: file.bytes, as: UTF8.self) == "tagged")
        #expect(file.entityTag == nil)
    }

    @Test(arguments: [201, 204, 206, 300, 400, 401, 404, 410, 429, 500, 503])
    func throwsEveryOtherStatus(status: Int) throws {
        let error = try fetcher.failure(server.url("status/\(status)?secret=1"))
        #expect(error.code == .status(status))
        #expect("\(error)" == "\(server.url("status/\(status)")): the server answers \(status)")
    }

    @Test func tellsTheStatusAlsoWhenItsBodyIsEndless() throws {
        #expect(try fetcher.failure(server.url("endless/404")).code == .status(404))
        #expect(try fetcher.text(server.url("plain")) == "plain")
    }

    @Test func answersNoChallenge() throws {
        #expect(try fetcher.failure(server.url("challenge")).code == .status(401))
    }

    @Test func saysWhoAsksForWhatAndNothingElse() throws {
        _ = try fetcher.text(server.url("cookie"))
        let fields = try fetcher.text(server.url("fields"), accept: "application/json")
        let names = fields.split(separator: "\n").map { $0.prefix { $0 != ":" } }
        #expect(names.sorted() == ["Accept", "Accept-Encoding", "Host", "User-Agent"])
        #expect(fields.contains("Accept: application/json\n") && fields.contains("User-Agent: test/1\n"))
        #expect(fields.contains("Accept-Encoding: gzip\n"))
        // What one request asked for is forgotten by the next.
        let others = try fetcher.text(server.url("fields"), compressed: false)
        #expect(!others.contains("json") && !others.contains("gzip"))
    }

    @Test func getsSeveralFilesOverOneConnection() throws {
        let numbers = try (0..<5).map { _ in
            let number = try fetcher.text(server.url("number"))
            #expect(try fetcher.failure(server.url("status/404")).code == .status(404))
            return number
        }
        #expect(Set(numbers).count == 1)
        let other = try Fetcher.testing()
        #expect(try other.text(server.url("number")) != numbers[0])
    }

    @Test func connectsAnewWhenTheServerHangsUpBetweenTwoFiles() throws {
        let first = try fetcher.text(server.url("number/hangup"))
        let second = try fetcher.text(server.url("number"))
        #expect(first != second)
    }

    @Test(arguments: ["cut/length", "cut/head", "size/2000?length=yes", "garbage", "nothing", "bomb"])
    func worksAgainAfterAnError(path: String) throws {
        _ = try fetcher.failure(server.url(path), limit: 1_000)
        #expect(try fetcher.text(server.url("plain")) == "plain")
    }

    @Test func worksFromEachThreadWithAFetcherOfItsOwn() async throws {
        let url = server.url("plain")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let fetcher = try Fetcher.testing()
                    for _ in 0..<10 { #expect(try fetcher.text(url) == "plain") }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func skipsWhatComesBeforeTheAnswer() throws {
        let file = try fetcher.file(server.url("continues/3"))
        #expect(String(decoding: file.bytes, as: UTF8.self) == "at last")
        #expect(file.entityTag == nil)
    }

    @Test func takesNoTagFromBehindTheBody() throws {
        let file = try fetcher.file(server.url("trailer"))
        #expect(String(decoding: file.bytes, as: UTF8.self) == "body")
        #expect(file.entityTag == nil)
    }
}
