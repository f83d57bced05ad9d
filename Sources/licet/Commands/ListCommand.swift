import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import Licensing
import Registry

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List licences, in the order in which they were issued.",
        discussion: """
            Example: licet list --status suspended --office 341181
                     licet list 天长 --kind company --limit 20
                     licet list --expiring 30d --csv > soon.csv

            The CSV begins with a byte order mark and ends lines with CRLF, as spreadsheets want it. A cell that one would take for a
            formula begins with an apostrophe.

            With --expiring, --expired and --status expired the order is that in which terms end. With --limit a page ends with what
            --after takes to go on.
            """
    )

    @Argument(help: "Part of the name; spaces, punctuation and the case of letters do not matter.")
    var name: String?

    @Option(help: "Only licences in this status.", transform: ArgumentText.status)
    var status: LicenceStatus?

    @Option(help: "Only licences of this office.", transform: DivisionCode.init)
    var office: DivisionCode?

    @Option(help: "Only credit codes of this division, or in it.", transform: DivisionCode.init)
    var division: DivisionCode?

    @Option(help: "Only licences of this kind.", transform: ArgumentText.kind)
    var kind: LicenceKind?

    @Option(
        help: ArgumentHelp("Only licences whose term ends within so many days, such as 30d.", valueName: "days"),
        transform: ArgumentText.days
    )
    var expiring: Int?

    @Option(
        help: ArgumentHelp("Only licences whose term ended within so many days before today.", valueName: "days"),
        transform: ArgumentText.days
    )
    var expired: Int?

    @Option(help: ArgumentHelp("At most so many (default: all).", valueName: "number"))
    var limit: Int?

    @Option(help: ArgumentHelp("Go on after the end of a page.", valueName: "place"))
    var after: String?

    @Flag(help: "Print CSV.")
    var csv = false

    @Flag(help: "Print a JSON object a line.")
    var json = false

    @OptionGroup var options: HomeOptions

    func validate() throws {
        if csv, json { throw ValidationError("either --csv or --json") }
        if expiring != nil, expired != nil { throw ValidationError("either --expiring or --expired") }
        if let limit, limit < 1 { throw ValidationError("a page has at least one licence") }
        if let name,
            !name.unicodeScalars.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil })
        {
            throw ValidationError("part of a name has a letter or a digit")
        }
        if let after, LicenceFilter.Cursor(after) == nil {
            throw ValidationError("--after takes what a page ended with")
        }
    }

    func run() throws {
        let registry = try options.registry()
        let authority = try registry.read { try $0.authority() }
        let today = try CalendarDate(at: Clock.now, utcOffset: authority.utcOffset)
        var filter = try filter(today)
        // Spreadsheets take UTF-8 without its mark for something else.
        if csv { print("\u{FEFF}\(Self.columns.joined(separator: ","))", terminator: "\r\n") }
        var left = limit ?? .max
        while left > 0 {
            filter.limit = min(left, 1_000)
            let page = try registry.read { try $0.licences(filter) }
            for record in page.records { try show(record, today: today) }
            left -= page.records.count
            guard let next = page.next else { return }
            filter.after = next
        }
        if let next = filter.after { standardError("more: the same with --after \(next)") }
    }

    private func filter(_ today: CalendarDate) throws -> LicenceFilter {
        var filter = LicenceFilter(today: today)
        filter.name = name
        filter.status = status
        filter.office = office
        filter.division = division
        filter.kind = kind
        filter.after = after.flatMap { LicenceFilter.Cursor($0) }
        if let expiring {
            filter.lastDay = try today...CalendarDate(daysSince1970: today.daysSince1970 + expiring)
        }
        if let expired {
            let yesterday = today.daysSince1970 - 1
            filter.lastDay =
                try CalendarDate(daysSince1970: yesterday - expired)...CalendarDate(daysSince1970: yesterday)
        }
        return filter
    }

    private func show(_ record: LicenceRecord, today: CalendarDate) throws {
        if json { return try Console.json(RegisteredDocument(record, today: today), pretty: false) }
        let particulars = record.licence.particulars
        let status = record.status(on: today)
        if csv { return print(Self.cells(record, status).joined(separator: ","), terminator: "\r\n") }
        let end = particulars.term?.to.map { "  \(Speech.say(Self.until)) \($0)" } ?? ""
        let version = Words.padded("v\(record.licence.version)", to: 3)
        let name = Words.padded(Speech.say(status.name), to: Self.statusWidth)
        let successor = record.status == .superseded ? "  → v\(record.licence.version + 1)" : ""
        print(
            "\(particulars.creditCode)  \(version)  \(name)  \(particulars.name)\(successor)"
                + (filterIsByTerm ? end : "")
        )
    }

    /// The columns of the CSV; more may come behind them.
    private static let columns = [
        "creditCode", "version", "status", "kind", "name", "established", "term.to", "office", "issued", "type",
        "representative", "capital.amount", "capital.currency", "term.from", "address", "scope", "composition",
        "location.latitude", "location.longitude",
    ]

    private static func cells(_ record: LicenceRecord, _ status: LicenceStatus) -> [String] {
        let particulars = record.licence.particulars
        let plain = [
            particulars.creditCode.text, "\(record.licence.version)", status.rawValue, particulars.kind.rawValue,
            Words.cell(particulars.name), "\(particulars.established)", particulars.term?.to?.description ?? "",
            "\(record.office)", "\(record.licence.issued)",
        ]
        let capital = particulars.capital
        let more = [
            particulars.type, particulars.representative, capital?.amount ?? "", capital?.currency ?? "",
            particulars.term?.from.description ?? "", particulars.address, particulars.scope,
            particulars.composition?.rawValue ?? "",
        ]
        let location = [particulars.location?.latitude ?? "", particulars.location?.longitude ?? ""]
        return plain + more.map(Words.cell) + location
    }

    private static let statusWidth =
        LicenceStatus.allCases.map { Words.width(Speech.say($0.name)) }.max() ?? 0

    private var filterIsByTerm: Bool { expiring != nil || expired != nil || status == .expired }

    private static let until = Bilingual(en: "until", zh: "至")
}
