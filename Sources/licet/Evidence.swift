import ArgumentParser
import Authority
import Foundation
import Licence
import OpenSSL
import Publication
import Syncing

/// Where a verifier finds the publication, the root and the witnesses that it trusts, and its memory of what it saw before.
struct EvidenceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The publication: a folder, a bundle, or an address (default: that of the home).",
            valueName: "source"
        )
    )
    var publication: String?

    @OptionGroup var anchor: AnchorOptions
    @OptionGroup var witnesses: WitnessOptions
    @OptionGroup var web: WebServerOptions

    /// Reads the publication, and remembers the newest of what it accepts.
    func snapshot() throws -> Snapshot {
        let root = try anchor.certificate()
        let policy = try witnesses.policy()
        var memory = try Memory(of: root)
        defer { memory.save() }
        let own = anchor.options.place.publication
        let origin = if let publication { try Origin(publication) } else { Origin.folder(own) }
        if case .web(let address) = origin { return try fetched(address, origin, root, policy, &memory) }
        let source = try origin.local() ?? FolderSource(own)
        return PublicationReader(source: source, root: root, policy: policy).snapshot(&memory.seen, now: Clock.now)
    }

    /// A copy is kept of what lies at an address: where that cannot be had, the copy speaks for as long as it may, and without one nothing.
    private func fetched(
        _ address: String,
        _ origin: Origin,
        _ root: Certificate,
        _ policy: WitnessPolicy,
        _ memory: inout Memory
    ) throws -> Snapshot {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(NSHomeDirectory())/.cache"
        let folder =
            "\(cache)/licet/\(Digest(of: Array("\(root.publicKey.id) \(address)".utf8)).description.prefix(32))"
        try DurableFile.makeFolder(folder, mode: 0o700)
        let bar = SharedProgress()
        defer { bar.end() }
        do {
            let sync = Sync(from: origin, root: root, policy: policy, web: web.options)
            let report = try sync.run(
                to: .folder(folder),
                seen: &memory.seen,
                now: Clock.now,
                progress: { bar.show($0, of: $1) }
            )
            for refusal in report.refused { standardError("licet: warning: \(refusal)") }
            return report.snapshot
        } catch let error as PublicationError {
            guard FileManager.default.fileExists(atPath: "\(folder)/\(TrustList.path)") else {
                standardError("licet: warning: \(address) could not be read (\(error)), and there is no copy of it")
                return Snapshot(trust: .failure(error), statusLists: [:], issuedLists: [:])
            }
            standardError("licet: warning: \(address) could not be read anew (\(error)); the last copy of it speaks")
            return PublicationReader(folder: folder, root: root, policy: policy).snapshot(&memory.seen, now: Clock.now)
        }
    }
}
