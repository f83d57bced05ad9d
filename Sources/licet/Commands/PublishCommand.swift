import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import Licensing
import OpenSSL
import Publication
import Syncing
import TransparencyLog

struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Write the publication: trust list, log, status lists, issued lists.",
        discussion: """
            Example: licet publish --to /srv/www/publication
                     licet publish --to /srv/www/publication --witnesses witnesses

            Run it after issuing and after every change of status, or every minute from a timer; what did not change is left as it is, and
            where nothing changed nothing is done. Each act on a licence is told in the public log; witnesses are asked to sign that the log
            only ever grew: a line each in --witnesses, the address and the verifier key. What the registry says is held
            against its acts before it is signed; where the registry has more than 256 MiB, `licet doctor` should look at every page of it
            each night.
            """
    )

    @Option(help: ArgumentHelp("Where it goes (default: publication in the home).", valueName: "dir"))
    var to: String?

    @Option(
        help: ArgumentHelp("How long lists speak without a new publication, such as 7d or 12h.", valueName: "span"),
        transform: ArgumentText.span
    )
    var validFor: Int64 = 7 * 86_400

    @Option(
        help: ArgumentHelp(
            "The witnesses that are asked to sign the log (default: witnesses in the home).",
            valueName: "file"
        )
    )
    var witnesses: String?

    @Flag(help: "Print what was written as JSON.")
    var json = false

    @OptionGroup var options: AuthorityOptions

    func run() throws {
        let authority = try options.open()
        let folder = to ?? options.place.publication
        let terms = Authority.PublishTerms(lifetime: validFor, timeToLive: Int(min(3_600, validFor / 2)))
        var progress: Progress?
        defer { progress?.end() }
        var refusals: [String] = []
        let report = try authority.publish(
            to: folder,
            on: terms,
            cosigning: try cosigning { refusals.append($0) },
            checking: { done, total in
                if progress == nil { progress = Progress(total: total) }
                progress?.show(done)
                if done >= total {
                    progress?.end()
                    progress = nil
                }
            },
            progress: { done, total in
                if progress == nil { progress = Progress(total: total) }
                progress?.show(done)
            },
            now: Clock.now
        )
        progress?.end()
        progress = nil
        let remarks = refusals + report.remarks
        for remark in remarks { standardError("licet: warning: \(remark)") }
        if json {
            let document = Document(
                written: report.written,
                unchanged: report.unchanged,
                logSize: report.logSize,
                witnesses: report.witnesses,
                remarks: remarks
            )
            try Console.json(document)
        } else {
            for path in report.written { print("\(folder)/\(path)") }
            let count = report.written.count
            let log = report.logSize.map { ", the log has \($0) entries" } ?? ""
            print("\(count) file\(count == 1 ? "" : "s") written, \(report.unchanged.count) unchanged\(log)")
        }
    }

    private struct Document: Encodable {
        let written: [String]
        let unchanged: [String]
        let logSize: Int?
        /// Who has signed the log beside the authority.
        let witnesses: [String]
        /// What must still be done.
        let remarks: [String]
    }

    /// Asks the witnesses that have not signed a checkpoint yet; one that does not answer stops nothing.
    private func cosigning(refused: @escaping (String) -> Void) throws -> Authority.Cosigning? {
        let file = witnesses ?? options.place.witnesses
        guard witnesses != nil || FileManager.default.fileExists(atPath: file) else { return nil }
        let all = try WitnessAddress.all(DurableFile.read(file, limit: 65_536), file: file)
        return { note, tree in
            let missing = all.filter { ((try? $0.key.signature(under: note)) ?? nil) == nil }
            return missing.flatMap { witness in
                do {
                    return try WitnessClient().cosign(note, at: witness) { try tree.consistencyProof(from: $0) }
                } catch {
                    refused("\(error); the log is published without its signature")
                    return []
                }
            }
        }
    }
}
