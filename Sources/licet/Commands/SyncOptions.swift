import ArgumentParser
import Authority
import Foundation
import OpenSSL
import Publication
import Synchronization
import Syncing

/// The root that is trusted.
struct AnchorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The authority's root.crt (default: LICET_ROOT, that of the home, /etc/licet/root.crt).",
            valueName: "file"
        )
    )
    var root: String?

    @OptionGroup var options: HomeOptions

    func certificate() throws -> Certificate {
        let environment = ProcessInfo.processInfo.environment["LICET_ROOT"].flatMap { $0.isEmpty ? nil : $0 }
        let candidates = [options.place.rootCertificate, "/etc/licet/root.crt"]
        guard
            let path = root ?? environment
                ?? candidates.first(where: { FileManager.default.fileExists(atPath: $0) })
        else {
            throw Failure.unreadable(
                "no trust anchor: get root.crt from the authority by a way that you trust and give --root root.crt"
            )
        }
        let pem = try DurableFile.read(path, limit: 65_536)
        guard let certificate = try? Certificate(pem: pem), certificate.isAuthority else {
            throw Failure.unreadable("\(path): is no certificate of a root in PEM")
        }
        return certificate
    }
}

/// Which witnesses must have seen the log.
struct WitnessOptions: ParsableArguments {
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

    func policy() throws -> WitnessPolicy {
        guard let witnesses else { return .none }
        return try WitnessPolicy(DurableFile.read(witnesses, limit: 65_536), quorum: quorum, file: witnesses)
    }
}

/// How a web server is asked.
struct WebServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Certificates in PEM that a web server's are believed by (default: the system's).",
            valueName: "file"
        )
    )
    var caFile: String?

    var options: WebOptions { WebOptions(certificateAuthorities: caFile) }
}

/// What this machine has accepted of an authority's publication, so that nobody can show it an older one.
struct Memory {
    private let path: String
    private let before: HighWater
    var seen: HighWater

    init(of root: Certificate) throws {
        let environment = ProcessInfo.processInfo.environment
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(NSHomeDirectory())/.local/state"
        path = "\(state)/licet/\(HighWater.fileName(of: root))"
        seen = try HighWater(file: path)
        before = seen
    }

    func save() {
        guard seen != before else { return }
        do {
            try DurableFile.makeFolder(DurableFile.parent(of: path), mode: 0o700)
            try seen.save(to: path)
        } catch {
            standardError(
                "licet: warning: cannot remember what was seen (\(error)); an older publication may pass next time"
            )
        }
    }
}

/// A bar that several threads move.
final class SharedProgress: Sendable {
    private let bar = Mutex<(progress: Progress, done: Int)?>(nil)

    func show(_ done: Int, of total: Int) {
        bar.withLock { bar in
            // Another work begins.
            if bar.map({ done < $0.done }) ?? true { bar = (Progress(total: total), done) }
            bar?.done = done
            bar?.progress.total = total
            bar?.progress.show(done)
        }
    }

    func end() {
        bar.withLock { bar in
            bar?.progress.end()
            bar = nil
        }
    }
}
