import ArgumentParser
import Audit
import Authority
import Foundation
import Licensing
import OpenSSL
import Publication

/// Where a verifier finds the publication, the root that it trusts and its memory of what it saw before.
struct EvidenceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The publication (default: that of the home).", valueName: "dir"))
    var publication: String?

    @Option(
        help: ArgumentHelp(
            "The authority's root.crt (default: LICET_ROOT, that of the home, /etc/licet/root.crt).",
            valueName: "file"
        )
    )
    var root: String?

    @OptionGroup var options: HomeOptions

    /// Reads the publication, and remembers the newest of what it accepts.
    func snapshot() throws -> Snapshot {
        let root = try trustAnchor()
        let folder = publication ?? options.place.publication
        if folder.hasPrefix("http://") || folder.hasPrefix("https://") {
            throw Failure.usage("--publication takes a folder; fetch the files of \(folder) into one first")
        }
        if publication != nil, !FileManager.default.fileExists(atPath: folder) {
            throw Failure.unreadable("\(folder): no such folder; --publication names the signed files of an authority")
        }
        let memory = try memoryFile(of: root)
        var seen = try HighWater(file: memory)
        let before = seen
        let snapshot = PublicationReader(folder: folder, root: root).snapshot(&seen, now: Clock.now)
        if seen != before {
            do {
                try DurableFile.makeFolder(DurableFile.parent(of: memory), mode: 0o700)
                try seen.save(to: memory)
            } catch {
                standardError(
                    "licet: warning: cannot remember what was seen (\(error)); an older publication may pass next time"
                )
            }
        }
        return snapshot
    }

    private func trustAnchor() throws -> Certificate {
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

    private func memoryFile(of root: Certificate) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(NSHomeDirectory())/.local/state"
        return "\(state)/licet/\(HighWater.fileName(of: root))"
    }
}
