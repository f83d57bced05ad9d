import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Serving

/// What is answered before the router, and that answers keep the order of requests.
@Suite struct ImmediateAnswersTests {
    private let channel = EmbeddedChannel()

    /// Answers paths that begin with `/quick`, with the path.
    private struct Responder: ImmediateResponder {
        func answer(_ head: HTTPRequest, from _: SocketAddress?) -> ImmediateAnswer? {
            guard let path = head.path, path.hasPrefix("/quick") else { return nil }
            return ImmediateAnswer(head: HTTPResponse(status: .ok), body: ByteBuffer(string: path))
        }
    }

    init() throws {
        try channel.pipeline.syncOperations.addHandler(ImmediateAnswers(Responder()))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func ask(
        _ path: String,
        _ method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        body: String? = nil
    ) throws {
        let head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost",
            path: path,
            headerFields: headers
        )
        try channel.writeInbound(HTTPRequestPart.head(head))
        if let body { try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: body))) }
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    /// The parts of requests that came through to the router: a path, a body, or a dot for an end.
    private func forwarded() throws -> [String] {
        var parts: [String] = []
        while let part = try channel.readInbound(as: HTTPRequestPart.self) {
            switch part {
            case .head(let head): parts.append(head.path ?? "")
            case .body(let body): parts.append(String(buffer: body))
            case .end: parts.append(".")
            }
        }
        return parts
    }

    /// The bodies of what was answered, and the `Connection` of each.
    private func answers() throws -> [String] {
        var bodies: [String] = []
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            switch part {
            case .head(let head): bodies.append(head.headerFields[.connection] ?? "")
            case .body(let body): bodies[bodies.count - 1] += String(buffer: body)
            case .end: break
            }
        }
        return bodies
    }

    private func answerTheLongerWay(_ body: String) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: body)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    @Test func answersAtOnceWhatItKnows() throws {
        try ask("/quick/1")
        try ask("/quick/2")
        #expect(try answers() == ["/quick/1", "/quick/2"])
        #expect(try forwarded().isEmpty)
    }

    @Test func handsOnWhatItDoesNotKnow() throws {
        try ask("/slow")
        #expect(try forwarded() == ["/slow", "."])
        #expect(try answers().isEmpty)
    }

    @Test func handsOnEveryMethodButGETAndEveryBody() throws {
        try ask("/quick", .head)
        try answerTheLongerWay("a")
        try ask("/quick", .post, body: "b")
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

    @Test func saysThatItClosesWhereThatWasAsked() throws {
        try ask("/quick", headers: [.connection: "close"])
        #expect(try answers() == ["close/quick"])
    }
}
