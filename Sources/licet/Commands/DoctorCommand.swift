import ArgumentParser
import Audit
import Authority
import Foundation
import Licensing

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the whole registry by the rules that held before each signature.",
        discussion: """
            Example: licet doctor --json
                     licet doctor --anchor /mnt/other-disk/anchor

            Reads every act, licence, key and trust list again; opens no key and changes nothing. Exit code 0: nothing found; 65:
            something is not as it should be, one line each. Notes are no findings: a registry from before that a supervisor took on, keys
            of nobody. The file anchor of the home says how far the acts had come; a copy of it
            that is kept elsewhere shows what somebody did who could write the home.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: ArgumentHelp("A copy of the home's anchor that was kept elsewhere.", valueName: "file"))
    var anchor: String?

    @OptionGroup var options: HomeOptions

    func run() throws {
        let authority = try options.withoutKeys()
        let outside = try anchor.map { try Anchor(file: $0) }
        var findings: [Document.Finding] = []
        var progress: Progress?
        let report = try Doctor(authority, anchor: outside, now: Clock.now).examine(
            find: { finding in
                if json {
                    findings.append(
                        Document.Finding(subject: finding.subject, field: finding.field, reason: finding.reason)
                    )
                } else {
                    print(
                        Words.printable("\(finding.subject): \(finding.field.map { "\($0): " } ?? "")\(finding.reason)")
                    )
                }
            },
            progress: { done, total in
                if progress == nil { progress = Progress(total: total) }
                progress?.show(done)
            }
        )
        progress?.end()
        if !json { for line in report.notes { print("note: \(Words.printable(line))") } }
        if json {
            try Console.json(
                Document(
                    acts: report.acts,
                    licences: report.licences,
                    keys: report.keys,
                    trustLists: report.trustLists,
                    notes: report.notes,
                    findings: findings
                )
            )
        } else {
            print(
                "\(count(report.acts, "act")), \(count(report.licences, "licence version")), \(count(report.keys, "key")), "
                    + "\(count(report.trustLists, "trust list")): "
                    + (report.findings == 0 ? "all as they should be" : count(report.findings, "finding"))
            )
        }
        guard report.findings == 0 else { throw Failure.data("the registry is not as it should be") }
    }

    private func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    private struct Document: Encodable {
        let acts: Int
        let licences: Int
        let keys: Int
        let trustLists: Int
        let notes: [String]
        let findings: [Finding]

        struct Finding: Encodable {
            let subject: String
            let field: String?
            let reason: String
        }
    }
}
