import Authority
import Foundation
import Licence
import LicenceCode
import Publication
import Registry
import Symbol

/// The applications of one `licet issue`, on their way to licences and pictures.
struct IssueBatch {
    let authority: Authority
    let terms: Terms
    let symbols: SymbolFile
    let isQuiet: Bool

    private var total = 0
    private var waiting: [Row] = []
    private var refused: [Refused] = []
    private var issued: [Issued] = []
    private var unreadable: [String] = []

    private static let bodyAdvice =
        "the check of characters 9 to 17 (GB 11714) does not match; older codes are like that, typing slips too"

    /// How many licences share one transaction.
    private static let chunk = 64

    struct Terms {
        let office: DivisionCode?
        let profile: Profile
        let officer: String
        let overrideReason: String?
        let folder: String
    }

    private struct Row {
        let file: String
        let number: Int
        let request: Authority.IssueRequest
    }

    private struct Refused: Encodable {
        let file: String
        let row: Int
        let field: String?
        let reason: String
    }

    private struct Issued: Encodable {
        let creditCode: String
        let version: Int
        let isNew: Bool
        let status: String
        let file: String
        let symbolVersion: Int
        let millimetres: Double
    }

    init(authority: Authority, terms: Terms, symbols: SymbolFile, isQuiet: Bool) throws {
        self.authority = authority
        self.terms = terms
        self.symbols = symbols
        self.isQuiet = isQuiet
    }

    /// Reads and reviews one file.
    mutating func read(_ name: String) throws {
        let file: ApplicationFile
        let rows: [ApplicationFile.Row]
        do {
            let format: ApplicationFile.Format = name.lowercased().hasSuffix(".csv") ? .csv : .json
            file =
                try name == "-"
                ? ApplicationFile(descriptor: 0, format: format) : ApplicationFile(path: name, format: format)
            rows = try file.rows
        } catch {
            // The other files are issued all the same; the exit code tells.
            unreadable.append("\(name): \(error)")
            return
        }
        total += file.count
        if file.encoding == .gb18030 { standardError("\(name): read as GB18030") }
        for (number, application) in rows {
            do {
                let policy: CreditCode.CheckCharacterPolicy = terms.overrideReason == nil ? .mustMatch : .mayDiffer
                let reviewed = try application.get().review(checkCharacter: policy)
                for repair in reviewed.repairs { standardError("\(name), row \(number), \(repair)") }
                if !reviewed.particulars.creditCode.hasMatchingBodyCheck {
                    standardError("\(name), row \(number), creditCode: note: \(Self.bodyAdvice)")
                }
                let isOverridden = !reviewed.particulars.creditCode.hasMatchingCheckCharacter
                waiting.append(
                    Row(
                        file: name,
                        number: number,
                        request: Authority.IssueRequest(
                            particulars: reviewed.particulars,
                            overrideReason: isOverridden ? terms.overrideReason : nil
                        )
                    )
                )
            } catch {
                for error in error.errors { refuse(name, number, field: error.field, error.reason) }
            }
        }
    }

    /// Issues what was read, chunk by chunk: first the record, then the pictures.
    mutating func issue() throws {
        try DurableFile.makeFolder(terms.folder)
        var progress = Progress(total: waiting.count)
        defer { progress.end() }
        for start in stride(from: 0, to: waiting.count, by: Self.chunk) {
            let rows = Array(waiting[start..<min(start + Self.chunk, waiting.count)])
            let results = try authority.issue(rows.map(\.request), on: issueTerms, now: Clock.now)
            var recorded: [Authority.IssueOutcome] = []
            for (row, result) in zip(rows, results) {
                switch result {
                case .success(let outcome): recorded.append(outcome)
                case .failure(let error): try refuse(row, error)
                }
            }
            try draw(recorded)
            progress.show(start + rows.count)
        }
    }

    private var issueTerms: Authority.IssueTerms {
        Authority.IssueTerms(
            office: terms.office,
            profile: terms.profile,
            officer: terms.officer,
            check: symbols.check
        )
    }

    /// Says what issuing would do, without keys and without a trace.
    mutating func rehearse() throws {
        for row in waiting {
            do { try authority.rehearse(row.request, on: issueTerms, now: Clock.now) } catch {
                try refuse(row, error)
            }
        }
    }

    /// Reports, and fails when a row was refused.
    func finish(json: Bool, dryRun: Bool) throws {
        if json { try Console.json(Report(issued: issued, refused: refused)) }
        let bad = Set(refused.map { "\($0.file):\($0.row)" }).count
        if !isQuiet { summarise(refusedRows: bad, dryRun: dryRun) }
        let table = errorFile
        if !dryRun { try writeErrors() }
        guard unreadable.isEmpty else { throw Failure.unreadable(unreadable.joined(separator: "; ")) }
        guard refused.isEmpty else {
            throw Failure.data("\(bad) of \(total) rows refused" + (dryRun ? "" : "; see \(table)"))
        }
    }

    /// Writes the table of refused rows, where there are any.
    func writeErrors() throws {
        if !refused.isEmpty { try DurableFile.write(Array(errorTable.utf8), to: errorFile) }
    }

    /// `errors.csv`, or the next free name when a file of somebody else has that one.
    private var errorFile: String {
        let names = ["errors.csv"] + (2...999).map { "errors-\($0).csv" }
        return names.map { "\(terms.folder)/\($0)" }.first(where: Self.isFree) ?? "\(terms.folder)/errors-1000.csv"
    }

    private static let errorHeading = "file,row,field,reason"

    /// Whether nothing stands at `path`, or a table of refused rows.
    private static func isFree(_ path: String) -> Bool {
        guard let present = FileHandle(forReadingAtPath: path) else {
            return !FileManager.default.fileExists(atPath: path)
        }
        return (try? present.read(upToCount: errorHeading.utf8.count)) == Data(errorHeading.utf8)
    }

    private struct Report: Encodable {
        let issued: [Issued]
        let refused: [Refused]
    }

    /// Says which rows were refused; of many the first.
    func tellRefused() {
        for error in refused.prefix(20) {
            let field = error.field.map { ", \($0)" } ?? ""
            standardError("\(error.file), row \(error.row)\(field): \(error.reason)")
        }
        if refused.count > 20 { standardError("… and \(refused.count - 20) more") }
    }

    private func summarise(refusedRows: Int, dryRun: Bool) {
        tellRefused()
        if dryRun {
            print("\(total - refusedRows) of \(total) applications would be issued")
        } else {
            let new = issued.count { $0.isNew }
            let old = issued.count - new
            print(
                "\(new) issued" + (old > 0 ? ", \(old) were issued before" : "")
                    + (new > 0 ? "; next: licet publish" : "")
            )
        }
    }

    // MARK: - Pictures

    /// Draws the pictures of a chunk on all cores.
    private mutating func draw(_ outcomes: [Authority.IssueOutcome]) throws {
        let folder = terms.folder
        let symbols = symbols
        let results = ParallelMap.map(outcomes.map(\.record)) { record in
            Result { try symbols.write(record, to: folder) }
        }
        for (outcome, result) in zip(outcomes, results) {
            let record = outcome.record
            let made = try result.get()
            let isNew = if case .issued = outcome { true } else { false }
            issued.append(
                Issued(
                    creditCode: record.creditCode.text,
                    version: record.licence.version,
                    isNew: isNew,
                    status: record.status.rawValue,
                    file: made.path,
                    symbolVersion: made.version,
                    millimetres: made.millimetres
                )
            )
            guard !isQuiet else { continue }
            let before = isNew ? "" : " (as before, \(record.status.rawValue))"
            let size = "QR version \(made.version), \(String(format: "%.1f", made.millimetres)) mm"
            print("\(record.creditCode) v\(record.licence.version)\(before): \(made.path), \(size)")
        }
    }

    // MARK: - Refusals

    private mutating func refuse(_ file: String, _ row: Int, field: String?, _ reason: String) {
        refused.append(Refused(file: file, row: row, field: field, reason: reason))
    }

    /// Files an error under its row, or stops everything when it is no fault of the row.
    private mutating func refuse(_ row: Row, _ error: any Error) throws {
        switch error {
        case let error as AuthorityError where Failure(error).exitCode == 65:
            refuse(row.file, row.number, field: error.field, error.reason)
        case let error as LicenceError: refuse(row.file, row.number, field: error.field, error.reason)
        case let refusal as Application.Refusal:
            for error in refusal.errors { refuse(row.file, row.number, field: error.field, error.reason) }
        default:
            let failure = Failure(error)
            guard failure.exitCode == 65 else { throw error }
            let isSize = error is SymbolError || error is CodeError
            refuse(row.file, row.number, field: isSize ? "scope" : nil, failure.message)
        }
    }

    private var errorTable: String {
        let lines = refused.map { error in
            [Words.cell(error.file), "\(error.row)", Words.cell(error.field ?? ""), Words.cell(error.reason)]
                .joined(separator: ",")
        }
        return ([Self.errorHeading] + lines).joined(separator: "\r\n") + "\r\n"
    }
}
