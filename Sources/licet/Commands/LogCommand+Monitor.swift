import ArgumentParser
import Authority
import CLinux
import Foundation
import Licence
import Publication
import Syncing
import TransparencyLog

extension LogCommand {
    struct Follow: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "monitor",
            abstract: "Follow an authority's log from outside: every entry, and whether the lists say the same.",
            discussion: """
                Example: licet log monitor https://lic.example.cn/publication --root root.crt --state seen
                         licet log monitor https://lic.example.cn/publication --root root.crt --state seen --every 5m
                         licet log monitor publication --state seen --watch 91341181MA2PXXXX3W

                It remembers in --state all that it was shown. What the log has signed and must not, entries or two trees of one size, is told
                each time until --acknowledge; what may be an old copy on the way is told each time it is seen. A business watches its
                own licence: what is done with it from then on is told, and with a new --state all that ever was. Exit code 65: the
                log, or a list, is not as it must be; two checkpoints that contradict each other are kept in --state, as a proof.
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
            let watching = try watch.map { text in
                let code = try ArgumentText.creditCode(text)
                if (try? CreditCode(text)) == nil {
                    standardError("licet: warning: --watch \(code.text): its check character differs; was it mistyped?")
                }
                return code.text
            }
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
                    // What could not be told is told again the next time.
                    guard licet_output_failed() == 0 else { break }
                    try monitor.save()
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
                "\(Clock.now): \(report.head.size) entries, \(report.new) new; \(report.lists) list\(report.lists == 1 ? " says" : "s say") what the log tells"
                    + (report.faults.isEmpty
                        ? "" : "; \(report.faults.count) FAULT\(report.faults.count == 1 ? "" : "S")")
            )
        }
    }
}
