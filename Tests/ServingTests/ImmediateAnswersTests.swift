import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Serving

/// What is answered before the router, and that answers keep the order of requests.
@Suite struct ImmediateAnswersTests {
    private let channel = EmbeddedChannel()

    /// Answers paths that begin with `/quick`, with the path.
    private struct Responder: ImmediateResponder {
        func answer(_ head: HTTPRequestHead, from _: SocketAddress?) -> ImmediateAnswer? {
            guard head.uri.hasPrefix("/quick") else { return nil }
            return ImmediateAnswer(fields: ImmediateFields([("Vary", "Accept")]), body: Array(head.uri.utf8))
        }
    }

    init() throws {
        let deadlines = ConnectionDeadlines(limit: .seconds(15))
        try channel.pipeline.syncOperations.addHandlers([
            HTTPResponseEncoder(), deadlines, ImmediateAnswers(Responder(), deadlines: deadlines, date: HTTPDate()),
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func ask(
        _ path: String,
        _ method: HTTPMethod = .GET,
        headers: HTTPHeaders = [:],
        body: String? = nil
    ) throws {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        if let body { try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: body))) }
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    /// The parts of requests that came through to the router: a path, a body, or a dot for an end.
    private func forwarded() throws -> [String] {
        var parts: [String] = []
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): parts.append(head.uri)
            case .body(let body): parts.append(String(buffer: body))
            case .end: parts.append(".")
            }
        }
        return parts
    }

    /// All that was sent.
    private func sent() throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text
    }

    /// The bodies of what was sent, in order.
    private func answers() throws -> [String] {
        try sent().split(separator: "HTTP/1.1 200 OK\r\n").map { String($0.split(separator: "\r\n\r\n").last ?? "") }
    }

    private func answerTheLongerWay(_ body: String) throws {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "\(body.utf8.count)"])
        try channel.writeOutbound(HTTPServerResponsePart.head(head))
        try channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))))
        try channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    @Test func answersAtOnceWhatItKnows() throws {
        try ask("/quick/1")
        try ask("/quick/2")
        #expect(try answers() == ["/quick/1", "/quick/2"])
        #expect(try forwarded().isEmpty)
    }

    @Test func anAnswerIsWholeAndSaysWhatItIs() throws {
        try ask("/quick")
        let answer = try sent()
        #expect(
            answer.wholeMatch(
                of: /HTTP\/1\.1 200 OK\r\nVary: Accept\r\nContent-Length: 6\r\nDate: [A-Z][^\r\n]* GMT\r\n\r\n\/quick/
            ) != nil,
            "\(answer)"
        )
        #expect(channel.isActive)
    }

    @Test func handsOnWhatItDoesNotKnow() throws {
        try ask("/slow")
        #expect(try forwarded() == ["/slow", "."])
        #expect(try answers().isEmpty)
    }

    @Test func handsOnEveryMethodButGETAndEveryBody() throws {
        try ask("/quick", .HEAD)
        try answerTheLongerWay("a")
        try ask("/quick", .POST, body: "b")
        try answerTheLongerWay("b")
        try ask("/quick", body: "c")
        #expect(try forwarded() == ["/quick", ".", "/quick", "b", ".", "/quick", "c", "."])
    }

    @Test func neverOvertakesAnAnswerThatIsOnItsWay() throws {
        try ask("/slow")
        try ask("/quick/1")
        #expect(try forwarded() == ["/slow", ".", "/quick/1", "."])
        try answerTheLongerWay("slow")
        try ask("/quick/2")
        #expect(try answers() == ["slow"])
        try answerTheLongerWay("/quick/1")
        try answerTheLongerWay("/quick/2")
        try ask("/quick/3")
        #expect(try answers() == ["/quick/1", "/quick/2", "/quick/3"])
    }

    @Test func closesBehindTheLastAnswerAndSaysSo() throws {
        try ask("/quick", headers: ["connection": "close"])
        #expect(try sent().contains("\r\nConnection: close\r\n\r\n/quick"))
        #expect(!channel.isActive)
    }

    @Test func saysThatItClosesOnceTheServerStops() throws {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        try ask("/quick")
        #expect(try sent().contains("\r\nConnection: close\r\n\r\n/quick"))
        #expect(!channel.isActive)
    }
}
