package import NIOCore

/// Ends the work on a request whose connection closes.
///
/// Unlike callbacks of the channel's `closeFuture`, which stay until the connection ends, it holds nothing of requests before.
final class CloseWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private var action: (@Sendable () -> Void)?
    private var isClosed = false

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        action.take()?()
        context.fireChannelInactive()
    }

    fileprivate func replace(with action: (@Sendable () -> Void)?) {
        if isClosed { action?() } else { self.action = action }
    }
}

extension Channel {
    /// Does something when this connection closes, instead of what was to be done before; nothing with nil.
    package func onClose(_ action: (@Sendable () -> Void)?) {
        eventLoop.execute {
            if let watch = try? self.pipeline.syncOperations.handler(type: CloseWatch.self) {
                watch.replace(with: action)
            } else if let action {
                // It is closed already, or is no connection of an ``HTTPServer``.
                self.closeFuture.whenComplete { _ in action() }
            }
        }
    }
}
