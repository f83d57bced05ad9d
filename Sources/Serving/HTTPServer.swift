import Glibc
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle

/// An HTTP server whose connections cannot hold it up.
package struct HTTPServer {
    private let address: ListenAddress
    private let maximumConnections: Int
    private let shares: Shares
    private let proxies: Proxies
    private let gate: AcceptGate
    private let logger: Logger

    /// How long a request may take to arrive, in seconds.
    ///
    /// A second less than the 15 that are promised, which begin where the other end sends its first packet.
    package static let requestSeconds: Int64 = 14
    /// The greatest number of connections at a time; more wait to be accepted.
    package static let maximumConnections = 1_024

    /// `shares` says how many connections each client may have, but for `proxies`, and `gate` whether any is accepted.
    package init(
        at address: ListenAddress,
        maximumConnections: Int = Self.maximumConnections,
        shares: Shares = Shares(most: 0),
        proxies: Proxies = Proxies(),
        gate: AcceptGate,
        logger: Logger
    ) {
        self.address = address
        self.maximumConnections = maximumConnections
        self.shares = shares
        self.proxies = proxies
        self.gate = gate
        self.logger = logger
    }

    /// The server with its limits; `immediate` comes before the router, `services` live as long as it does, and `onListening` gets its address.
    package func application<Context: InitializableFromSource<ApplicationRequestContextSource>>(
        _ router: Router<Context>,
        immediate: (any ImmediateResponder)? = nil,
        services: [any Service] = [],
        onListening: @escaping @Sendable (_ address: String) -> Void
    ) -> some ApplicationProtocol {
        let handlers = handlers(immediate)
        return Application(
            router: router,
            server: HTTPServerBuilder { Connection(responder: $0, handlers: handlers) },
            configuration: .init(
                address: .hostname(address.host, port: address.port),
                backlog: maximumConnections,
                availableConnectionsDelegate: GatedConnections(gate: gate, maximum: maximumConnections)
            ),
            services: services,
            onServerRunning: { [gate, address] channel in
                gate.guardListening(channel)
                let host = channel.localAddress?.ipAddress ?? address.host
                let bound = ListenAddress(host: host, port: channel.localAddress?.port ?? address.port)
                onListening("http://\(bound)")
            },
            logger: logger
        )
    }

    /// What stands between a connection and the router.
    private func handlers(_ immediate: (any ImmediateResponder)?) -> @Sendable () -> [any ChannelHandler] {
        let (shares, proxies, date) = (shares, proxies, HTTPDate())
        return {
            let deadlines = ConnectionDeadlines(limit: .seconds(Self.requestSeconds))
            let answers = immediate.map { ImmediateAnswers($0, deadlines: deadlines, date: date) }
            let rules: [any ChannelHandler] = [
                ConnectionShare(shares, besides: proxies), CloseWatch(), RequestRules(), deadlines,
            ]
            return rules + [UnreadableRequests(), Expectations()] + [answers].compactMap { $0 }
        }
    }

    /// Serves until SIGTERM or SIGINT; what was accepted by then is answered.
    ///
    /// Throws ``CannotListen`` where the address is not to be had.
    package func run(_ application: some Service) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: application),
                .init(service: StopOnSignal(gate: gate), successTerminationBehavior: .gracefullyShutdownGroup),
            ],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        do { try await ServiceGroup(configuration: configuration).run() } catch let error as IOError
            where [EACCES, EADDRINUSE, EADDRNOTAVAIL].contains(error.errnoCode)
        {
            throw CannotListen(address: address, reason: unsafe String(cString: strerror(error.errnoCode)))
        } catch let error as SocketAddressError {
            throw CannotListen(address: address, reason: "\(error)")
        } catch is SocketAddressError.UnknownHost {
            throw CannotListen(address: address, reason: "nobody knows this host")
        }
    }
}
