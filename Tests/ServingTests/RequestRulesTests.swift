import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct RequestRulesTests {
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandlers([HTTPResponseEncoder(), RequestRules()])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// What is sent at once; nil where the request goes through, and nothing is said.
    private func answer(_ headers: HTTPHeaders, _ version: HTTPVersion = .http1_1) throws -> String? {
        let head = HTTPRequestHead(version: version, method: .POST, uri: "/", headers: headers)
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        return try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
    }

    private var goesThrough: Bool {
        get throws { try channel.readInbound(as: HTTPServerRequestPart.self) != nil }
    }

    @Test(arguments: ["localhost", "lic.example.cn:8787", "[::1]:80", "", "192.0.2.1"])
    func takesARequestWithOneHost(host: String) throws {
        #expect(try answer(["host": host]) == nil)
        #expect(try goesThrough)
    }

    @Test(arguments: [
        [], [("host", "a"), ("host", "a")], [("host", "a b")], [("host", "a/b")], [("host", "a@b")],
        [("host", "a"), ("transfer-encoding", "gzip, chunked")], [("host", "a"), ("transfer-encoding", "identity")],
        [("host", "a"), ("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")],
    ])
    func refusesWhatBreaksTheRules(headers: [(String, String)]) throws {
        let answer = try answer(HTTPHeaders(headers)) ?? ""
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(answer.contains("\r\nContent-Type: application/problem+json\r\n"))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(try !goesThrough)
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "more")))
        #expect(try !goesThrough)
    }

    @Test func aRequestOfHTTP10NeedsNoHost() throws {
        #expect(try answer([:], .http1_0) == nil)
        #expect(try goesThrough)
    }

    @Test func aRequestOfHTTP10HasNoTransferCoding() throws {
        let answer = try answer(["host": "a", "transfer-encoding": "chunked", "connection": "keep-alive"], .http1_0)
        #expect(answer?.hasPrefix("HTTP/1.1 400 Bad Request\r\n") == true)
        #expect(try !goesThrough)
    }

    @Test func takesTheOneTransferCoding() throws {
        #expect(try answer(["host": "a", "transfer-encoding": "Chunked"]) == nil)
        #expect(try goesThrough)
    }

    @Test(arguments: [HTTPMethod.PROPFIND, .RAW(value: "QUERY"), .TRACE])
    func handsOnAMethodThatNobodyTakesAsOneThatEverybodyRefuses(method: HTTPMethod) throws {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: "/", headers: ["host": "a"])
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        guard case .head(let found) = try channel.readInbound(as: HTTPServerRequestPart.self) else {
            Issue.record("nothing went through")
            return
        }
        #expect(found.method == .TRACE)
    }
}
