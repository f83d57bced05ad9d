package import NIOCore
package import NIOHTTP1

/// Answers what takes no waiting, on the event loop of its connection.
package protocol ImmediateResponder: Sendable {
    /// The answer to a GET without a body; nil where it takes the longer way, through the router.
    func answer(_ head: HTTPRequestHead, from peer: SocketAddress?) -> ImmediateAnswer?
}

/// An answer of status 200 that is there as a whole.
package struct ImmediateAnswer: Sendable {
    /// Header fields as they are sent, a line each; `Content-Length`, `Date` and `Connection` are not among them.
    package let fields: ImmediateFields
    package let body: [UInt8]

    package init(fields: ImmediateFields, body: [UInt8]) {
        self.fields = fields
        self.body = body
    }
}

/// Header fields that are the same in many answers.
package struct ImmediateFields: Sendable {
    fileprivate let bytes: [UInt8]

    /// The fields, without their ends.
    package var lines: [String] { String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map { String($0) } }

    /// Names and values, which are the program's own and need no checking.
    package init(_ fields: [(name: String, value: String)]) {
        bytes = Array(fields.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
    }
}

/// Puts an ``ImmediateResponder`` before the router: a request that it answers never leaves its connection's event loop.
///
/// Answers keep the order of their requests: while an earlier one is on the longer way, or the other end does not take what it
/// asked for, everything goes there.
final class ImmediateAnswers: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let responder: any ImmediateResponder
    private let deadlines: ConnectionDeadlines
    private let date: HTTPDate
    /// Requests on the longer way.
    private var forwarded = 0
    /// A request that has only to end.
    private var held: HTTPRequestHead?
    /// The other end, asked once: the answer costs a system call.
    private lazy var peer = behindEncoder?.remoteAddress
    /// Where bytes are written that need no encoding.
    private var behindEncoder: ChannelHandlerContext?

    private static let start = Array("HTTP/1.1 200 OK\r\n".utf8)

    init(_ responder: any ImmediateResponder, deadlines: ConnectionDeadlines, date: HTTPDate) {
        self.responder = responder
        self.deadlines = deadlines
        self.date = date
    }

    func handlerAdded(context: ChannelHandlerContext) {
        behindEncoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
    }

    func handlerRemoved(context _: ChannelHandlerContext) { behindEncoder = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard forwarded == 0, head.method == .GET, context.channel.isWritable else { return forward(head, context) }
            held = head
        case .body:
            if let head = held { forward(head, context) }
            context.fireChannelRead(data)
        case .end:
            guard let head = held else { return context.fireChannelRead(data) }
            held = nil
            guard let encoder = behindEncoder, let answer = responder.answer(head, from: peer) else {
                forward(head, context)
                return context.fireChannelRead(data)
            }
            let bytes = written(answer, context)
            let count = bytes.readableBytes
            encoder.writeAndFlush(NIOAny(bytes), promise: nil)
            deadlines.answered(count, context)
        }
    }

    private func written(_ answer: ImmediateAnswer, _ context: ChannelHandlerContext) -> ByteBuffer {
        var buffer = context.channel.allocator.buffer(capacity: answer.body.count + answer.fields.bytes.count + 160)
        buffer.writeBytes(Self.start)
        buffer.writeBytes(answer.fields.bytes)
        buffer.writeString("Content-Length: ")
        buffer.writeString(String(answer.body.count))
        buffer.writeString("\r\nDate: ")
        buffer.writeString(date.now)
        buffer.writeString(deadlines.isClosing ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
        buffer.writeBytes(answer.body)
        return buffer
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { forwarded -= 1 }
        context.write(data, promise: promise)
    }

    private func forward(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        held = nil
        forwarded += 1
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
