import Audit
import Authority
import Licensing
import Publication

/// The pictures of a batch, drawn on all cores while the next chunk is recorded.
struct PictureBatch {
    let symbols: SymbolFile
    let folder: String
    let choice: Choice

    /// Which pictures are drawn.
    enum Choice {
        case none
        /// Those that are not there, or show another code.
        case missing
        case all
    }

    /// A licence and its picture, unless that was left out.
    struct Drawn: Sendable {
        let outcome: Authority.IssueOutcome
        let made: SymbolFile.Made?
    }

    /// Begins to draw the pictures of a chunk; when that has ended they are on the disk.
    func ahead(_ outcomes: [Authority.IssueOutcome]) -> Ahead<[Result<Drawn, any Error>]> {
        let (symbols, folder, choice) = (symbols, folder, choice)
        return Ahead {
            let drawn = ParallelMap.map(outcomes) { outcome in
                Result { () throws -> (Drawn, StagedFile?) in
                    let isLeft =
                        switch (choice, outcome) {
                        case (.none, _): true
                        case (.missing, .existing(let record)): symbols.isDrawn(record, in: folder)
                        case (.missing, .issued), (.all, _): false
                        }
                    guard !isLeft else { return (Drawn(outcome: outcome, made: nil), nil) }
                    let staged = try symbols.stage(outcome.record, in: folder)
                    return (Drawn(outcome: outcome, made: staged.made), staged.file)
                }
            }
            try StagedFile.commit(drawn.compactMap { try? $0.get().1 }, in: folder)
            return drawn.map { $0.map(\.0) }
        }
    }
}
