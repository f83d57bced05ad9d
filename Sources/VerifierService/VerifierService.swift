package import Hummingbird
package import Licence

/// The daemon's half that answers: codes in, verdicts out, and the publication that they rest on.
package struct VerifierService {
    private let publication: @Sendable () -> LoadedPublication
    private let tile: (@Sendable (String) -> [UInt8]?)?
    private let now: @Sendable () -> Instant

    /// The publication in force and the time, each asked for once a request; `tile` gets what lies at a path of the log.
    package init(
        publication: @escaping @Sendable () -> LoadedPublication,
        tile: (@Sendable (String) -> [UInt8]?)? = nil,
        now: @escaping @Sendable () -> Instant
    ) {
        self.publication = publication
        self.tile = tile
        self.now = now
    }

    /// All routes.
    package var router: Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: RequestGuard())
        VerifierRoutes(publication: publication, now: now).add(to: router)
        PublicationRoutes(publication: publication, tile: tile).add(to: router)
        OperationsRoutes(publication: publication, now: now).add(to: router)
        return router
    }
}
