import ArgumentParser
import Audit
import Authority
import Licensing

extension LogCommand {
    struct Audit: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "Replay the registry against the log, and tell every difference.",
            discussion: """
                Example: licet log audit
                         licet log audit --publication /srv/www/publication --json

                Every entry is hashed anew and held against its tile, the root, its act in the registry and the lists. Exit code 0: no
                difference; 65: one line for each.
                """
        )

        @Option(help: ArgumentHelp("The published copy (default: the folder published to last).", valueName: "dir"))
        var publication: String?

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var options: HomeOptions

        private struct Document: Encodable {
            struct Finding: Encodable {
                let subject: String
                let reason: String
            }

            let entries: Int
            let actsTold: Int
            let actsWaiting: Int
            let notes: [String]
            let findings: [Finding]
        }

        func run() throws {
            let authority = try options.withoutKeys()
            var findings: [Document.Finding] = []
            let bar = SharedProgress()
            let audit = LogAudit(
                authority,
                publication: publication ?? authority.publishedTo ?? options.place.publication
            )
            let report = try audit.examine(
                find: { finding in
                    findings.append(Document.Finding(subject: finding.subject, reason: finding.reason))
                    if !json { print(Words.printable("\(finding.subject): \(finding.reason)")) }
                },
                progress: { bar.show($0, of: $1) }
            )
            bar.end()
            if json {
                try Console.json(
                    Document(
                        entries: report.entries,
                        actsTold: report.told,
                        actsWaiting: report.waiting,
                        notes: report.notes,
                        findings: findings
                    )
                )
            } else {
                for note in report.notes { print("note: \(Words.printable(note))") }
                let waiting = report.waiting > 0 ? ", \(report.waiting) wait for the next publication" : ""
                print(
                    "\(report.entries) entries, \(report.told) acts on licences told\(waiting): "
                        + (findings.isEmpty
                            ? report.isCompared ? "log and registry agree" : "not held against the registry"
                            : "\(findings.count) difference\(findings.count == 1 ? "" : "s")")
                )
            }
            guard findings.isEmpty else { throw Failure.data("the log and the registry do not agree") }
        }
    }
}
