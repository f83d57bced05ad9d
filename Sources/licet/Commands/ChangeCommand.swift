import ArgumentParser
import Audit
import Authority
import Licence
import LicenceCode
import Licensing
import Publication
import Registry

struct ChangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Make the next version of a licence; the old one becomes superseded.",
        discussion: """
            Example: licet change 91341181MA2N0000X1 --set address=安徽省滁州市天长市新址1号 --reason 住所变更 --out codes

            The fields are those of an application: name, type, representative, capital.amount, capital.currency, established,
            term.from, term.to, address, scope, composition, location.latitude, location.longitude, kind. FIELD= takes one away. What
            is strange about the new content is told as `licet check` tells it; an error is refused.
            """
    )

    @Option(parsing: .upToNextOption, help: ArgumentHelp("What becomes different.", valueName: "field=value"))
    var set: [String]

    @Option(
        help: ArgumentHelp(
            "Accept a name that another business of the division has, for this reason.",
            valueName: "reason"
        )
    )
    var overrideName: String?

    @OptionGroup var revision: RevisionOptions

    func run() throws {
        let nameReason = try overrideName.map { try Words.forTheRecord($0, "a reason") }
        do { try revision.make(.change(try changes(), nameReason: nameReason)) } catch let error as AuthorityError
            where error.code == .nameTaken
        {
            let advice = Remark(error).hint.map { "; \($0)" } ?? ""
            throw AuthorityError(error.code, field: error.field, error.reason + advice)
        }
    }

    private func changes() throws -> [ApplicationField: String?] {
        var changes: [ApplicationField: String?] = [:]
        for change in set {
            let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let field = ApplicationField(rawValue: String(parts[0])) else {
                throw Failure.usage(
                    "--set takes FIELD=VALUE with a field of an application, not \(parts[0].prefix(40))"
                )
            }
            guard changes.updateValue(parts[1].isEmpty ? nil : String(parts[1]), forKey: field) == nil else {
                throw Failure.usage("--set names \(field.rawValue) twice")
            }
        }
        return changes
    }
}

/// What change, renew and replace have in common: the next version, and its picture.
struct RevisionOptions: ParsableArguments {
    @Argument(help: "The credit code.")
    var creditCode: String

    @Option(help: "Why, for the record.")
    var reason: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var symbol: SymbolOptions
    @OptionGroup var options: AuthorityOptions

    func make(_ revision: Authority.Revision) throws {
        let authority = try options.open()
        let symbols = SymbolFile(prefix: try authority.prefix, options: symbol.measures)
        try DurableFile.makeFolder(symbol.out)
        let outcome = try authority.revise(
            CreditCode(creditCode, checkCharacter: .mayDiffer),
            revision,
            reason: Words.forTheRecord(reason, "a reason"),
            on: Authority.IssueTerms(
                office: nil,
                profile: symbol.profile,
                officer: options.who(),
                check: symbols.check
            ),
            now: Clock.now
        )
        let record = outcome.record
        if case .issued(_, let warnings) = outcome {
            for remark in warnings where !json {
                let hint = remark.hint.map { "; \($0)" } ?? ""
                standardError("\(remark.field ?? "licence"): \(remark.level.rawValue): \(remark.problem)\(hint)")
            }
        }
        let made = try symbols.write(record, to: symbol.out)
        if json {
            return try Console.json(Document(record, made.path, outcome.warnings, today: authority.today(Clock.now)))
        }
        let name = "\(record.creditCode) v\(record.licence.version)"
        if case .existing = outcome {
            print("\(name) says all that already: \(made.path)")
        } else {
            print("\(name): \(made.path); version \(record.licence.version - 1) is superseded")
            print("next: licet publish")
        }
    }
}

extension RevisionOptions {
    private struct Document: Encodable {
        let file: String
        let licence: RegisteredDocument
        /// Warnings and notes.
        let remarks: [Remark]

        init(_ record: LicenceRecord, _ file: String, _ remarks: [Remark], today: CalendarDate) {
            self.file = file
            self.remarks = remarks
            licence = RegisteredDocument(record, today: today)
        }
    }
}

struct Renew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Make the next version of a licence, whose term ends later (延期).",
        discussion: "Example: licet renew 91341181MA2N0000X1 --until 2049-06-11 --reason 延长营业期限 --out codes"
    )

    @Option(help: "The last day of the new term.", transform: CalendarDate.init)
    var until: CalendarDate

    @OptionGroup var revision: RevisionOptions

    func run() throws { try revision.make(.renew(until: until)) }
}

struct Replace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Make the next version of a licence with the same content, for a paper lost or damaged (补领, 换领).",
        discussion: "Example: licet replace 91341181MA2N0000X1 --reason 遗失补领 --out codes"
    )

    @OptionGroup var revision: RevisionOptions

    func run() throws { try revision.make(.replace) }
}
