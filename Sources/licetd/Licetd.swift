import ArgumentParser
import Foundation
import Licence
import Logging
import OpenSSL
import Publication
import Serving
import VerifierService

/// The daemon: its arguments, and what becomes of its errors.
@main
struct Licetd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "licetd",
        abstract: "Answer over HTTP what licence codes are worth, by a publication that is kept in a folder.",
        discussion: """
            The daemon prints one line when it listens, picks up a new publication by itself within two seconds, and \
            stops on SIGTERM or SIGINT when what it accepted is answered. It holds no key; put a proxy with TLS before it.

            EXAMPLE
              licetd --publication /srv/publication --state /var/lib/licetd
              curl -H 'Accept: application/json' http://127.0.0.1:8787/L/2983…

            EXIT CODES
              64 wrong usage, 66 a folder or file that cannot be read, 70 anything else
            """
    )

    @Option(help: ArgumentHelp("The folder with trust-list, status/ and issued/.", valueName: "dir"))
    var publication: String

    @Option(
        help: ArgumentHelp(
            "The PEM certificate of the authority's root (default: LICET_ROOT, then /etc/licet/root.crt).",
            valueName: "file"
        )
    )
    var root: String?

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = ListenAddress.standard

    @Option(
        help: ArgumentHelp(
            "The folder that keeps which files were the newest, so that older ones are refused after a restart too.",
            valueName: "dir"
        )
    )
    var state: String?

    @Option(
        help: ArgumentHelp(
            "The verifier keys of witnesses that must have signed the log, one a line.",
            valueName: "file"
        )
    )
    var witnesses: String?

    @Option(help: ArgumentHelp("How many of --witnesses must have signed (default: all).", valueName: "n"))
    var quorum: Int?

    func validate() throws {
        guard quorum == nil || witnesses != nil else { throw ValidationError("--quorum is of --witnesses; give both") }
        guard quorum ?? 1 > 0 else { throw ValidationError("--quorum: at least 1") }
    }

    func run() async throws {
        do { try await serve() } catch {
            FileHandle.standardError.write(Data("licetd: \(Failure.reason(error))\n".utf8))
            throw Failure.exitCode(error)
        }
    }

    private func serve() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "licetd")
        logger.logLevel = .notice
        let connections = DescriptorLimit.raise(for: HTTPServer.maximumConnections)
        let loader = try loader(logger)
        guard let first = loader.load(after: nil) else { throw Failure.internalError("nothing was loaded") }
        let current = CurrentPublication(first)
        let folder = FolderSource(publication)
        let service = VerifierService(
            publication: { current.publication },
            tile: { try? folder.read($0) },
            now: { Instant.now }
        )
        let server = HTTPServer(at: listen, maximumConnections: connections, gate: AcceptGate(), logger: logger)
        let application = server.application(
            service.router,
            services: [PublicationWatcher(loader: loader, current: current)]
        ) { [logger] address in
            logger.notice("started", metadata: ["address": "\(address)"])
            try? FileHandle.standardOutput.write(contentsOf: Data("licetd listening on \(address)\n".utf8))
        }
        try await server.run(application)
        logger.notice("stopped")
    }

    private func loader(_ logger: Logger) throws -> PublicationLoader {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: publication, isDirectory: &isFolder), isFolder.boolValue else {
            throw PublicationError(.missing, file: publication, "is no folder; --publication names one")
        }
        let named = ProcessInfo.processInfo.environment["LICET_ROOT"].flatMap { $0.isEmpty ? nil : $0 }
        let rootPath = root ?? named ?? "/etc/licet/root.crt"
        let pem = try DurableFile.read(rootPath, limit: 65_536)
        guard let certificate = try? Certificate(pem: pem), certificate.isAuthority else {
            throw PublicationError(.malformed, file: rootPath, "is no PEM certificate of a root")
        }
        var memory: String?
        if let state {
            try DurableFile.makeFolder(state, mode: 0o700)
            memory = "\(state)/\(HighWater.fileName(of: certificate))"
        } else {
            logger.notice("no --state: which files were the newest is forgotten at the end")
        }
        return try PublicationLoader(
            folder: publication,
            root: certificate,
            policy: try witnesses.map {
                try WitnessPolicy(DurableFile.read($0, limit: 65_536), quorum: quorum, file: $0)
            } ?? .none,
            memory: memory,
            logger: logger,
            now: { .now }
        )
    }
}

extension Instant {
    /// The time of the system's clock.
    fileprivate static var now: Instant { Instant(seconds: Int64(Date().timeIntervalSince1970.rounded(.down))) }
}
