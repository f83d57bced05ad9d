import ArgumentParser
import Foundation
import Licence
import Publication
import Verification

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Say whether licences are genuine and in force, and why.",
        discussion: """
            Example: licet verify photo.jpg
                     licet verify --publication publication --root root.crt photos/
                     licet verify - < scanner

            With several inputs there is a line each, and the exit code is that of the worst.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "An image, a folder of images, a code, a .txt of codes, or - for one code a line.",
            valueName: "input"
        )
    )
    var inputs: [String]

    @Option(
        help: ArgumentHelp("Judge as of this instant (RFC 3339) instead of now.", valueName: "instant"),
        transform: ArgumentText.instant
    )
    var at: Instant?

    @Option(
        help: ArgumentHelp("What the paper says, as an application in JSON; differences are told.", valueName: "file")
    )
    var paper: String?

    @Flag(help: "Print the verdict as JSON, or the error where no code can be read; with several inputs a line each.")
    var json = false

    @OptionGroup var evidence: EvidenceOptions

    func run() throws {
        let grounds = Grounds(try evidence.snapshot())
        let paper = try paper.map(Self.readPaper)
        var tally = Tally()
        for argument in inputs {
            if argument == "-" {
                var number = 0
                while let read = readLine() {
                    number += 1
                    let line = read.trimmingCharacters(in: .whitespaces)
                    guard !line.isEmpty else { continue }
                    try answer(
                        VerificationInput(name: "line \(number)", text: .success(PastedCode(line).text)),
                        grounds,
                        paper,
                        &tally
                    )
                }
            } else {
                let found: [VerificationInput]
                do { found = try VerificationInput.inputs(argument) } catch let failure as Failure
                    where inputs.count > 1
                {
                    // The others are judged all the same.
                    found = [VerificationInput(name: argument, text: .failure(failure))]
                }
                for input in found {
                    try answer(input, grounds, paper, &tally, isOnly: inputs.count == 1 && found.count == 1)
                }
            }
        }
        guard tally.count > 0 else { throw Failure.unreadable("no code was given; nothing was verified") }
        throw ExitCode(tally.exitCode)
    }

    /// The worst that was found.
    private struct Tally {
        var worst = VerdictWord.valid
        var count = 0
        var unreadable = 0

        /// An unreadable input never hides behind valid ones.
        var exitCode: Int32 { worst == .valid && unreadable > 0 ? 66 : worst.exitCode }
    }

    /// An input from which no code could be read.
    private struct Unread: Encodable {
        let input: String
        let error: String
    }

    private func answer(
        _ input: VerificationInput,
        _ grounds: Grounds,
        _ paper: Application?,
        _ tally: inout Tally,
        isOnly: Bool = false
    ) throws {
        tally.count += 1
        let text: String
        switch input.text {
        case .success(let read): text = read
        case .failure(let failure):
            tally.unreadable += 1
            standardError("licet: \(failure.message)")
            if json { try Console.json(Unread(input: input.name, error: failure.message), pretty: isOnly) }
            return
        }
        let verdict = Verifier(grounds, now: at ?? Clock.now).verdict(of: text, paper: paper)
        tally.worst = min(tally.worst, verdict.word)
        if json {
            let document = VerdictDocument(verdict, input: isOnly ? nil : input.name)
            print(String(decoding: try document.json(pretty: isOnly), as: UTF8.self))
        } else if isOnly {
            VerdictText.printWhole(verdict)
        } else {
            VerdictText.printLine(verdict, input: input.name)
        }
        // A scanner gun waits for its answer.
        fflush(nil)
    }

    private static func readPaper(_ path: String) throws -> Application {
        do {
            let file = try ApplicationFile(json: Data(DurableFile.read(path, limit: 1 << 20)))
            guard file.count == 1, let first = try file.rows.first else {
                throw Failure.unreadable("\(path): holds several applications; one paper is one object")
            }
            let paper = try first.application.get()
            guard !paper.fields.isEmpty else {
                throw Failure.unreadable("\(path): says nothing that could be compared")
            }
            return paper
        } catch let failure as Failure { throw failure } catch let error as PublicationError {
            throw Failure(error)
        } catch { throw Failure.unreadable("\(path): \(error)") }
    }
}
