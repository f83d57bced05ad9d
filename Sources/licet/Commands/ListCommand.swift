import ArgumentParser
import Authority
import Foundation
import Licence
import Registry

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List licences, in the order in which they were issued.",
        discussion:
            "Example: licet list --status suspended --office 341181\n         licet list --expiring 30d --csv > soon.csv"
    )

    @Option(help: "Only licences in this status.", transform: ArgumentText.status)
    var status: LicenceStatus?

    @Option(help: "Only licences of this office.", transform: DivisionCode.init)
    var office: DivisionCode?

    @Option(
        help: ArgumentHelp("Only licences whose term ends within so many days, such as 30d.", valueName: "days"),
        transform: ArgumentText.days
    )
    var expiring: Int?

    @Flag(help: "Print CSV.")
    var csv = false

    @Flag(help: "Print a JSON object a line.")
    var json = false

    @OptionGroup var options: HomeOptions

    func validate() throws {
        if csv, json { throw ValidationError("either --csv or --json") }
    }

    func run() throws {
        let registry = try Registry(path: options.place.registry)
        let authority = try registry.read { try $0.authority() }
        let today = try CalendarDate(at: Clock.now, utcOffset: authority.utcOffset)
        var filter = LicenceFilter(today: today)
        filter.status = status
        filter.office = office
        if let expiring {
            filter.lastDay = try today...CalendarDate(daysSince1970: today.daysSince1970 + expiring)
        }
        if csv { print("creditCode,version,status,kind,name,established,term.to,office,issued") }
        while true {
            let page = try registry.read { try $0.licences(filter) }
            for (_, record) in page { try show(record, today: today) }
            guard let last = page.last, page.count == filter.limit else { break }
            filter.after = last.id
        }
    }

    private func show(_ record: LicenceRecord, today: CalendarDate) throws {
        if json { return try Console.json(RegisteredDocument(record, today: today), pretty: false) }
        let particulars = record.licence.particulars
        let status = record.status(on: today)
        if csv {
            let name = Words.cell(particulars.name)
            let cells = [
                particulars.creditCode.text, "\(record.licence.version)", status.rawValue, particulars.kind.rawValue,
                name,
                "\(particulars.established)", particulars.term?.to?.description ?? "", "\(record.office)",
                "\(record.licence.issued)",
            ]
            print(cells.joined(separator: ","))
        } else {
            print(
                "\(particulars.creditCode) v\(record.licence.version)  \(Speech.say(status.name))  \(particulars.name)"
            )
        }
    }
}
