import HTTPTypes
package import HummingbirdCore
package import NIOCore
import NIOHTTP1

/// Tells whoever waits for it to go on (`Expect: 100-continue`, RFC 9110, section 10.1.1), but not before somebody wants the body.
///
/// So what is refused by its head alone is refused before its body is sent. A connection on which a body may come or not, as the
/// other end likes, has no next request.
final class Expectations: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Somebody begins to read the body of the request that is being answered.
    struct BodyIsWanted: Sendable {}

    /// The other end has sent a head alone and was not told to go on.
    private var isAwaited = false

    private static let goOn = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else {
            // Who sends a body does not wait.
            isAwaited = false
            return context.fireChannelRead(data)
        }
        isAwaited = head.version == .http1_1 && Self.isOne(head.headers["expect"])
        // Nobody reads the body of a GET, and that of a short one may be waited for before it is answered.
        if head.method == .GET { goOn(context) }
        context.fireChannelRead(data)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyIsWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        goOn(context)
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isAwaited, case .head(var head) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        isAwaited = false
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private func goOn(_ context: ChannelHandlerContext) {
        guard isAwaited else { return }
        isAwaited = false
        let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
        encoder?.writeAndFlush(NIOAny(Self.goOn), promise: nil)
    }

    static func isOne(_ fields: [String]) -> Bool { fields.contains { $0.lowercased() == "100-continue" } }
}

extension Request {
    /// The same request; whoever begins to read its body makes the other end of `channel` send it.
    package func withBodyOnDemand(on channel: any Channel) -> Request {
        guard Expectations.isOne(headers[values: .expect]) else { return self }
        var request = self
        request.body = RequestBody(asyncSequence: BodyOnDemand(body: body, channel: channel))
        return request
    }
}

/// A body that is asked for when it is read.
private struct BodyOnDemand: AsyncSequence, Sendable {
    let body: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> RequestBody.AsyncIterator {
        channel.triggerUserOutboundEvent(Expectations.BodyIsWanted(), promise: nil)
        return body.makeAsyncIterator()
    }
}
