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
        /// Those that are not there.
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
                        choice == .none || choice == .missing && SymbolFile.isThere(outcome.record, in: folder)
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
