import Audit
import Authority
import Foundation
import Licence
import Licensing
import OpenSSL
import Synchronization

/// The files of a batch, read through once and then row by row.
final class BatchInput: Sendable {
    /// How many rows there are in the files that can be read.
    let total: Int
    /// Why some files cannot be read.
    let unreadable: [String]
    /// The names of files that were read as GB18030.
    let converted: [String]

    private let state: Mutex<State>
    private let today: CalendarDate
    private let policy: CreditCode.CheckCharacterPolicy

    /// A row that was looked at.
    struct Row: Sendable {
        let file: String
        let number: Int
        /// How many rows there are before it, in all files.
        let place: Int
        let examined: Application.Examined
    }

    private struct State {
        var files: ArraySlice<(name: String, file: ApplicationFile)>
        var reader: ApplicationFile.Reader?
        var name = ""
        var done = 0
    }

    /// How many rows are handed out at once; so many licences share one transaction.
    static let chunk = 500

    /// Reads every file through; one that cannot be read stops no other.
    ///
    /// With `isCopied` the files are copied first: what others approve must be what is issued, and a file can be written to by who has
    /// it mapped into memory without a trace.
    init(
        _ names: [String],
        today: CalendarDate,
        checkCharacter policy: CreditCode.CheckCharacterPolicy,
        isCopied: Bool = false
    ) {
        self.today = today
        self.policy = policy
        var files: [(name: String, file: ApplicationFile)] = []
        var unreadable: [String] = []
        for name in names {
            do throws(ApplicationFileError) {
                let file = try Self.open(name, isCopied: isCopied)
                Self.tellPassedOver(file.passedOver, name)
                files.append((name, file))
            } catch {
                unreadable.append("\(name): \(error)")
            }
        }
        total = files.reduce(0) { $0 + $1.file.count }
        converted = files.filter { $0.file.encoding == .gb18030 }.map(\.name)
        self.unreadable = unreadable
        state = Mutex(State(files: files[...]))
    }

    /// All that would be issued, in its order, for others to approve; reads every file through once more.
    func batch(override: String?) throws -> Authority.Batch {
        let before = state.withLock { $0 }
        defer { state.withLock { $0 = before } }
        var digests: [Digest] = []
        while true {
            let rows = try next()
            if rows.isEmpty {
                let digest = Authority.Batch.digest(of: digests)
                return Authority.Batch(count: digests.count, digest: digest, override: override)
            }
            digests += rows.compactMap(\.examined.particulars).map { Digest(of: Array(Application($0).json.utf8)) }
        }
    }

    /// By its name a file is CSV or JSON, and where that does not tell, by how it begins; `-` is standard input.
    private static func open(_ name: String, isCopied: Bool) throws(ApplicationFileError) -> ApplicationFile {
        let format: ApplicationFile.Format? =
            switch name.lowercased() {
            case let name where name.hasSuffix(".csv"): .csv
            case let name where name.hasSuffix(".json"): .json
            default: nil
            }
        var progress: Progress?
        defer { progress?.end() }
        let watch: ApplicationFile.Watch = { bytes, total in
            if progress == nil { progress = Progress(total: total, work: "reading \(Words.printable(name))") }
            progress?.show(bytes)
        }
        return try name == "-"
            ? ApplicationFile(descriptor: 0, format: format, watch: watch)
            : ApplicationFile(path: name, isCopied: isCopied, format: format, watch: watch)
    }

    private static func tellPassedOver(_ headings: [String], _ name: String) {
        guard !headings.isEmpty else { return }
        let what = headings.count == 1 ? "the column" : "the columns"
        standardError(
            "\(name): note: \(what) \(headings.joined(separator: ", ")) \(headings.count == 1 ? "is" : "are") passed over"
        )
    }

    /// The next rows, examined; none behind the last.
    func next() throws -> [Row] {
        try state.withLock { state in
            var rows: [Row] = []
            while rows.count < Self.chunk {
                if state.reader == nil {
                    guard let (name, file) = state.files.popFirst() else { break }
                    state.reader = try file.reader()
                    state.name = name
                }
                let row: ApplicationFile.Row?
                do { row = try state.reader?.next() } catch { throw Failure.unreadable("\(state.name): \(error)") }
                guard let row else {
                    state.reader = nil
                    continue
                }
                let examined = row.application.examine(today: today, checkCharacter: policy)
                rows.append(Row(file: state.name, number: row.number, place: state.done, examined: examined))
                state.done += 1
            }
            return rows
        }
    }
}
