package import Hummingbird
import HummingbirdCore
package import Licence
package import Logging
import NIOCore
package import ServiceLifecycle

/// The daemon's half that answers: codes in, verdicts out, and the publication that they rest on.
package struct VerifierService {
    private let publication: @Sendable () -> LoadedPublication
    private let now: @Sendable () -> Instant

    /// The publication in force and the time, each asked for once a request.
    package init(
        publication: @escaping @Sendable () -> LoadedPublication,
        now: @escaping @Sendable () -> Instant
    ) {
        self.publication = publication
        self.now = now
    }

    /// How long a request may take to arrive, in seconds.
    package static let requestSeconds: Int64 = 15
    /// The greatest number of connections at a time; more wait to be accepted.
    package static let maximumConnections = 1_024

    /// All routes.
    package var router: Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: RequestGuard())
        VerifierRoutes(publication: publication, now: now).add(to: router)
        PublicationRoutes(publication: publication).add(to: router)
        OperationsRoutes(publication: publication, now: now).add(to: router)
        return router
    }

    /// The server with its limits; `services` live as long as it does, `gate` says whether it accepts, and
    /// `onListening` gets its address.
    package func application(
        host: String,
        port: Int,
        maximumConnections: Int = Self.maximumConnections,
        gate: AcceptGate,
        services: [any Service],
        logger: Logger,
        onListening: @escaping @Sendable (_ address: String) -> Void
    ) -> some ApplicationProtocol {
        let limits = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 32_768,
            maxHeaderListSize: 65_536,
            maxHeaderFieldCount: 128
        )
        return Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionDeadlines(limit: .seconds(Self.requestSeconds))],
                    idleTimeout: .seconds(Self.requestSeconds),
                    httpDecoderConfiguration: limits
                )
            ),
            configuration: .init(
                address: .hostname(host, port: port),
                backlog: maximumConnections,
                availableConnectionsDelegate: GatedConnections(gate: gate, maximum: maximumConnections)
            ),
            services: services,
            onServerRunning: { channel in
                gate.guardListening(channel)
                let address = channel.localAddress?.ipAddress ?? host
                let shown = address.contains(":") ? "[\(address)]" : address
                onListening("http://\(shown):\(channel.localAddress?.port ?? port)")
            },
            logger: logger
        )
    }
}
