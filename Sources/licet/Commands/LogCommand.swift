import ArgumentParser
import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import Publication
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
            let entry: LogEntryDocument
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
                        entry: LogEntryDocument(proved.entry)
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
                It says what was done then; `licet verify` says what is true now.
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
            let entry: LogEntryDocument
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
                let document = LogEntryDocument(content)
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
