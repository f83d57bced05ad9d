import Audit
import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import Publication
import Registry
import Symbol

/// The applications of one `licet issue`, on their way to licences and pictures.
///
/// Chunk by chunk: while one is recorded, the next is read and the pictures of the one before are drawn. Of a million rows no
/// more than three chunks are in memory.
struct IssueBatch {
    let authority: Authority
    let terms: Terms
    let symbols: SymbolFile

    private let input: BatchInput
    private let report: BatchReport
    /// What a policy may want approved as a whole.
    private let batch: Authority.Batch?
    private let interruption = Interruption()
    private var progress: Progress
    private var done = 0
    private var new = 0
    private var old = 0

    struct Terms {
        let office: DivisionCode?
        let profile: Profile
        let officer: String
        let overrideReason: String?
        let nameReason: String?
        let folder: String
        let isDryRun: Bool
        let isJSON: Bool
        let pictures: PictureBatch.Choice
    }

    /// Reads every file through.
    init(_ files: [String], authority: Authority, terms: Terms, symbols: SymbolFile) throws {
        self.authority = authority
        self.terms = terms
        self.symbols = symbols
        let limit = try authority.policy().batchOver
        input = BatchInput(
            files,
            today: try authority.today(Clock.now),
            checkCharacter: terms.overrideReason == nil ? .mustMatch : .mayDiffer,
            isCopied: limit != nil
        )
        for name in input.converted { standardError("\(name): read as GB18030") }
        report = BatchReport(folder: terms.isDryRun ? nil : terms.folder, isJSON: terms.isJSON)
        progress = Progress(total: input.total)
        let override = [terms.overrideReason, terms.nameReason].compactMap { $0 }.joined(separator: "; ")
        let needsApproval = limit.map { [input] in input.total > $0 } ?? false
        batch = needsApproval ? try input.batch(override: override.isEmpty ? nil : override) : nil
    }

    /// Issues, or says what issuing would do; fails when a row was refused or a file could not be read.
    mutating func run() throws {
        do {
            defer {
                progress.end()
                interruption.stopListening()
            }
            if terms.isDryRun { try rehearse() } else { try issue() }
        } catch {
            // What was found wrong so far is not lost with what stopped the rest.
            if !terms.isJSON { report.tellRefused() }
            try? report.close(isComplete: false)
            throw error
        }
        try finish()
    }

    private func finish() throws {
        try report.close(isComplete: input.unreadable.isEmpty)
        let bad = report.refusedRows
        // Where no file could be read, that is all there is to say.
        if !terms.isJSON, input.total > 0 || input.unreadable.isEmpty { summarise() }
        guard input.unreadable.isEmpty else { throw Failure.unreadable(input.unreadable.joined(separator: "; ")) }
        guard bad == 0 else {
            let isOnlyWaiting = report.waitingRows == bad
            throw Failure(
                exitCode: isOnlyWaiting ? 75 : 65,
                message:
                    "\(bad) of \(input.total) rows \(isOnlyWaiting ? "wait for approval" : "refused")"
                    + (terms.isDryRun ? "" : "; see \(report.errorFile)")
            )
        }
    }

    private func summarise() {
        report.tellRefused()
        if terms.isDryRun {
            print("\(input.total - report.refusedRows) of \(input.total) applications would be issued")
        } else {
            print(
                "\(new) issued" + (old > 0 ? ", \(old) were issued before" : "")
                    + (new > 0 ? "; next: licet publish" : "")
            )
        }
    }

    // MARK: - The pipeline

    private mutating func issue() throws {
        try DurableFile.makeFolder(terms.folder)
        let atWork = try DrawingFolder(terms.folder)
        defer { _ = atWork }
        var drawing: Ahead<[Result<PictureBatch.Drawn, any Error>]>?
        do {
            try forEachChunk { batch, rows in
                let recorded = try batch.record(rows)
                if let drawing { try batch.show(drawing.get()) }
                drawing = batch.pictures.ahead(recorded)
            }
        } catch {
            // What is recorded gets its picture, whatever stopped the rest.
            if let drawing { try? show(drawing.get()) }
            throw error
        }
        if let drawing { try show(drawing.get()) }
    }

    private mutating func rehearse() throws {
        var same = SameBatch()
        try forEachChunk { batch, rows in
            let results = try batch.authority.rehearse(rows.map(\.1), on: batch.issueTerms, now: Clock.now)
            for ((row, request), result) in zip(rows, results) {
                do {
                    let warnings = try result.get()
                    let others = same.remarks(on: request.particulars, file: row.file, row: row.number)
                        .filter { $0.rule != .duplicateName || request.nameReason == nil }
                    if let error = others.first(where: { $0.level == .error }) {
                        batch.report.refuse(row, [error])
                        continue
                    }
                    try batch.report.tell(row.file, row.number, others)
                    try batch.report.tell(row.file, row.number, warnings)
                } catch {
                    try batch.refuse(row, error)
                }
            }
        }
    }

    /// Hands out the good rows, chunk by chunk, and reads the next chunk meanwhile.
    private mutating func forEachChunk(
        _ body: (inout IssueBatch, [(BatchInput.Row, Authority.IssueRequest)]) throws -> Void
    ) throws {
        let input = input
        let companion = try DiskCompanion(path: authority.home.registry)
        @Sendable func next() throws -> [BatchInput.Row] {
            let rows = try input.next()
            try? companion?.readAhead(for: rows.compactMap(\.examined.particulars))
            return rows
        }
        var reading = Ahead(next)
        var folding: Ahead<Void>?
        defer { try? folding?.get() }
        while true {
            let rows = try reading.get()
            guard !rows.isEmpty else { return }
            reading = Ahead(next)
            let good = try examine(rows)
            do { if !good.isEmpty { try body(&self, good) } } catch {
                try? report.endChunk()
                throw error
            }
            try report.endChunk()
            if let companion {
                // One behind the other: a slow disk is not asked twice.
                try? folding?.get()
                folding = Ahead { try companion.foldLog() }
            }
            done += rows.count
            progress.show(done)
            // Only now, when the keys are open: a prompt can be left by Ctrl-C.
            interruption.listen()
            if let signal = interruption.signal { throw stopped(signal) }
        }
    }

    private func stopped(_ signal: Int32) -> Failure {
        let advice = terms.isDryRun ? "" : ": what is recorded stays; run the same command again to go on"
        return Failure(exitCode: 128 + signal, message: "stopped after \(done) of \(input.total) rows\(advice)")
    }

    private func examine(_ rows: [BatchInput.Row]) throws -> [(BatchInput.Row, Authority.IssueRequest)] {
        try rows.compactMap { row in
            if !row.examined.remarks.isEmpty {
                progress.end()
                try report.tell(row.file, row.number, row.examined.remarks)
            }
            // What was issued in its time is there when the same batch is issued again, also when its term has ended since.
            let issued = try row.examined.lapsed.flatMap { try authority.isIssued($0) ? $0 : nil }
            guard let particulars = row.examined.particulars ?? issued else {
                report.refuse(row, row.examined.remarks(.error))
                return nil
            }
            let isOverridden = !particulars.creditCode.hasMatchingCheckCharacter
            return (
                row,
                Authority.IssueRequest(
                    particulars: particulars,
                    overrideReason: isOverridden ? terms.overrideReason : nil,
                    nameReason: terms.nameReason
                )
            )
        }
    }

    private func record(
        _ rows: [(row: BatchInput.Row, request: Authority.IssueRequest)]
    ) throws -> [Authority.IssueOutcome] {
        let results = try authority.issue(rows.map(\.request), on: issueTerms, now: Clock.now)
        var recorded: [Authority.IssueOutcome] = []
        for (row, result) in zip(rows, results) {
            switch result {
            case .success(let outcome):
                recorded.append(outcome)
                if case .issued(_, let warnings) = outcome {
                    try report.tell(row.row.file, row.row.number, warnings)
                }
            case .failure(let error): try refuse(row.row, error)
            }
        }
        return recorded
    }

    private var pictures: PictureBatch {
        PictureBatch(symbols: symbols, folder: terms.folder, choice: terms.pictures)
    }

    private var issueTerms: Authority.IssueTerms {
        Authority.IssueTerms(
            office: terms.office,
            profile: terms.profile,
            officer: terms.officer,
            batch: batch,
            check: symbols.check
        )
    }

    // MARK: - What became of them

    /// Prints what became of a chunk, and fails with the first picture that could not be drawn.
    private mutating func show(_ drawn: [Result<PictureBatch.Drawn, any Error>]) throws {
        progress.end()
        for result in drawn { if case .success(let drawn) = result { try show(drawn) } }
        for result in drawn { _ = try result.get() }
    }

    private mutating func show(_ drawn: PictureBatch.Drawn) throws {
        let record = drawn.outcome.record
        let isNew = if case .issued = drawn.outcome { true } else { false }
        if isNew { new += 1 } else { old += 1 }
        let path = terms.pictures == .none ? nil : SymbolFile.path(of: record, in: terms.folder)
        try report.issued(
            LicenceLine(
                creditCode: record.creditCode.text,
                version: record.licence.version,
                isNew: isNew,
                status: record.status.rawValue,
                file: path,
                symbolVersion: drawn.made?.version,
                millimetres: drawn.made?.millimetres
            )
        )
        guard !terms.isJSON else { return }
        let before = isNew ? "" : " (as before, \(record.status.rawValue))"
        let place = path.map { ": \(Words.printable($0))" } ?? ""
        print("\(record.creditCode) v\(record.licence.version)\(before)\(place)\(drawn.made?.size ?? "")")
        if !isNew, record.status == .relocated {
            standardError("\(record.creditCode) has moved away: another office issues it anew (--office)")
        } else if !isNew, let office = terms.office, office != record.office {
            standardError(
                "\(record.creditCode) is with office \(record.office); to have it at \(office), `licet relocate` it and issue it again"
            )
        }
    }

    // MARK: - Refusals

    /// Files an error under its row, or stops everything when it is no fault of the row.
    private func refuse(_ row: BatchInput.Row, _ error: any Error) throws {
        let remarks: [Remark]
        switch error {
        case let error as AuthorityError where error.isOfARow: remarks = [Remark(error)]
        case let error as LicenceError: remarks = [Remark(error)]
        case let refusal as Application.Refusal: remarks = refusal.errors.map { Remark($0) }
        default:
            let failure = Failure(error)
            guard failure.exitCode == 65 else { throw error }
            let isSize = error is SymbolError || error is CodeError
            remarks = [
                Remark(.error, isSize ? .tooLong : .row, field: isSize ? "scope" : nil, failure.message, hint: nil)
            ]
        }
        report.refuse(row, remarks)
    }
}
