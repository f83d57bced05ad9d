import Fetching
import Foundation
import Testing

@Suite struct LimitTests {
    let server: WebServer
    let fetcher: Fetcher

    init() throws {
        server = try WebServer.shared.get()
        fetcher = try Fetcher.testing()
    }

    @Test(arguments: ["yes", "chunked"])
    func refusesABodyOverTheLimit(length: String) throws {
        for count in [0, 1, 50_000] {
            let url = server.url("size/\(count)?length=\(length)")
            #expect(try fetcher.file(url, limit: count).bytes.count == count)
            guard count > 0 else { continue }
            let error = try fetcher.failure(url, limit: count - 1)
            #expect(error.code == .tooLarge)
            #expect(error.reason == "is larger than \(count - 1) bytes")
        }
    }

    @Test func refusesWhatIsAnnouncedOverTheLimitWithoutWaitingForIt() throws {
        let start = ContinuousClock.now
        #expect(try fetcher.failure(server.url("announced/1001"), limit: 1_000).code == .tooLarge)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func stopsAnEndlessBody() throws {
        #expect(try fetcher.failure(server.url("flood"), limit: 1_000_000).code == .tooLarge)
    }

    @Test(arguments: ["endless/200", "cut/open", "encoded/identity?framing=gzip,%20chunked"])
    func refusesABodyWhoseEndCannotBeTold(path: String) throws {
        let error = try fetcher.failure(server.url(path))
        #expect(error.code == .broken)
        #expect(error.reason == "comes without its length, so that a cut would not be seen")
    }

    @Test func unpacksWhatComesInGzip() throws {
        let packed = try fetcher.file(server.url("gzip"), limit: 7_000)
        #expect(packed.bytes == Array(String(repeating: "packed ", count: 1_000).utf8))
        #expect(packed.entityTag == "\"packed\"")
        let plain = try fetcher.file(server.url("gzip"), compressed: false, limit: 7_000)
        #expect(plain.bytes == packed.bytes)
        #expect(plain.entityTag == nil)
    }

    @Test func countsUnpackedBytes() throws {
        #expect(try fetcher.failure(server.url("gzip"), limit: 6_999).code == .tooLarge)
        #expect(try fetcher.file(server.url("small"), limit: 1).bytes == Array("x".utf8))
    }

    @Test func stopsAGzipBombWithoutGrowing() throws {
        // Resets the peak that is read below.
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
        let before = try peak()
        #expect(try fetcher.failure(server.url("bomb"), limit: 1_000_000).code == .tooLarge)
        #expect(try peak() - before < 16 << 10)
    }

    /// The most memory that this process has had, in KiB.
    private func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber)))
    }

    @Test(arguments: ["br", "deflate", "gzip,%20gzip", "unheard-of"])
    func refusesAnEncodingThatWasNotAskedFor(encoding: String) throws {
        #expect(try fetcher.failure(server.url("encoded/\(encoding)")).code == .broken)
        #expect(try fetcher.failure(server.url("encoded/\(encoding)"), compressed: false).code == .broken)
    }

    @Test func refusesGzipThatWasNotAskedFor() throws {
        let error = try fetcher.failure(server.url("small"), compressed: false)
        #expect(error.code == .broken)
        #expect(error.reason == "comes in an encoding that was not asked for")
    }

    @Test func takesAFileThatIsNotEncodedByItsName() throws {
        #expect(try fetcher.file(server.url("encoded/identity")).bytes.count == 100)
    }

    @Test(arguments: ["badzip", "wrongzip"])
    func refusesDamagedGzip(path: String) throws {
        let error = try fetcher.failure(server.url(path))
        #expect(error.code == .broken)
        #expect(error.reason == "is damaged: its gzip cannot be unpacked")
    }

    @Test(arguments: ["cutzip/1", "cutzip/8", "cutzip/9", "cutzip/100", "cutzip/300", "nozip"])
    func refusesGzipThatIsCutShortInAWholeAnswer(path: String) throws {
        let error = try fetcher.failure(server.url(path))
        #expect(error.code == .broken)
        #expect(error.reason == "the answer breaks off in its gzip")
    }

    @Test func unpacksSeveralMembersThatComeByteByByte() throws {
        #expect(try fetcher.text(server.url("members")) == "one two")
        #expect(try fetcher.failure(server.url("members"), limit: 6).code == .tooLarge)
    }

    @Test func refusesALargeHead() throws {
        #expect(try fetcher.text(server.url("head/50000")) == "head")
        #expect(try fetcher.failure(server.url("head/80000")).code == .tooLarge)
        #expect(try fetcher.failure(server.url("continues/5000")).code == .tooLarge)
    }

    @Test(arguments: ["length", "chunked", "head", "redirect", "early"])
    func refusesAnAnswerThatIsCutShort(where place: String) throws {
        let error = try fetcher.failure(server.url("cut/\(place)"))
        #expect(error.code == .broken)
        #expect(error.reason.hasPrefix("the answer breaks off"))
    }

    @Test func believesNoUnchangedThatIsCutShort() throws {
        let error = #expect(throws: FetchError.self) {
            try fetcher.get(server.url("cut/unchanged"), entityTag: "\"v1\"", limit: 1)
        }
        #expect(error?.code == .broken)
    }

    @Test func refusesWhatIsNotHTTP() throws {
        #expect(try fetcher.failure(server.url("garbage")).code == .broken)
        // The server closes the connection without a word.
        #expect(try fetcher.failure(server.url("nothing")).code == .broken)
    }
}
