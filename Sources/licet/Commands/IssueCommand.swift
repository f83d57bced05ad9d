import ArgumentParser
import Authority
import Foundation
import Licence
import Registry

struct IssueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue licences from applications and draw their codes.",
        discussion: """
            Example: licet issue application.json --out codes
                     licet issue batch.csv --out codes --passphrase-file /run/keys/passphrase

            Each licence becomes OUT/<creditCode>-v<version>.png. A bad row stops no other: it lands in OUT/errors.csv with row,
            field and reason. Issuing the same application again gives the same licence. Publish afterwards.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Applications: .json (one or an array), .csv, or - for JSON on standard input.",
            valueName: "file"
        )
    )
    var files: [String]

    @Option(help: "The issuing office (default: the narrowest one that may).", transform: DivisionCode.init)
    var office: DivisionCode?

    @Flag(help: "Check everything, sign and record nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp("Accept credit codes whose check character is wrong, for this reason.", valueName: "reason")
    )
    var overrideCreditCode: String?

    @Flag(help: "Print what was issued and what was refused as JSON.")
    var json = false

    @OptionGroup var symbol: SymbolOptions
    @OptionGroup var options: AuthorityOptions

    func run() throws {
        let authority = try options.open()
        var batch = try IssueBatch(
            authority: authority,
            terms: IssueBatch.Terms(
                office: office,
                profile: symbol.profile,
                officer: options.who(),
                overrideReason: overrideCreditCode.map { try Words.forTheRecord($0, "a reason") },
                folder: symbol.out
            ),
            symbols: SymbolFile(prefix: authority.prefix, options: symbol.measures),
            isQuiet: json
        )
        for file in files { try batch.read(file) }
        do { if dryRun { try batch.rehearse() } else { try batch.issue() } } catch {
            // What was found wrong so far is not lost with what stopped the rest.
            batch.tellRefused()
            if !dryRun { try? batch.writeErrors() }
            throw error
        }
        try batch.finish(json: json, dryRun: dryRun)
    }
}
