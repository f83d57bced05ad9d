import Foundation
import GRDB
import Publication

/// An SQLite file that others write, and that is read without a trace: nothing is made beside it, and nobody is kept waiting.
///
/// A file that nobody has open is read as if it could not change, and what was read counts only when it did not: SQLite would make files
/// beside it to be told of changes, under the daemon's name. While somebody has it open, those files are there, and SQLite's own locks
/// hold.
struct UnwrittenFile {
    let path: String

    private static let attempts = 5
    /// Seconds that a lock of somebody else is waited for.
    private static let patience = 2.0

    /// Reads one consistent state.
    ///
    /// - Throws: ``RegisterError``, and what `body` throws.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        for _ in 0..<Self.attempts {
            // SQLite's files lie beside what a link leads to.
            let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            guard let before = State(place) else {
                throw RegisterError(.missing, path, "there is no such regular file")
            }
            let result = Result { try open(place, isOpenElsewhere: before.isOpen) { try body($0) } }
            let after = State(place)
            let isSame = before.isOpen ? before.stamp.inode == after?.stamp.inode : before == after
            switch result {
            case .success(let value) where isSame: return value
            // What changed under our eyes can look like anything.
            case .failure(let error) where before == after: throw refusal(of: error)
            default: continue
            }
        }
        throw RegisterError(.busy, path, "is replaced or written again and again while it is read")
    }

    private func open<Value>(_ place: String, isOpenElsewhere: Bool, _ body: (Database) throws -> Value) throws -> Value
    {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(Self.patience)
        configuration.prepareDatabase { database in
            // A file may hold what runs by itself, and pages that are none.
            try database.execute(sql: "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA query_only=ON")
        }
        let database = try DatabaseQueue(
            path: Self.address(place, isOpenElsewhere: isOpenElsewhere),
            configuration: configuration
        )
        defer { try? database.close() }
        return try database.read(body)
    }

    /// The file as a URI, with how to open it (https://sqlite.org/uri.html).
    private static func address(_ place: String, isOpenElsewhere: Bool) -> String {
        let plain = CharacterSet(charactersIn: "/-._~").union(.alphanumerics.intersection(ascii))
        let quoted = place.addingPercentEncoding(withAllowedCharacters: plain) ?? place
        return "file:\(quoted)?mode=ro&\(isOpenElsewhere ? "readonly_shm" : "immutable")=1"
    }

    private static let ascii = CharacterSet(charactersIn: "\u{0}"..."\u{7F}")

    private func refusal(of error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: RegisterError(.busy, path, "somebody keeps it locked")
        case .SQLITE_NOTADB: RegisterError(.damaged, path, "is no registry; `licet backup` makes a copy of one")
        case .SQLITE_CORRUPT: RegisterError(.damaged, path, "is damaged; `licet doctor` says more of the original")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            RegisterError(.missing, path, "cannot be opened; this user must be able to read it and what lies beside it")
        default: RegisterError(.damaged, path, "cannot be read (SQLite's \(error.extendedResultCode.rawValue))")
        }
    }

    /// What the file system says of the file, and whether a log or a journal beside it has what is not in it yet.
    private struct State: Equatable {
        let stamp: FileStamp
        let isOpen: Bool

        init?(_ path: String) {
            // Opening a pipe could take for ever.
            guard let stamp = FileStamp(path), stamp.isRegular else { return nil }
            self.stamp = stamp
            isOpen = ["-wal", "-journal"].contains { (FileStamp(path + $0)?.size ?? 0) > 0 }
        }
    }
}
