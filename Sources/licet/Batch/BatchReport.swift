import Foundation
import Licence
import Publication

/// What is said of the rows of a batch: on standard error the first of each sort, in `errors.csv` and in JSON all.
final class BatchReport {
    /// Where `errors.csv` goes; nil when nothing may be written.
    private let folder: String?
    private let isJSON: Bool
    private var table: ErrorTable?
    private let refused = Spool()
    private let warnings = Spool()
    private var firstRefused: [String] = []
    private var counts: [Remark.Level: Int] = [:]
    private var isFirstIssued = true
    private var chunk: [(row: BatchInput.Row, errors: [Remark])] = []

    private(set) var refusedRows = 0
    /// Of these, how many only wait for approval.
    private(set) var waitingRows = 0
    private var refusals = 0

    /// How many remarks of a level are told one by one.
    private static let shown = 20

    /// One remark and where it belongs.
    struct Entry: Encodable {
        let file: String
        let row: Int
        let field: String?
        let reason: String
        let hint: String?
        let rule: String
    }

    init(folder: String?, isJSON: Bool) {
        self.folder = folder
        self.isJSON = isJSON
        if isJSON { print(#"{"issued":["#, terminator: "") }
    }

    /// Where the refused rows are listed.
    var errorFile: String { table?.path ?? "errors.csv" }

    /// Files what makes a row no licence; it is told at the end of its chunk, in the order of the rows.
    func refuse(_ row: BatchInput.Row, _ errors: [Remark]) {
        refusedRows += 1
        if errors.contains(where: { $0.rule == .approval }) { waitingRows += 1 }
        chunk.append((row, errors))
    }

    /// Tells what was refused of a chunk: some rows by their own look, others by the registry, which is asked later.
    func endChunk() throws {
        defer { chunk = [] }
        for (row, errors) in chunk.sorted(by: { $0.row.place < $1.row.place }) { try file(row, errors) }
    }

    private func file(_ row: BatchInput.Row, _ errors: [Remark]) throws {
        for error in errors {
            refusals += 1
            let entry = Self.entry(row.file, row.number, error)
            if firstRefused.count < Self.shown { firstRefused.append(Self.line(entry, nil)) }
            if isJSON { try refused.append(Self.json(entry)) }
            guard let folder else { continue }
            if table == nil { table = try ErrorTable(folder: folder) }
            try table?.append(entry)
        }
    }

    /// Tells warnings of a row, and the notes that ask for a second look; the others are for `licet check`.
    func tell(_ file: String, _ row: Int, _ remarks: [Remark]) throws {
        let told: [Remark.Rule] = [.repaired, .creditCodeBody]
        for remark in remarks where remark.level == .warning || remark.level == .note && told.contains(remark.rule) {
            counts[remark.level, default: 0] += 1
            let entry = Self.entry(file, row, remark)
            if counts[remark.level, default: 0] <= Self.shown { standardError(Self.line(entry, remark.level)) }
            if isJSON, remark.level == .warning { try warnings.append(Self.json(entry)) }
        }
    }

    /// Writes one element of `issued`.
    func issued(_ licence: some Encodable) throws {
        guard isJSON else { return }
        print(isFirstIssued ? "" : ",")
        isFirstIssued = false
        print(try Self.json(licence), terminator: "")
    }

    /// Puts the table into its place and ends the JSON, also when something stopped the batch.
    func close(isComplete: Bool) throws {
        for level in [Remark.Level.warning, .note] {
            let more = counts[level, default: 0] - Self.shown
            if more > 0 { standardError("… and \(more) more \(level.rawValue)s") }
        }
        if isJSON {
            print(#"],"refused":["#, terminator: "")
            try Self.printAll(refused)
            print(#"],"warnings":["#, terminator: "")
            try Self.printAll(warnings)
            print("]}")
        }
        try table?.finish()
        if table == nil, isComplete, let folder { ErrorTable.putAside(in: folder) }
    }

    /// Says which rows were refused; of many the first.
    func tellRefused() {
        for line in firstRefused { standardError(line) }
        if refusals > firstRefused.count {
            standardError(
                "… and \(refusals - firstRefused.count) more\(folder == nil ? "; `licet check` names all" : "")"
            )
        }
    }

    private static func entry(_ file: String, _ row: Int, _ remark: Remark) -> Entry {
        Entry(
            file: file,
            row: row,
            field: remark.field,
            reason: remark.problem,
            hint: remark.hint,
            rule: remark.rule.rawValue
        )
    }

    private static func line(_ entry: Entry, _ level: Remark.Level?) -> String {
        let field = entry.field.map { ", \($0)" } ?? ""
        let level = level.map { "\($0.rawValue): " } ?? ""
        let hint = entry.hint.map { "; \($0)" } ?? ""
        return "\(entry.file), row \(entry.row)\(field): \(level)\(entry.reason)\(hint)"
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private static func printAll(_ spool: Spool) throws {
        var isFirst = true
        try spool.forEach { line in
            print(isFirst ? "" : ",")
            print(line, terminator: "")
            isFirst = false
        }
    }
}
