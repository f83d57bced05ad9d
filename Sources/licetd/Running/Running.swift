import Foundation
import Licence
import Logging
import OpenSSL
import Publication
import Register
import ServiceLifecycle
import Serving
import Syncing
import Verification
import VerifierService

/// The daemon with its parts put together.
struct Running {
    let settings: Settings
    let level: LogLevel
    let logger: Logger
    /// Reads the settings again.
    let reread: @Sendable () throws -> Settings

    /// Serves until it is told to stop.
    func run() async throws {
        let start = try Start(settings)
        let connections = DescriptorLimit.raise(for: settings.connections)
        if connections < settings.connections {
            logger.warning(
                "fewer connections than set: the limit of open files is too low",
                metadata: ["connections": "\(connections)"]
            )
        }
        try DurableFile.makeFolder(settings.state, mode: 0o700)
        if start.sync != nil { try DurableFile.makeFolder(start.folder, mode: 0o700) }
        let metrics = Metrics()
        let loader = try PublicationLoader(
            folder: start.folder,
            root: start.root,
            policy: start.policy,
            memory: start.memory,
            logger: logger,
            now: { .now },
            metrics: metrics
        )
        guard let first = loader.load(after: nil) else { throw Failure.internalError("nothing was loaded") }
        let current = CurrentPublication(first)
        let sync = start.sync.map {
            PublicationSync($0, to: start.folder, memory: start.memory, every: settings.syncEvery, logger: logger)
        }
        let shares = Shares(most: settings.connectionsOfOne)
        let proxies = Proxies(settings.proxies)
        let register = settings.register.map { RegisterFile(path: $0, logger: logger) }
        // The log says at once when it cannot be read; verdicts do not need it.
        if let register { _ = try? register.authority() }
        let service = service(start, current, metrics, shares, proxies, sync, register)
        let server = HTTPServer(
            at: settings.listen,
            maximumConnections: connections,
            shares: shares,
            proxies: proxies,
            gate: AcceptGate(),
            logger: logger
        )
        var services: [any Service] = [
            PublicationWatcher(loader: loader, current: current),
            ReloadOnHangup(current: settings, read: reread, level: level, logger: logger) { sync?.hurry() },
        ]
        if let sync { services.append(sync) }
        if let interval = ServiceNotice.watchdogInterval { services.append(Watchdog(interval: interval)) }
        let application = server.application(service.router, immediate: service.quick, services: services) { address in
            logger.notice("started", metadata: ["address": "\(address)"])
            ServiceNotice.send("READY=1")
            try? FileHandle.standardOutput.write(contentsOf: Data("licetd listening on \(address)\n".utf8))
        }
        try await server.run(application)
        ServiceNotice.send("STOPPING=1")
        logger.notice("stopped")
        // What hangs in a transfer must not meet libraries that have come to their ends.
        if sync?.isUnderWay ?? false { _exit(EXIT_SUCCESS) }
    }

    private func service(
        _ start: Start,
        _ current: CurrentPublication,
        _ metrics: Metrics,
        _ shares: Shares,
        _ proxies: Proxies,
        _ sync: PublicationSync?,
        _ register: RegisterFile?
    ) -> VerifierService {
        let folder = FolderSource(start.folder)
        return VerifierService(
            publication: { current.publication },
            tile: { try? folder.read($0) },
            now: { Instant.now },
            pages: settings.pages,
            photos: PhotoReader(atOnce: settings.photos),
            known: CheckedCodes(capacity: settings.cache),
            limits: Limits(
                proxies: proxies,
                rate: RateLimit(perSecond: Double(settings.requestsPerSecond), burst: settings.burst),
                batches: settings.batches
            ),
            metrics: metrics,
            log: RequestLog(settings.logsRequests ? logger : nil, namesLicences: settings.logsLicences),
            register: register,
            gauges: {
                let tally = sync?.tally
                return Gauges(
                    connections: shares.total,
                    syncedAt: tally?.syncedAt,
                    failedSyncs: tally?.failures,
                    syncFault: sync?.fault(at: .now)
                )
            }
        )
    }
}

/// What must be there before anything is served.
struct Start {
    let root: Certificate
    let policy: WitnessPolicy
    /// Where the publication lies on this machine.
    let folder: String
    /// The file that keeps which files were the newest.
    let memory: String
    /// How the folder is brought up to date; nil where somebody else does that.
    let sync: Sync?

    init(_ settings: Settings) throws {
        let pem = try DurableFile.read(settings.root, limit: 65_536)
        guard let root = try? Certificate(pem: pem), root.isAuthority else {
            throw PublicationError(.malformed, file: settings.root, "is no PEM certificate of a root")
        }
        self.root = root
        policy =
            try settings.witnesses.map {
                try WitnessPolicy(DurableFile.read($0, limit: 65_536), quorum: settings.quorum, file: $0)
            } ?? .none
        memory = "\(settings.state)/\(HighWater.fileName(of: root))"
        guard settings.isFromWeb else {
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: settings.publication, isDirectory: &isFolder)
            guard isThere, isFolder.boolValue else {
                throw PublicationError(
                    .missing,
                    file: settings.shownPublication,
                    "is no folder; --publication names one"
                )
            }
            folder = settings.publication
            sync = nil
            return
        }
        folder = "\(settings.state)/publication"
        sync = Sync(
            from: try Origin(settings.publication),
            root: root,
            policy: policy,
            scope: Sync.Scope(wholeLog: settings.syncWholeLog),
            web: WebOptions(certificateAuthorities: settings.syncCAFile)
        )
    }
}
