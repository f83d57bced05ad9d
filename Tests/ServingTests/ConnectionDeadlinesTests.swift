import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Serving

@Suite struct ConnectionDeadlinesTests {
    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel
    private let request = HTTPRequestPart.head(
        HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/v1/verify")
    )

    init() throws {
        channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandler(ConnectionDeadlines(limit: .seconds(15)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func answer(closing: Bool = false) throws {
        let headers: HTTPFields = closing ? [.connection: "close"] : [:]
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: headers)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    @Test func closesAConnectionThatSendsNothing() {
        loop.advanceTime(by: .seconds(14))
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func givesHeadAndBodyOneDeadlineTogether() throws {
        try channel.writeInbound(request)
        for _ in 0..<14 {
            loop.advanceTime(by: .seconds(1))
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "1")))
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func waitsForAnAnswerThatTakesLong() throws {
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        loop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
    }

    @Test func startsAgainWithEachAnswer() throws {
        for _ in 0..<3 {
            loop.advanceTime(by: .seconds(10))
            try channel.writeInbound(request)
            try channel.writeInbound(HTTPRequestPart.end(nil))
            try answer()
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }

    @Test func closesBehindAnAnswerThatSaysSo() throws {
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer(closing: true)
        #expect(!channel.isActive)
    }

    @Test func throwsTheRestOfAnEarlyAnsweredRequestAwayAndCloses() throws {
        try channel.writeInbound(request)
        _ = try channel.readInbound(as: HTTPRequestPart.self)
        try? answer(closing: true)
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "more")))
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func answersWhatArrivesWhileTheServerStopsAndCloses() throws {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        loop.advanceTime(by: .milliseconds(400))
        #expect(channel.isActive)
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer()
        guard case .head(let head) = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("no answer")
            return
        }
        #expect(head.headerFields[.connection] == "close")
        #expect(!channel.isActive)
    }

    private func send(bytes count: Int) throws {
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 1, count: count)))
    }

    @Test func lastsAsLongAsALongBodyGoesOnArriving() throws {
        try channel.writeInbound(request)
        for _ in 0..<8 {
            loop.advanceTime(by: .seconds(10))
            try send(bytes: 65_536)
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }

    @Test func closesWhereABodyArrivesTooSlowly() throws {
        try channel.writeInbound(request)
        try send(bytes: 100_000)
        loop.advanceTime(by: .seconds(15))
        #expect(channel.isActive)
        try send(bytes: 65_535)
        loop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }

    /// What came before an answer says nothing of the next request.
    @Test func countsNoBytesOfAnEarlierRequest() throws {
        try channel.writeInbound(request)
        try send(bytes: 1_000_000)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer()
        try channel.writeInbound(request)
        loop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }
}
