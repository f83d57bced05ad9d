package import Hummingbird
package import Licence

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

    /// All routes.
    package var router: Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: RequestGuard())
        VerifierRoutes(publication: publication, now: now).add(to: router)
        PublicationRoutes(publication: publication).add(to: router)
        OperationsRoutes(publication: publication, now: now).add(to: router)
        return router
    }
}
