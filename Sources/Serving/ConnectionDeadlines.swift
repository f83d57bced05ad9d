import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Closes connections that are too slow: a request must be there in full in time, and its answer must be taken.
///
/// It also closes behind an answer that says `Connection: close`, even if the request has not ended, without losing the answer; and
/// when the server stops, it answers what is already on its way.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a request may take, from the connection's opening or the last answer to its last byte.
    private let limit: TimeAmount
    private var timer: Scheduled<Void>?
    private var unanswered = 0
    private var isReading = false
    private var closesAfterAnswer = false
    private var isLingering = false
    private var isStopping = false
    /// How much of an answer was not yet taken when the timer last rang.
    private var untaken = Int.max

    /// The least that a reader takes of an answer in one `limit`.
    private static let leastTaken = 16_384
    /// How long the rest of a request that was answered early is read and thrown away; to close at once would lose the answer.
    private static let linger = TimeAmount.seconds(1)
    /// How long an idle connection stays open when the server stops: a request may be on its way.
    private static let grace = TimeAmount.milliseconds(500)

    init(limit: TimeAmount) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { startTimer(limit, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelActive(context: ChannelHandlerContext) {
        startTimer(limit, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering else { return }
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            isReading = true
        case .body: break
        case .end: isReading = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if isStopping { head.headerFields[.connection] = "close" }
            closesAfterAnswer = head.headerFields[.connection] == "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            unanswered -= 1
            guard closesAfterAnswer else {
                if !isReading { startTimer(limit, context) }
                return context.write(data, promise: promise)
            }
            context.writeAndFlush(data, promise: promise)
            guard isReading else { return context.close(promise: nil) }
            isLingering = true
            context.close(mode: .output, promise: nil)
            startTimer(Self.linger, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        guard unanswered == 0 else { return context.fireUserInboundEventTriggered(event) }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.grace) {
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    private func startTimer(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        untaken = .max
        schedule(time, context)
    }

    private func schedule(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.ring(context) }
    }

    private func ring(_ context: ChannelHandlerContext) {
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let isComputing = unanswered > 0 && !isReading && waiting == 0
        let isTaking = waiting > 0 && waiting <= untaken - Self.leastTaken
        guard !isLingering, isComputing || isTaking else { return context.close(promise: nil) }
        untaken = waiting
        schedule(limit, context)
    }
}
