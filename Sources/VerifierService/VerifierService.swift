package import Hummingbird
package import Licence
import Publication
package import Verification

/// The daemon's half that answers: codes in, verdicts out, and the publication that they rest on.
package struct VerifierService {
    private let publication: @Sendable () -> LoadedPublication
    private let tile: (@Sendable (String) -> [UInt8]?)?
    private let pages: PageSettings
    private let photos: PhotoReader
    private let limits: Limits
    private let metrics: Metrics
    private let log: RequestLog
    private let gauges: @Sendable () -> Gauges
    private let verdicts: Verdicts
    private let register: (any LicenceRegister)?

    /// The publication in force and the time, each asked for once a request; `tile` gets what lies at a path of the log, and `gauges` what is measured
    /// elsewhere.
    ///
    /// Credit codes are looked up in `register`, where there is one.
    package init(
        publication: @escaping @Sendable () -> LoadedPublication,
        tile: (@Sendable (String) -> [UInt8]?)? = nil,
        now: @escaping @Sendable () -> Instant,
        pages: PageSettings = PageSettings(),
        photos: PhotoReader = PhotoReader(),
        known: CheckedCodes = CheckedCodes(capacity: 1_024),
        limits: Limits = Limits(),
        metrics: Metrics = Metrics(),
        log: RequestLog = RequestLog(),
        register: (any LicenceRegister)? = nil,
        gauges: @escaping @Sendable () -> Gauges = { Gauges() }
    ) {
        self.publication = publication
        self.tile = tile
        self.pages = pages
        self.photos = photos
        self.limits = limits
        self.metrics = metrics
        self.log = log
        self.register = register
        self.gauges = gauges
        verdicts = Verdicts(publication: publication, known: known, metrics: metrics, now: now)
    }

    /// What is answered before the router, as ``router`` would answer it.
    package var quick: QuickVerdicts { QuickVerdicts(verdicts: verdicts, limits: limits, log: log) }

    /// All routes.
    package var router: Router<VerifierContext> {
        let router = Router(context: VerifierContext.self)
        let notes = { @Sendable in AuthorityNotes(pages, trust: try? publication().snapshot.trust.get()) }
        router.add(middleware: RequestGuard(limits: limits, metrics: metrics, log: log, notes: notes))
        VerifierRoutes(verdicts: verdicts, limits: limits, pages: pages, photos: photos).add(to: router)
        BatchRoute(verdicts: verdicts, limits: limits).add(to: router)
        FormRoutes(
            publication: publication,
            isCutOff: { gauges().syncFault != nil },
            now: verdicts.now,
            pages: pages,
            photos: photos,
            limits: limits
        ).add(to: router)
        PublicationRoutes(publication: publication, tile: tile).add(to: router)
        OperationsRoutes(verdicts: verdicts, photos: photos, limits: limits, gauges: gauges).add(to: router)
        DescriptionRoute().add(to: router)
        LicenceRoute(register: register, limits: limits, now: verdicts.now).add(to: router)
        return router
    }
}
