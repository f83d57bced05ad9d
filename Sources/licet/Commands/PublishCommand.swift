import ArgumentParser
import Audit
import Authority
import Licence
import Licensing
import Publication

struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Write the publication: trust list, status lists, issued lists.",
        discussion: """
            Example: licet publish --to /srv/www/publication

            Run it after issuing and after every change of status; what did not change is left as it is. What the registry says is held
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

    @Flag(help: "Print what was written as JSON.")
    var json = false

    @OptionGroup var options: AuthorityOptions

    func run() throws {
        let authority = try options.open()
        let folder = to ?? options.place.publication
        let terms = Authority.PublishTerms(lifetime: validFor, timeToLive: Int(min(3_600, validFor / 2)))
        var progress: Progress?
        defer { progress?.end() }
        let report = try authority.publish(
            to: folder,
            on: terms,
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
        if json {
            try Console.json(["written": report.written, "unchanged": report.unchanged])
        } else {
            for path in report.written { print("\(folder)/\(path)") }
            let count = report.written.count
            print("\(count) file\(count == 1 ? "" : "s") written, \(report.unchanged.count) unchanged")
        }
    }
}
