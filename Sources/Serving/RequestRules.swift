import NIOCore
import NIOHTTP1

/// What HTTP/1.1 asks of a request besides its syntax, which is the decoder's: refuses what breaks the rules, and closes the connection.
///
/// * One `Host`, which is a host (RFC 9112, section 3.2).
/// * No transfer coding but `chunked` (section 6.1): another one could be understood in two ways.
/// * A method that nobody knows is refused as one that nobody takes (RFC 9110, section 9.1).
final class RequestRules: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var isRefused = false

    /// Methods of RFC 9110, and PATCH of RFC 5789.
    private static let known: [HTTPMethod] = [
        .GET, .HEAD, .POST, .PUT, .DELETE, .CONNECT, .OPTIONS, .TRACE, .PATCH,
    ]

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        if case .head(var head) = unwrapInboundIn(data) {
            if let reason = Self.violation(of: head) { return refuse(reason, context) }
            // No router knows what is not known here; each refuses TRACE, with what it takes.
            if !Self.known.contains(head.method) { head.method = .TRACE }
            return context.fireChannelRead(wrapInboundOut(.head(head)))
        }
        context.fireChannelRead(data)
    }

    private static func violation(of head: HTTPRequestHead) -> String? {
        let hosts = head.headers["host"]
        guard hosts.count == 1 || hosts.isEmpty && head.version == .http1_0 else {
            return hosts.isEmpty ? "the request lacks a Host field" : "the request has several Host fields"
        }
        guard hosts.allSatisfy(isHost) else { return "the Host field names no host" }
        let codings = head.headers["transfer-encoding"]
        guard codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked" else {
            return "the only transfer coding that is understood is chunked"
        }
        // Who knows no transfer coding may have meant something else by it (section 6.1).
        guard codings.isEmpty || head.version != .http1_0 else {
            return "HTTP/1.0 has no transfer coding"
        }
        return nil
    }

    /// Whether a text could be `uri-host [ ":" port ]`; an empty one is allowed.
    private static func isHost(_ text: String) -> Bool {
        text.utf8.count <= 255
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@\\\"<>^`{|}".utf8.contains($0) }
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        isRefused = true
        let answer = ByteBuffer(string: BareProblem(.badRequest, reason).text)
        encoder(context)?.writeAndFlush(NIOAny(answer), promise: nil)
        context.close(mode: .output, promise: nil)
        // What is still on its way is not read; to close at once could lose the answer.
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { context.close(promise: nil) }
    }

    private func encoder(_ context: ChannelHandlerContext) -> ChannelHandlerContext? {
        try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
    }
}
