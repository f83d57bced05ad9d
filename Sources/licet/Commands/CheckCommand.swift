import ArgumentParser
import Audit
import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import Registry

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look over applications before they are issued; needs no key, and no authority.",
        discussion: """
            Example: licet check application.json
                     licet check batch.csv --strict
                     licet check batch.csv --json | jq '.remarks[] | select(.level == "error")'

            Each remark says file, row and field, what is wrong, and what to do. Errors stop a licence, warnings are most probably
            mistakes, notes are good to know. The exit code is 65 when there are errors. Where there is an authority, its registry is asked
            as well: names that are taken or look like others, codes that have a licence, the office that would issue.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Applications: .json (one or an array), .csv, or - for either on standard input.",
            valueName: "file"
        )
    )
    var files: [String]

    @Flag(help: "Let warnings count as errors.")
    var strict = false

    @Flag(help: "Print the remarks as JSON.")
    var json = false

    @OptionGroup var options: HomeOptions

    /// A remark and where it belongs.
    private struct Line: Encodable {
        let file: String
        let row: Int
        let level: Remark.Level
        let rule: Remark.Rule
        let field: String?
        let problem: String
        let hint: String?
    }

    func run() throws {
        let authority =
            FileManager.default.fileExists(atPath: options.place.registry) ? try options.withoutKeys() : nil
        if let authority { try options.place.read(authority.registry) { _ in } }
        // Mainland China has one time; which office will issue is not known yet.
        let today = try CalendarDate(at: Clock.now, utcOffset: 480)
        let input = BatchInput(files, today: today, checkCharacter: .mustMatch)
        for name in input.converted { standardError("\(name): read as GB18030") }
        var progress = Progress(total: input.total)
        var counts: [Remark.Level: Int] = [:]
        var done = 0
        var same = SameBatch()
        if json { print(#"{"remarks":["#, terminator: "") }
        while true {
            let rows = try input.next()
            guard !rows.isEmpty else { break }
            let ofRegister = try registerRemarks(on: rows, authority)
            for (row, told) in zip(rows, ofRegister) {
                // What is refused stands in nobody's way.
                let isGood = !told.contains { $0.level == .error }
                let others =
                    row.examined.particulars.flatMap { particulars in
                        isGood ? same.remarks(on: particulars, file: row.file, row: row.number) : nil
                    } ?? []
                for remark in row.examined.remarks + others + told {
                    if !json { progress.end() }
                    try tell(remark, row, isFirst: counts.isEmpty)
                    counts[remark.level, default: 0] += 1
                }
            }
            done += rows.count
            progress.show(done)
        }
        progress.end()
        try finish(input, counts)
    }

    /// What a register has to say of each row: names that are taken or look like others, the office that would issue.
    private func registerRemarks(on rows: [BatchInput.Row], _ authority: Authority?) throws -> [[Remark]] {
        guard let authority else { return rows.map { _ in [] } }
        let terms = Authority.IssueTerms(office: nil, profile: .full, officer: "", check: { _ in })
        let requests = rows.compactMap(\.examined.particulars)
            .map { Authority.IssueRequest(particulars: $0, overrideReason: nil) }
        var results = try authority.rehearse(requests, on: terms, now: Clock.now)[...]
        return try rows.map { row in
            guard row.examined.particulars != nil, let result = results.popFirst() else { return [] }
            do { return try result.get() } catch let error as AuthorityError where error.isOfARow {
                return [Remark(error)]
            } catch let error as LicenceError { return [Remark(error)] }
        }
    }

    private func tell(_ remark: Remark, _ row: BatchInput.Row, isFirst: Bool) throws {
        guard json else {
            let field = remark.field.map { ", \($0)" } ?? ""
            print(
                Words.printable("\(row.file), row \(row.number)\(field): \(remark.level.rawValue): \(remark.problem)")
            )
            if let hint = remark.hint { print("    \(hint)") }
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            file: row.file,
            row: row.number,
            level: remark.level,
            rule: remark.rule,
            field: remark.field,
            problem: remark.problem,
            hint: remark.hint
        )
        print(isFirst ? "" : ",")
        print(String(decoding: try encoder.encode(line), as: UTF8.self), terminator: "")
    }

    private func finish(_ input: BatchInput, _ counts: [Remark.Level: Int]) throws {
        let said = Remark.Level.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)s" }.joined(separator: ", ")
        if json {
            let levels = Remark.Level.allCases.map { "\"\($0.rawValue)s\":\(counts[$0, default: 0])" }
            print("],\"rows\":\(input.total),\(levels.joined(separator: ","))}")
        } else if input.total > 0 || input.unreadable.isEmpty {
            print("\(input.total) applications: \(said)")
        }
        guard input.unreadable.isEmpty else { throw Failure.unreadable(input.unreadable.joined(separator: "; ")) }
        let isBad = counts[.error, default: 0] > 0 || strict && counts[.warning, default: 0] > 0
        guard !isBad else { throw Failure.data(strict ? "there are errors or warnings" : "there are errors") }
    }
}
