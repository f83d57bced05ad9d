import NIOCore
import Synchronization

/// How many of a thing each client has at a time: connections, photos, batches.
package final class Shares: Sendable {
    private let most: Int
    private let inAll: Int
    private let state = Mutex(State())

    private struct State {
        var taken: [Client: Int] = [:]
        var total = 0
    }

    /// Lets no client but this machine have more than `most`, and all together no more than `inAll`; 0 is no limit.
    package init(most: Int, inAll: Int = 0) {
        self.most = most
        self.inAll = inAll
    }

    /// Why no more may be had.
    package enum Shortage: Error {
        /// The client has as many as one may have.
        case ofClient
        /// All together have what there is.
        case inAll
    }

    /// One more, which counts as long as it is held.
    package func take(for client: Client) throws(Shortage) -> Share {
        let shortage: Shortage? = state.withLock { state in
            let count = state.taken[client, default: 0]
            // Who has had enough is told so, however much there is.
            guard most == 0 || client.isLocal || count < most else { return .ofClient }
            guard inAll == 0 || state.total < inAll else { return .inAll }
            state.taken[client] = count + 1
            state.total += 1
            return nil
        }
        if let shortage { throw shortage }
        return Share(shares: self, client: client)
    }

    fileprivate func give(back client: Client) {
        state.withLock { state in
            guard let count = state.taken[client] else { return }
            state.taken[client] = count > 1 ? count - 1 : nil
            state.total -= 1
        }
    }

    /// How many a client has.
    package func count(of client: Client) -> Int { state.withLock { $0.taken[client, default: 0] } }

    /// How many are had in all.
    package var total: Int { state.withLock { $0.total } }
}

/// One of the things that a client has.
package final class Share: Sendable {
    private let shares: Shares
    private let client: Client

    fileprivate init(shares: Shares, client: Client) {
        self.shares = shares
        self.client = client
    }

    deinit { shares.give(back: client) }
}

/// Closes a connection beyond the share of its client, before a byte of it is read.
final class ConnectionShare: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    private let shares: Shares
    private let proxies: Proxies
    private var share: Share?

    init(_ shares: Shares, besides proxies: Proxies) {
        self.shares = shares
        self.proxies = proxies
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { count(context) } }

    func channelActive(context: ChannelHandlerContext) {
        count(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        share = nil
        context.fireChannelInactive()
    }

    func handlerRemoved(context _: ChannelHandlerContext) { share = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.fireChannelRead(data) }

    private func count(_ context: ChannelHandlerContext) {
        guard share == nil else { return }
        // A proxy has the connections of all whom it asks for.
        let isProxy = proxies.contain(context.remoteAddress)
        share = try? shares.take(for: isProxy ? .proxy : Client(context.remoteAddress))
        if share == nil { context.close(promise: nil) }
    }
}
