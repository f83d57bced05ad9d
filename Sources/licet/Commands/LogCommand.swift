import ArgumentParser
import Audit
import Authority
import CLinux
import Foundation
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Syncing
import TransparencyLog

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "The public log: prove what stands in it, check it, follow it, witness it.",
        discussion: """
            Example: licet log prove 91341181MA2PXXXX3W --out licence.tlog-proof
                     licet log monitor https://lic.example.cn/publication --root root.crt --state seen
            """,
        subcommands: [Prove.self, Check.self, Audit.self, Follow.self, WitnessCommand.self, Key.self]
    )

    struct Prove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prove",
            abstract: "Prove that a licence stands in the log, in a file that anybody checks without it.",
            discussion: """
                Example: licet log prove 91341181MA2PXXXX3W
                         licet log prove 91341181MA2PXXXX3W --version 1 --out licence.tlog-proof

                The proof is one of C2SP tlog-proof. What it is of, the entry itself, goes into a second file beside it, FILE.entry: its
                hash is the leaf that is proved.
                """
        )

        @Argument(help: ArgumentHelp("The credit code.", valueName: "credit-code"))
        var creditCode: String

        @Option(help: "Which version (default: the newest).")
        var version: Int?

        @Option(help: ArgumentHelp("Where the proof goes (default: standard output).", valueName: "file"))
        var out: String?

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var options: HomeOptions

        private struct Document: Encodable {
            let creditCode: String
            let version: Int
            let index: Int
            let size: Int
            let proof: String
            let entry: EntryDocument
        }

        func run() throws {
            let code = try ArgumentText.creditCode(creditCode)
            let authority = try options.withoutKeys()
            let proved = try authority.logProof(of: code, version: version)
            if json {
                try Console.json(
                    Document(
                        creditCode: code.text,
                        version: proved.version,
                        index: proved.proof.index,
                        size: proved.size,
                        proof: String(decoding: proved.proof.bytes, as: UTF8.self),
                        entry: EntryDocument(proved.entry)
                    )
                )
            }
            guard let out else {
                if json { return }
                print(String(decoding: proved.proof.bytes, as: UTF8.self), terminator: "")
                return
            }
            try DurableFile.write(proved.proof.bytes, to: out)
            try DurableFile.write(proved.entry.encoded, to: "\(out).entry")
            if json { return }
            print("\(out): \(code) v\(proved.version) is entry \(proved.proof.index) of \(proved.size)")
            print("\(out).entry: the entry that is proved")
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check a proof of the log without the log.",
            discussion: """
                Example: licet log check licence.tlog-proof --publication publication
                         licet log check licence.tlog-proof --publication inspector.licet --witnesses witnesses --quorum 2

                The trust list of the publication says by which key the log signs. Exit code 0: it stands in the log; 65: it does not.
                """
        )

        @Argument(help: ArgumentHelp("The proof; the entry lies beside it as FILE.entry.", valueName: "file"))
        var file: String

        @Option(help: ArgumentHelp("The entry (default: FILE.entry).", valueName: "file"))
        var entry: String?

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var evidence: EvidenceOptions

        private struct Document: Encodable {
            let index: Int
            let size: Int
            let witnesses: [String]
            let entry: EntryDocument
        }

        func run() throws {
            let trust = try evidence.snapshot().trust.get()
            let policy = try evidence.witnesses.policy()
            do {
                let proof = try LogProof(DurableFile.read(file, limit: SignedNote.maximumSize * 2))
                let bytes = try DurableFile.read(entry ?? "\(file).entry", limit: Tile.maximumEntry)
                let checkpoint = try SignedCheckpoint(
                    proof.checkpoint,
                    logKeys: trust.logKeys.map(\.note),
                    witnesses: policy.witnesses
                )
                guard checkpoint.witnesses.count >= policy.quorum else {
                    throw Failure.data(
                        "\(file): \(checkpoint.witnesses.count) of \(policy.quorum) witnesses have signed its checkpoint"
                    )
                }
                guard proof.holds(bytes, in: checkpoint.head) else {
                    throw Failure.data("\(file): does not prove that the entry stands in the log at \(proof.index)")
                }
                let content = try LogEntry(bytes)
                let names = checkpoint.witnesses.keys.map(\.name).sorted()
                let document = EntryDocument(content)
                if json {
                    try Console.json(
                        Document(index: proof.index, size: checkpoint.head.size, witnesses: names, entry: document)
                    )
                } else {
                    print(
                        "entry \(proof.index) of \(checkpoint.head.size) of \(checkpoint.checkpoint.origin): \(document.line)"
                    )
                    if !names.isEmpty { print("witnessed by \(names.joined(separator: ", "))") }
                }
            } catch let error as LogError { throw Failure.data("\(file): \(error)") } catch let error as CodeError {
                throw Failure.data("\(file): \(error.reason)")
            }
        }
    }

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

        @Option(help: ArgumentHelp("The published copy (default: publication in the home).", valueName: "dir"))
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
            let audit = LogAudit(authority, publication: publication ?? options.place.publication)
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
                        + (findings.isEmpty ? "log and registry agree" : "\(findings.count) differences")
                )
            }
            guard findings.isEmpty else { throw Failure.data("the log and the registry do not agree") }
        }
    }

    struct Follow: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "monitor",
            abstract: "Follow an authority's log from outside: every entry, and whether the lists say the same.",
            discussion: """
                Example: licet log monitor https://lic.example.cn/publication --root root.crt --state seen
                         licet log monitor https://lic.example.cn/publication --root root.crt --state seen --every 5m
                         licet log monitor publication --state seen --watch 91341181MA2PXXXX3W

                It remembers in --state all that it was shown, and tells what was wrong with the log each time until --acknowledge. A business watches its own licence: what is done with it is told. Exit code 65:
                the log, or a list, is not as it must be; two checkpoints that contradict each other are kept in --state, as a proof.
                """
        )

        @Argument(help: ArgumentHelp("A folder or the address of a publication.", valueName: "source"))
        var source: String

        @Option(help: ArgumentHelp("The folder that keeps what was seen.", valueName: "dir"))
        var state: String

        @Option(
            help: ArgumentHelp("Look again after so long, such as 5m, until it is stopped.", valueName: "span"),
            transform: ArgumentText.span
        )
        var every: Int64?

        @Option(
            help: ArgumentHelp(
                "Tell what is done with this licence; may be given several times.",
                valueName: "credit-code"
            )
        )
        var watch: [String] = []

        @Flag(help: "Forget the faults of the log that were told before: somebody has looked into them.")
        var acknowledge = false

        @Flag(help: "Print JSON, a line for each look.")
        var json = false

        @OptionGroup var anchor: AnchorOptions
        @OptionGroup var web: WebServerOptions

        private struct Document: Encodable {
            let at: String
            let size: Int
            let newEntries: Int
            let lists: Int
            let witnesses: [String]
            let watched: [String]
            let notices: [String]
            let faults: [String]
        }

        func run() throws {
            licet_buffer_output_by_lines()
            let root = try anchor.certificate()
            let watching = try watch.map { try ArgumentText.creditCode($0).text }
            let bar = SharedProgress()
            var monitor = try Monitor(
                of: Origin(source),
                root: root,
                folder: state,
                watching: watching,
                web: web.options
            ) { bar.show($0, of: $1) }
            if acknowledge { try monitor.acknowledge() }
            var hasFault = false
            while true {
                do {
                    let report = try monitor.look { bar.show($0, of: $1) }
                    bar.end()
                    hasFault = hasFault || !report.faults.isEmpty
                    try show(report)
                } catch let error as PublicationError {
                    bar.end()
                    guard every != nil else { throw error }
                    standardError("licet: \(error); tried again the next time")
                }
                guard let every else { break }
                sleep(UInt32(clamping: every))
            }
            if hasFault { throw Failure.data("the log of \(source) is not as it must be") }
        }

        private func show(_ report: Monitor.Report) throws {
            if json {
                return try Console.json(
                    Document(
                        at: Clock.now.description,
                        size: report.head.size,
                        newEntries: report.new,
                        lists: report.lists,
                        witnesses: report.witnesses,
                        watched: report.watched,
                        notices: report.notices,
                        faults: report.faults
                    ),
                    pretty: false
                )
            }
            for line in report.watched { print(Words.printable(line)) }
            for line in report.notices { print("note: \(Words.printable(line))") }
            for line in report.faults { print("FAULT: \(Words.printable(line))") }
            print(
                "\(Clock.now): \(report.head.size) entries, \(report.new) new; \(report.lists) lists say what the log tells"
                    + (report.faults.isEmpty ? "" : "; \(report.faults.count) FAULTS")
            )
        }
    }

    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "key",
            abstract: "Print the log's verifier key, for witnesses and other programs.",
            discussion: "Example: licet log key --publication publication"
        )

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var evidence: EvidenceOptions

        func run() throws {
            let keys = try evidence.snapshot().trust.get().logKeys
            guard !keys.isEmpty else { throw Failure.data("the trust list names no key for a log") }
            if json { return try Console.json(keys.map(\.note.verifierKey)) }
            for key in keys { print(key.note.verifierKey) }
        }
    }
}

/// An entry of the log, for people and as JSON.
struct EntryDocument: Encodable {
    let kind: String
    let at: String
    let act: Int?
    let effects: [Effect]?
    let path: String?
    let sequence: Int?

    struct Effect: Encodable {
        let list: String
        let index: Int
        let digest: String
        let status: String
    }

    init(_ entry: LogEntry) {
        at = entry.at.description
        func effects(_ all: [LogEntry.Effect]) -> [Effect] {
            all.map { Effect(list: $0.list, index: $0.index, digest: $0.digest.hexadecimal, status: "\($0.status)") }
        }
        switch entry.content {
        case .act(let made):
            (kind, act, self.effects, path, sequence) = (
                made.kind.rawValue, made.number, effects(made.effects), nil, nil
            )
        case .list(let list): (kind, act, self.effects, path, sequence) = ("list", nil, nil, list.path, list.sequence)
        case .registry(let acts, _): (kind, act, self.effects, path, sequence) = ("registry", acts, nil, nil, nil)
        case .restore(let number, _): (kind, act, self.effects, path, sequence) = ("restore", number, nil, nil, nil)
        case .loss(let lost): (kind, act, self.effects, path, sequence) = ("loss", nil, effects(lost), nil, nil)
        }
    }

    var line: String {
        let what = effects.map {
            $0.map { "entry \($0.index) of \($0.list) is \($0.status), code \($0.digest)" }.joined(separator: "; ")
        }
        return "\(kind) at \(at)\(what.map { ": \($0)" } ?? path.map { ": \($0), number \(sequence ?? 0)" } ?? "")"
    }
}
