import NIOCore
import NIOHTTP1

/// Closes connections that are too slow: a request must be there in full in time, or go on arriving, and its answer must be taken.
///
/// It also closes behind an answer after which nothing may follow, even if the request has not ended, without losing the answer; and
/// when the server stops, it answers what is already on its way.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// How long a request may take, from the connection's opening or the last answer to its last byte; a longer one must bring
    /// ``leastArrived`` in each such time.
    private let limit: TimeAmount
    private var timer: Scheduled<Void>?
    /// When the connection has had its time, and when the timer rings, perhaps before that.
    private var (deadline, ringsAt) = (NIODeadline.distantFuture, NIODeadline.distantFuture)
    /// Requests that came and were not answered yet, in their order.
    private var unanswered = CircularBuffer<Asked>(initialCapacity: 2)
    private var isReading = false
    private var closesAfterAnswer = false
    private var isLingering = false
    private var isStopping = false
    /// Bytes of bodies that have arrived, and of answers that were written, on this connection.
    private var (arrived, written) = (0, 0)
    /// How much had arrived, was written and was taken, when the timer last rang or was set.
    private var (arrivedBefore, writtenBefore, takenBefore) = (0, 0, 0)

    private struct Asked {
        /// It says that no other will follow, or is of HTTP/1.0 and does not say that others may.
        var isLast: Bool
        /// It is of HTTP/1.0, where an answer without a length ends with the connection (RFC 9112, section 6.3).
        let isOld: Bool
    }

    /// The least that a reader takes of an answer in one `limit`, where more of it waits for him.
    private static let leastTaken = 16_384
    /// The least that is answered in one `limit` to a request that has not arrived in full: a server that lets a batch wait answers more.
    private static let leastAnswered = 4_096
    /// The least that comes of a long body in one `limit`: 35 kbit a second.
    private static let leastArrived = 65_536
    /// How long the rest of a request that was answered early is read and thrown away; to close at once would lose the answer.
    private static let linger = TimeAmount.seconds(1)
    /// How long an idle connection stays open when the server stops: a request may be on its way.
    private static let grace = TimeAmount.milliseconds(500)

    init(limit: TimeAmount) { self.limit = limit }

    /// Whether nothing may follow the answer that is written next.
    var isClosing: Bool { isStopping && unanswered.count <= 1 || unanswered.first?.isLast ?? false }

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
        case .head(let head):
            isReading = true
            // Behind CONNECT and an upgrade, which nobody here takes up, the decoder expects another protocol.
            let isLast = !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "upgrade")
            unanswered.append(Asked(isLast: isLast, isOld: head.version.major == 1 && head.version.minor == 0))
        case .body(let part): arrived += part.readableBytes
        case .end: isReading = false
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What cannot be read goes on arriving all the same.
        isReading = true
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if let asked = unanswered.first, asked.isOld, head.headers["content-length"].isEmpty {
                head.version = .http1_0
                unanswered[unanswered.startIndex].isLast = true
            }
            if isClosing { head.headers.replaceOrAdd(name: "connection", value: "close") }
            closesAfterAnswer = head.headers["connection"].contains("close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let part):
            written += part.readableBytes
            context.write(data, promise: promise)
        case .end:
            guard closesAfterAnswer else {
                context.write(data, promise: promise)
                return answered(context)
            }
            _ = unanswered.popFirst()
            context.writeAndFlush(data, promise: promise)
            close(context)
        }
    }

    /// Says that the request that came last was answered with so many bytes, past this handler; they are flushed.
    func answered(_ bytes: Int, _ context: ChannelHandlerContext) {
        written += bytes
        guard isClosing else { return answered(context) }
        _ = unanswered.popFirst()
        close(context)
    }

    private func answered(_ context: ChannelHandlerContext) {
        _ = unanswered.popFirst()
        // What was written so far was no answer to the request that is arriving.
        if isReading { writtenBefore = written } else { startTimer(limit, context) }
    }

    private func close(_ context: ChannelHandlerContext) {
        guard isReading else { return context.close(promise: nil) }
        isLingering = true
        context.close(mode: .output, promise: nil)
        startTimer(Self.linger, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        guard unanswered.isEmpty else { return context.fireUserInboundEventTriggered(event) }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.grace) {
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    private func startTimer(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline = context.eventLoop.now + time
        note(waiting(context))
        // A timer that rings before that sees by itself that it is too early.
        if timer == nil || ringsAt > deadline { schedule(context) }
    }

    private func schedule(_ context: ChannelHandlerContext) {
        timer?.cancel()
        ringsAt = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.ring(context) }
    }

    /// Bytes of answers that the other end has not taken yet.
    private func waiting(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func note(_ waiting: Int) {
        (arrivedBefore, writtenBefore, takenBefore) = (arrived, written, written - waiting)
    }

    private func ring(_ context: ChannelHandlerContext) {
        timer = nil
        guard context.eventLoop.now >= deadline else { return schedule(context) }
        let waiting = waiting(context)
        let isComputing = !unanswered.isEmpty && !isReading && waiting == 0
        let isTaking = waiting > 0 && written - waiting - takenBefore >= Self.leastTaken
        // Who waits for a batch's answers before he sends more is not slow.
        let isAnswered = !unanswered.isEmpty && waiting == 0 && written - writtenBefore >= Self.leastAnswered
        let isArriving = isReading && arrived - arrivedBefore >= Self.leastArrived
        guard !isLingering, isComputing || isTaking || isAnswered || isArriving else {
            return context.close(promise: nil)
        }
        note(waiting)
        deadline = context.eventLoop.now + limit
        schedule(context)
    }
}
