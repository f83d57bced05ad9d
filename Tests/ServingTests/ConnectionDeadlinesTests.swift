import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Serving

@Suite struct ConnectionDeadlinesTests {
    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel
    private let request = HTTPServerRequestPart.head(
        HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/verify", headers: ["host": "localhost"])
    )

    init() throws {
        channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandlers([
            HTTPResponseEncoder(), ConnectionDeadlines(limit: .seconds(15)),
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func answer(closing: Bool = false, length: Int? = nil) throws {
        var headers: HTTPHeaders = closing ? ["connection": "close"] : [:]
        if let length { headers.add(name: "content-length", value: "\(length)") }
        try channel.writeOutbound(
            HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))
        )
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    private func sent(on channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text
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
            try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "1")))
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    /// What was written of the answer before is no sign of life.
    @Test(arguments: [nil, "POST"]) func anAnswerGivesNoTimeToWhatComesAfterIt(next: String?) throws {
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)), promise: nil)
        channel.write(
            HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(repeating: 0x31, count: 40_000))),
            promise: nil
        )
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        if next != nil {
            try channel.writeInbound(request)
            try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "{")))
        }
        loop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }

    @Test func theAnswerToAnEarlierRequestGivesNoTimeToALaterOne() throws {
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "{")))
        channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)), promise: nil)
        let page = ByteBuffer(repeating: 0x31, count: 12_000)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(page)), promise: nil)
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
        loop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }

    /// As a batch that has to wait: its client waits for answers before he sends more.
    @Test func aRequestThatIsAnsweredWhileItArrivesMayPause() throws {
        try channel.writeInbound(request)
        try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        for _ in 0..<5 {
            loop.advanceTime(by: .seconds(10))
            let part = ByteBuffer(repeating: 0x31, count: 4_096)
            try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(part)))
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }

    @Test func waitsForAnAnswerThatTakesLong() throws {
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        loop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
    }

    @Test func startsAgainWithEachAnswer() throws {
        for _ in 0..<3 {
            loop.advanceTime(by: .seconds(10))
            try channel.writeInbound(request)
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
            try answer()
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }

    @Test func closesBehindAnAnswerThatSaysSo() throws {
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try answer(closing: true)
        #expect(!channel.isActive)
    }

    @Test func throwsTheRestOfAnEarlyAnsweredRequestAwayAndCloses() throws {
        try channel.writeInbound(request)
        _ = try channel.readInbound(as: HTTPServerRequestPart.self)
        try? answer(closing: true)
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "more")))
        #expect(try channel.readInbound(as: HTTPServerRequestPart.self) == nil)
        loop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test func answersWhatArrivesWhileTheServerStopsAndCloses() throws {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        loop.advanceTime(by: .milliseconds(400))
        #expect(channel.isActive)
        try channel.writeInbound(request)
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try answer()
        #expect(try sent(on: channel).contains("\r\nconnection: close\r\n"))
        #expect(!channel.isActive)
    }

    private func send(bytes count: Int) throws {
        try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(repeating: 1, count: count)))
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
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try answer()
        try channel.writeInbound(request)
        loop.advanceTime(by: .seconds(15))
        #expect(!channel.isActive)
    }

    private func request(_ version: HTTPVersion, _ headers: HTTPHeaders) -> HTTPServerRequestPart {
        .head(HTTPRequestHead(version: version, method: .GET, uri: "/", headers: headers))
    }

    @Test func closesBehindTheAnswerToALastRequestAndSaysSo() throws {
        // Behind an upgrade the decoder reads no further requests.
        let upgrade = request(.http1_1, ["connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c"])
        for head in [request(.http1_1, ["connection": "Close"]), request(.http1_0, [:]), upgrade] {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandlers([
                HTTPResponseEncoder(), ConnectionDeadlines(limit: .seconds(15)),
            ])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            try channel.writeInbound(head)
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
            try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
            try channel.writeOutbound(HTTPServerResponsePart.end(nil))
            #expect(try sent(on: channel).contains("\r\nconnection: close\r\n"))
            #expect(!channel.isActive)
        }
    }

    @Test func keepsAConnectionOfHTTP10ThatAsksForIt() throws {
        try channel.writeInbound(request(.http1_0, ["connection": "keep-alive"]))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try answer(length: 0)
        #expect(channel.isActive)
    }

    /// HTTP/1.0 knows no chunks (RFC 9112, section 6.3).
    @Test func endsAnAnswerOfHTTP10WithoutALengthWithTheConnection() throws {
        try channel.writeInbound(request(.http1_0, ["connection": "keep-alive"]))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        try answer()
        let text = try sent(on: channel)
        #expect(text.hasPrefix("HTTP/1.0 200") && text.contains("connection: close") && !text.contains("chunked"))
        #expect(!channel.isActive)
    }

    /// Who waits for the answers to what he has sent before he sends more is not slow.
    @Test func lastsAsLongAsAnAnswerGoesOnWhileItsRequestHasNotEnded() throws {
        try channel.writeInbound(request)
        try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
        for _ in 0..<8 {
            let part = ByteBuffer(repeating: 1, count: 20_000)
            try channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(part))).wait()
            _ = try sent(on: channel)
            loop.advanceTime(by: .seconds(10))
        }
        #expect(channel.isActive)
        loop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }

    @Test func answersEverythingThatCameBeforeTheLastRequest() throws {
        for head in [request(.http1_1, [:]), request(.http1_1, [:]), request(.http1_1, ["connection": "close"])] {
            try channel.writeInbound(head)
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
        }
        for _ in 0..<2 {
            try answer(length: 0)
            #expect(try !sent(on: channel).contains("close"))
            #expect(channel.isActive)
        }
        try answer(length: 0)
        #expect(try sent(on: channel).contains("\r\nconnection: close\r\n"))
        #expect(!channel.isActive)
    }

    @Test func anOldRequestBehindAnotherChangesNothingOfThatOnesAnswer() throws {
        for head in [request(.http1_1, [:]), request(.http1_0, [:])] {
            try channel.writeInbound(head)
            try channel.writeInbound(HTTPServerRequestPart.end(nil))
        }
        try answer()
        #expect(try sent(on: channel).hasPrefix("HTTP/1.1 200"))
        #expect(channel.isActive)
        try answer()
        #expect(try sent(on: channel).hasPrefix("HTTP/1.0 200"))
        #expect(!channel.isActive)
    }
}
