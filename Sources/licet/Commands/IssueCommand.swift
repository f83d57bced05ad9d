import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import Licensing
import Registry

struct IssueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue licences from applications and draw their codes.",
        discussion: """
            Example: licet issue application.json --out codes
                     licet issue batch.csv --out codes --passphrase-file /run/keys/passphrase

            Each licence becomes OUT/<creditCode>-v<version>.png. A bad row stops no other: it lands in OUT/errors.csv with row,
            field, reason and hint. Issuing the same application again gives the same licence, so that a run that was broken off
            is gone on with by the same command; pictures that are there and show the code are left as they are. Publish afterwards.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Applications: .json (one or an array), .csv, or - for either on standard input.",
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

    @Option(
        help: ArgumentHelp(
            "Accept names that other businesses of the division have, for this reason.",
            valueName: "reason"
        )
    )
    var overrideName: String?

    @Flag(help: "Draw the pictures that are there already again, as with another size.")
    var redraw = false

    @Flag(help: "Record and sign only; the same command without this draws the pictures.")
    var noPictures = false

    @Flag(help: "Print what was issued, what was refused and the warnings as JSON.")
    var json = false

    @OptionGroup var symbol: SymbolOptions
    @OptionGroup var options: AuthorityOptions

    func validate() throws {
        guard !redraw || !noPictures else { throw ValidationError("--redraw and --no-pictures exclude each other") }
    }

    func run() throws {
        let authority = try options.open()
        var batch = try IssueBatch(
            files,
            authority: authority,
            terms: IssueBatch.Terms(
                office: office,
                profile: symbol.profile,
                officer: options.who(),
                overrideReason: overrideCreditCode.map { try Words.forTheRecord($0, "a reason") },
                nameReason: overrideName.map { try Words.forTheRecord($0, "a reason") },
                folder: symbol.out,
                isDryRun: dryRun,
                isJSON: json,
                pictures: noPictures ? .none : redraw ? .all : .missing
            ),
            symbols: SymbolFile(prefix: authority.prefix, options: symbol.measures)
        )
        try batch.run()
    }
}
