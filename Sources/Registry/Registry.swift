import Foundation
import GRDB
import Licence
import LicenceCode
import OpenSSL
import Publication
import Synchronization

/// The durable record of an authority: its keys, its licences and every act on them.
///
/// Only this module knows that it is an SQLite file: write-ahead log, `synchronous=FULL`, foreign keys, strict tables.
package struct Registry: Sendable {
    let database: DatabaseQueue
    private let schema = CheckedSchema()
    private let log: LogName

    /// Opens the registry at `path`, and brings its schema up to date; makes it only when `create` is set.
    ///
    /// With `isDisposable` it is written fast and without a log: whatever stops the program damages the file, which can be made anew.
    package init(path: String, create: Bool = false, isDisposable: Bool = false) throws {
        // An empty file is none: it would be filled as if nothing had ever been there.
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard create || size ?? 0 > 0 else {
            let isLost = FileManager.default.fileExists(atPath: "\(DurableFile.parent(of: path))/anchor")
            let state = size == nil ? "missing" : "empty"
            throw RegistryError(
                .noAuthority,
                isLost
                    ? "\(path) is \(state), and there was one; `licet restore` puts a backup in its place"
                    : "there is no authority here (\(path) is \(state)); `licet authority create` makes one"
            )
        }
        log = LogName(folder: DurableFile.parent(of: path))
        let schema = schema
        do {
            database = try DatabaseQueue(path: path, configuration: Self.configuration)
            try database.writeWithoutTransaction { try Self.setUp($0, isDisposable: isDisposable) }
            try database.writeWithoutTransaction { try Schema.prepare($0) }
            let applied = try database.read { try Schema.migrator.appliedIdentifiers($0) }
            guard applied.isDisjoint(with: Schema.beforeTheFirstRelease) else {
                throw RegistryError(
                    .tooOld,
                    "\(path) was written by a build before the first release; found the authority anew"
                )
            }
            guard try !database.read(Schema.migrator.hasBeenSuperseded) else {
                throw RegistryError(.tooNew, "\(path) was written by a newer version of licet; upgrade this one")
            }
            guard try !applied.isEmpty || database.read({ try !$0.tableExists("authority") }) else {
                throw RegistryError(
                    .tampered,
                    "\(path) does not say by which version it was written; somebody has tampered with the file"
                )
            }
            try Schema.migrator.migrate(database)
            try database.read { try schema.check($0) }
        } catch let error as DatabaseError { throw RegistryError(error, path: path) }
    }

    private init(memory: DatabaseQueue) throws {
        database = memory
        log = LogName(folder: nil)
        try Schema.migrator.migrate(memory)
    }

    /// Makes an empty registry for tests.
    package static func inMemory() throws -> Registry {
        try Registry(memory: DatabaseQueue(configuration: configuration))
    }

    private static func setUp(_ database: Database, isDisposable: Bool) throws {
        guard !isDisposable else {
            return try database.execute(
                sql: "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-3000000"
            )
        }
        // Not through GRDB, which puts a table into the file and takes it out again, three times on the disk, each time that it is opened.
        guard try String.fetchOne(database, sql: "PRAGMA journal_mode=WAL") == "wal" else {
            throw RegistryError(.storage, "registry: the file cannot have a write-ahead log")
        }
        // What a part of a transaction would undo stays in memory: on the disk it is two writes a page. The cache holds what a
        // transaction of a batch changes in a file of millions, and the log is brought into the file every 64 MiB.
        try database.execute(
            sql: """
                PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=16384
                """
        )
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(30)
        return configuration
    }

    /// Reads one consistent state, and can write nothing.
    package func read<Value>(_ body: (Session) throws -> Value) throws -> Value {
        do {
            return try database.unsafeReentrantRead { database in
                var value: Value?
                try database.readOnly {
                    try database.inSavepoint {
                        try schema.check(database)
                        value = try body(Session(database: database))
                        return .commit
                    }
                }
                guard let value else { throw RegistryError(.storage, "the transaction gave nothing") }
                return value
            }
        } catch let error as DatabaseError { throw RegistryError(error) }
    }

    /// Changes the registry in one transaction: all of `body` or, when it throws, nothing.
    package func write<Value>(_ body: (Session) throws -> Value) throws -> Value {
        do {
            try log.sync()
            return try database.unsafeReentrantWrite { database in
                var value: Value?
                // Immediate, so that two processes queue up at the start and neither fails half-way.
                try database.inTransaction(.immediate) {
                    try schema.check(database)
                    let session = Session(database: database)
                    value = try body(session)
                    try session.indexNewNames()
                    return .commit
                }
                guard let value else { throw RegistryError(.storage, "the transaction gave nothing") }
                return value
            }
        } catch let error as DatabaseError { throw RegistryError(error) }
    }

    /// The registry inside one transaction.
    package struct Session {
        let database: Database
        let memory = Memory()
        let newNames = NewNames()

        /// What this transaction has recorded, whatever the file may say of it meanwhile.
        final class Memory {
            var head: ChainHead?
            var sound = SoundActs()
            var firstOwnAct: Int?
            /// Those that were read, until another comes or goes.
            var officers: [Officer]?
            /// Keys that were read, and whose they are.
            var keys: [IssuerNumber: PublicKey] = [:]
            var offices: [IssuerNumber: Int] = [:]
            /// Offices whose lists are numbered as they should be.
            var countedLists: Set<DivisionCode> = []
        }

        /// Runs one part of a transaction that may fail by itself: when `body` throws, what it did is undone.
        package func part<Value>(_ body: () throws -> Value) throws -> Result<Value, any Error> {
            var result: Result<Value, any Error>?
            let (head, sound, firstOwnAct) = (memory.head, memory.sound, memory.firstOwnAct)
            let names = newNames.rows.count
            try database.inSavepoint {
                do {
                    result = .success(try body())
                    return .commit
                } catch let error as DatabaseError where error.resultCode != .SQLITE_CONSTRAINT {
                    // A full disk or a damaged file is no fault of this part.
                    throw error
                } catch {
                    (memory.head, memory.sound, memory.firstOwnAct, memory.officers) = (head, sound, firstOwnAct, nil)
                    newNames.rows.removeSubrange(names...)
                    result = .failure((error as? DatabaseError).map { RegistryError($0) } ?? error)
                    return .rollback
                }
            }
            guard let result else { throw RegistryError(.storage, "the savepoint gave nothing") }
            return result
        }
    }
}

/// The name of the write-ahead log, which SQLite makes when the file is first read, in its folder.
private final class LogName: Sendable {
    private let folder: String?
    private let isSafe = Mutex(false)

    init(folder: String?) { self.folder = folder }

    /// Puts the name on the disk, once, before anything is written.
    ///
    /// SQLite goes on when it cannot; then a power cut would take what was acknowledged.
    func sync() throws {
        try isSafe.withLock { isSafe in
            if !isSafe, let folder { try DurableFile.sync(folder: folder) }
            isSafe = true
        }
    }
}

extension Row {
    /// The value of a column, which is not NULL.
    ///
    /// GRDB's subscript stops the program at a value of another type, as a damaged file has it, and prints the whole row.
    func get<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value: Value = try optional(column) else { throw RegistryError(damaged: column) }
        return value
    }

    /// The same of a column that may be NULL.
    func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        guard let stored: DatabaseValue = self[column] else { throw RegistryError(damaged: column) }
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw RegistryError(damaged: column) }
        return value
    }

    /// The bytes of a BLOB column.
    func bytes(_ column: String) throws -> [UInt8] { [UInt8](try get(column) as Data) }
}

extension RegistryError {
    init(damaged column: String) {
        self.init(.storage, "the registry is damaged: \(column) of a row is missing, or of another type")
    }

    init(_ error: DatabaseError, path: String? = nil) {
        let what =
            switch error.resultCode {
            case .SQLITE_CONSTRAINT: "it breaks a rule of the registry (\(error.message ?? "no reason given"))"
            case .SQLITE_FULL: "the disk is full; nothing of this step was recorded"
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another process holds the registry; try again"
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: "the file is damaged or no registry"
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN: "the file cannot be opened for writing"
            case .SQLITE_IOERR:
                "the disk is full, at a limit, or failing (\(error.extendedResultCode.description)); nothing of this step was recorded"
            default: "SQLite says: \(error.message ?? error.resultCode.description)"
            }
        self.init(.storage, path.map { "registry \($0): \(what)" } ?? "registry: \(what)")
    }
}
