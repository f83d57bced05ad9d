import Foundation
import GRDB
import Licence
import OpenSSL
import TestSupport
import Testing

@testable import Registry

@Suite struct RegistryFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func keepsAWriteAheadLogAndSyncsEachCommit() throws {
        let registry = try Registry(path: path, create: true)
        let settings = try registry.read { session in
            try ["journal_mode", "synchronous", "foreign_keys"].map { name in
                try String.fetchOne(session.database, sql: "PRAGMA \(name)") ?? ""
            }
        }
        #expect(settings == ["wal", "2", "1"])
    }

    @Test func aSecondConnectionFindsTheWriteAheadLogAndStrictTables() throws {
        _ = try Registry(path: path, create: true)
        let other = try DatabaseQueue(path: path)
        try other.read { database throws in
            #expect(try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal")
            let loose = try String.fetchAll(
                database,
                sql: "SELECT name FROM pragma_table_list WHERE strict = 0 AND type = 'table' AND schema = 'main'"
            ).filter { !$0.hasPrefix("sqlite_") && $0 != "grdb_migrations" }
            #expect(loose.isEmpty)
            #expect(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
        }
    }

    /// While another connection is in the middle of a transaction.
    @Test func aCompanionReadsAheadAndFoldsTheLogAndStopsNobody() throws {
        let books = try Books(Registry(path: path, create: true))
        let some = try (1...5).map { try Sample.particulars($0) }
        #expect(try DiskCompanion(path: path) == nil)
        let companion = try #require(try DiskCompanion(path: path, from: 1))
        try books.registry.write { session in
            try companion.readAhead(for: some)
            try books.insert(some[0], in: session)
            try companion.readAhead(for: some)
            try companion.foldLog()
        }
        try companion.readAhead(for: some)
        let before = FileManager.default.contents(atPath: path)
        try companion.foldLog()
        #expect(FileManager.default.contents(atPath: path) != before)
        #expect(try books.registry.read { try $0.licenceCount() } == 1)
    }

    @Test func knowsEveryTableAndIndexThatItMakes() throws {
        let database = try DatabaseQueue()
        try database.writeWithoutTransaction { try Schema.prepare($0) }
        try Schema.migrator.migrate(database)
        let digest = try database.read { try Digest(of: Array(Schema.text($0).utf8)).description }
        #expect(digest == Schema.digest)
    }

    /// Such an index would answer in place of the rows; a table that is not strict takes any type.
    @Test(arguments: [
        """
        DROP TABLE grdb_migrations; CREATE VIEW grdb_migrations AS WITH RECURSIVE r(identifier) AS
            (SELECT '6-authority' UNION ALL SELECT identifier FROM r) SELECT identifier FROM r
        """,
        "CREATE TRIGGER more AFTER INSERT ON grdb_migrations BEGIN DELETE FROM act; END",
        "DROP TABLE grdb_migrations; CREATE TABLE grdb_migrations (identifier TEXT)",
        "UPDATE sqlite_schema SET sql = replace(sql, 'pgno', 'pgno CHECK (0)') WHERE name = 'licenceName_idx'",
        "CREATE INDEX more ON act(kind, detail)", "DROP INDEX actReference", "CREATE TABLE more (x)",
        "UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'act'",
    ])
    func refusesOtherTablesAndIndexes(sql: String) throws {
        _ = try Registry(path: path, create: true)
        try DatabaseQueue(path: path).writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA writable_schema = 1; \(sql); PRAGMA writable_schema = 0")
        }
        let error = #expect(throws: RegistryError.self) { try Registry(path: path) }
        #expect(error?.code == .tampered)
    }

    /// What an administrator may do is no tampering.
    @Test(arguments: ["ANALYZE", "VACUUM", "REINDEX", "PRAGMA optimize"]) func bearsCare(sql: String) throws {
        _ = try Registry(path: path, create: true)
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
        _ = try Registry(path: path).read { try $0.damage() }
    }

    @Test func refusesAFileThatDoesNotSayWhichVersionWroteIt() throws {
        _ = try Registry(path: path, create: true)
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: "DELETE FROM grdb_migrations") }
        let error = #expect(throws: RegistryError.self) { try Registry(path: path) }
        #expect(error?.code == .tampered)
    }

    @Test func refusesTextInANumbersPlace() throws {
        let books = try Books(Registry(path: path, create: true))
        let error = #expect(throws: RegistryError.self) {
            try books.registry.write { try $0.database.execute(sql: "UPDATE authority SET utcOffset = 'eight'") }
        }
        #expect(error?.code == .storage)
    }

    @Test func refusesALicenceOfAKeyThatIsNotThere() throws {
        let books = try Books(Registry(path: path, create: true))
        try books.add(Sample.particulars())
        let error = #expect(throws: RegistryError.self) {
            try books.registry.write { try $0.database.execute(sql: "UPDATE licence SET issuer = 99") }
        }
        #expect(error?.code == .storage)
    }

    @Test func findsEverythingAgainWhenOpenedAgain() throws {
        do {
            let books = try Books(Registry(path: path, create: true))
            try books.add(Sample.particulars())
        }
        let registry = try Registry(path: path)
        let code = try Sample.creditCode(1)
        try registry.read { session throws in
            #expect(try session.authority().name == "滁州市")
            #expect(try session.licence(code)?.licence.particulars == Sample.particulars())
        }
    }

    @Test func twoConnectionsSeeEachOthersLicences() throws {
        let books = try Books(Registry(path: path, create: true))
        let other = try Registry(path: path)
        try books.add(Sample.particulars(1))
        _ = try other.write { try books.insert(Sample.particulars(2), in: $0) }
        #expect(try books.count("licence") == 2)
    }

    @Test func makesNothingUnlessItIsAskedTo() {
        let error = #expect(throws: RegistryError.self) { try Registry(path: path) }
        #expect(error?.code == .noAuthority)
        #expect(folder.names.isEmpty)
    }

    @Test func hasNoAuthorityBeforeOneIsFounded() throws {
        let registry = try Registry(path: path, create: true)
        let error = #expect(throws: RegistryError.self) { try registry.read { try $0.authority() } }
        #expect(error?.code == .noAuthority)
    }

    @Test func refusesAFileOfANewerVersion() throws {
        _ = try Registry(path: path, create: true)
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('9-something')")
        }
        let error = #expect(throws: RegistryError.self) { try Registry(path: path) }
        #expect(error?.code == .tooNew)
    }

    @Test(arguments: [false, true])
    func refusesAFileThatIsNoDatabase(create: Bool) throws {
        let text = Data(String(repeating: "This is no database. ", count: 500).utf8)
        try text.write(to: URL(filePath: path))
        let error = #expect(throws: RegistryError.self) { try Registry(path: path, create: create) }
        #expect(error?.code == .storage)
        #expect(error?.reason.contains("no registry") == true)
        #expect(try Data(contentsOf: URL(filePath: path)) == text)
    }

    @Test func refusesAFolder() throws {
        let error = #expect(throws: RegistryError.self) { try Registry(path: folder.path) }
        #expect(error?.code == .storage)
    }

    private var path: String { folder.file("licet.sqlite") }
}
