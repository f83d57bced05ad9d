package import HTTPTypes
package import NIOCore
import NIOHTTPTypes

/// Answers what takes no waiting, on the event loop of its connection.
package protocol ImmediateResponder: Sendable {
    /// The answer to a request without a body; nil where it takes the longer way, through the router.
    func answer(_ head: HTTPRequest, from peer: SocketAddress?) -> ImmediateAnswer?
}

/// A whole answer.
package struct ImmediateAnswer: Sendable {
    package let head: HTTPResponse
    package let body: ByteBuffer

    package init(head: HTTPResponse, body: ByteBuffer) {
        self.head = head
        self.body = body
    }
}

/// Puts an ``ImmediateResponder`` before the router: a request that it answers never leaves its connection's event loop.
///
/// Answers keep the order of their requests: while an earlier one is on the longer way, or the other end does not take what it
/// asked for, everything goes there.
final class ImmediateAnswers: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let responder: any ImmediateResponder
    /// Requests on the longer way.
    private var forwarded = 0
    /// A request that has only to end.
    private var held: HTTPRequest?

    init(_ responder: any ImmediateResponder) { self.responder = responder }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard forwarded == 0, head.method == .get, context.channel.isWritable else { return forward(head, context) }
            held = head
        case .body:
            if let head = held { forward(head, context) }
            context.fireChannelRead(data)
        case .end:
            guard let head = held else { return context.fireChannelRead(data) }
            held = nil
            guard let answer = responder.answer(head, from: context.remoteAddress) else {
                forward(head, context)
                return context.fireChannelRead(data)
            }
            var response = answer.head
            if head.headerFields[.connection]?.lowercased() == "close" { response.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(response)), promise: nil)
            context.write(wrapOutboundOut(.body(answer.body)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { forwarded -= 1 }
        context.write(data, promise: promise)
    }

    private func forward(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        held = nil
        forwarded += 1
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
