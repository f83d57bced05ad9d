import ArgumentParser
import Authority
import Dispatch
import Foundation
import Licence
import Logging
import OpenSSL
import Publication
import Serving
import TransparencyLog
import WitnessService

/// A small witness of logs, as C2SP tlog-witness describes it.
struct WitnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Vouch for logs that they only ever grew: answer add-checkpoint over HTTP.",
        discussion: """
            Example: licet log witness --name witness.example.org --state witness --logs logs

            --logs has the verifier key of each log, a line each, as `licet log key` prints it. The first time a key is made; its verifier key
            is printed at each start, for verifiers (`licet verify --witnesses`) and for the log's publisher (`licet publish --witnesses`).
            What was signed last of each log is kept in --state: lose that, and the witness must get a new key. Put a proxy with TLS before it.
            """
    )

    @Option(
        help: ArgumentHelp("What it calls itself: a name of a host and a path, without a scheme.", valueName: "name")
    )
    var name: String

    @Option(help: ArgumentHelp("The folder that keeps the key and what was signed.", valueName: "dir"))
    var state: String

    @Option(help: ArgumentHelp("The verifier keys of the logs, one a line.", valueName: "file"))
    var logs: String

    @Option(
        help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"),
        transform: ArgumentText.address
    )
    var listen = ListenAddress(host: "127.0.0.1", port: 8_788)

    @Option(help: ArgumentHelp("A file whose first line is the passphrase of the key.", valueName: "file"))
    var passphraseFile: String?

    func run() throws {
        let secrets = SecretInput(passphraseFile: passphraseFile, pinFile: nil, officerPassphraseFile: nil)
        try DurableFile.makeFolder(state, mode: 0o700)
        // Before a key is made: of two at once one would take the other's place.
        let presence = try FileLock(path: "\(state)/lock", waiting: false)
        defer { _ = presence }
        let signer = try signer(secrets)
        guard let key = NoteKey(name: name, kind: .witness, key: signer.publicKey) else {
            throw Failure.usage("--name \(name): a name has neither spaces nor +")
        }
        let known = try Self.logKeys(DurableFile.read(logs, limit: 1 << 20), file: logs)
        let witness = try Witness(key: key, signer: signer, logs: known, folder: "\(state)/logs") {
            UInt64(max(0, Clock.now.seconds))
        }
        print("verifier key \(key.verifierKey)")
        fflush(nil)
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "licet-witness")
        logger.logLevel = .notice
        let connections = DescriptorLimit.raise(for: HTTPServer.maximumConnections)
        let server = HTTPServer(at: listen, maximumConnections: connections, gate: AcceptGate(), logger: logger)
        let application = server.application(WitnessRoutes(witness, logger: logger).router) { address in
            try? FileHandle.standardOutput.write(contentsOf: Data("licet log witness listening on \(address)\n".utf8))
        }
        try Waiting.until { try await server.run(application) }
    }

    private func signer(_ secrets: SecretInput) throws -> PrivateKey {
        let file = "\(state)/witness.key"
        if !FileManager.default.fileExists(atPath: file) {
            // The same name by a new key, beside what the old one signed, would be two witnesses in one.
            guard !FileManager.default.fileExists(atPath: "\(state)/logs") else {
                throw Failure.key("\(file) is gone, and what it signed is not; bring it back, or begin anew elsewhere")
            }
            let key = try PrivateKey(algorithm: .edDSA)
            let pem = try key.encryptedPEM(passphrase: secrets.newPassphrase("the witness's key"))
            try DurableFile.write(pem, to: file, mode: 0o600)
            return key
        }
        if DurableFile.isOpenToOthers(file) {
            throw Failure.key("\(file) may be read by others; `chmod 600` it, and ask who had access")
        }
        let pem = try DurableFile.read(file, limit: 65_536)
        let given = try secrets.prompt(SecretRequest(kind: .passphrase, subject: "the witness"))
        do { return try PrivateKey(encryptedPEM: pem, passphrase: given.secret) } catch {
            throw Failure.key("the passphrase does not open \(file), or it is damaged")
        }
    }

    private static func logKeys(_ bytes: [UInt8], file: String) throws -> [NoteKey] {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let keys = try lines.enumerated().compactMap { number, line -> NoteKey? in
            let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            if text.isEmpty { return nil }
            do {
                let key = try NoteKey(verifierKey: text)
                guard key.kind == .log else { throw LogError(.malformed, "is the key of a witness and of no log") }
                return key
            } catch { throw Failure.data("\(file): line \(number + 1): \(error)") }
        }
        guard !keys.isEmpty else { throw Failure.data("\(file): names no log") }
        return keys
    }
}

/// Waits, on the main thread, for work that is done on others.
enum Waiting {
    static func until(_ work: @escaping @Sendable () async throws -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Failed()
        Task.detached {
            do { try await work() } catch { failure.error = error }
            done.signal()
        }
        done.wait()
        if let error = failure.error { throw error }
    }

    // @unchecked: written before the semaphore is signalled, and read after it.
    private final class Failed: @unchecked Sendable { var error: (any Error)? }
}
