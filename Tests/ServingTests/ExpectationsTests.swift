import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct ExpectationsTests {
    private let channel = EmbeddedChannel()

    init() throws {
        try channel.pipeline.syncOperations.addHandlers([HTTPResponseEncoder(), Expectations()])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func ask(_ method: HTTPMethod = .POST, _ version: HTTPVersion = .http1_1, expect: String? = "100-Continue")
        throws
    {
        let headers = HTTPHeaders([("host", "a")] + (expect.map { [("expect", $0)] } ?? []))
        let head = HTTPRequestHead(version: version, method: method, uri: "/", headers: headers)
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        guard try channel.readInbound(as: HTTPServerRequestPart.self) != nil else {
            Issue.record("nothing went through")
            return
        }
    }

    private func wantBody() throws { try channel.triggerUserOutboundEvent(Expectations.BodyIsWanted()).wait() }

    /// What was sent since; nil where that is nothing.
    private var sent: String? {
        get throws { try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) } }
    }

    private func refuse() throws -> String {
        let head = HTTPResponseHead(version: .http1_1, status: .payloadTooLarge, headers: ["content-length": "0"])
        try channel.writeOutbound(HTTPServerResponsePart.head(head))
        return try sent ?? ""
    }

    private static let goOn = "HTTP/1.1 100 Continue\r\n\r\n"

    @Test func tellsToGoOnOnceWhenSomebodyWantsTheBody() throws {
        try ask()
        #expect(try sent == nil)
        try wantBody()
        #expect(try sent == Self.goOn)
        try wantBody()
        #expect(try sent == nil)
        #expect(try !refuse().lowercased().contains("connection: close"))
    }

    @Test func whoIsRefusedByTheHeadIsNotToldToGoOnAndTheConnectionEnds() throws {
        try ask()
        let answer = try refuse()
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.lowercased().contains("connection: close\r\n"))
        try wantBody()
        #expect(try sent == nil)
    }

    @Test func whoDoesNotWaitIsNotTold() throws {
        try ask()
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "{")))
        try wantBody()
        #expect(try sent == nil)
        #expect(try !refuse().lowercased().contains("connection: close"))
    }

    @Test func whoDoesNotAskForItIsNotTold() throws {
        for (version, expect) in [(HTTPVersion.http1_1, nil), (.http1_1, "tea"), (.http1_0, "100-continue")] {
            try ask(.POST, version, expect: expect)
            try wantBody()
            #expect(try sent == nil)
        }
    }

    @Test func nobodyIsKeptWaitingWithTheBodyOfAGet() throws {
        try ask(.GET)
        #expect(try sent == Self.goOn)
    }
}
