import GRDB
import OpenSSL
import Synchronization

/// The tables; an append-only list of migrations: one that has shipped is never edited.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (name, sql) in [("7-authority", authority), ("7-licence", licence), ("7-act", act)] {
            migrator.registerMigration(name) { try $0.execute(sql: sql) }
        }
        return migrator
    }

    /// Migrations of builds before the first release, whose acts bear no signatures, do not say which licence they are on, or know no log.
    static let beforeTheFirstRelease: Set = [
        "1-authority", "1-licence", "2-life-of-a-key", "3-authority", "4-authority", "5-authority",
        "6-authority",
    ]

    /// SHA-256 of ``text(_:)`` as the migrations make it.
    static let digest = "70d439555a4ce113a8968df90ebb9565e92507fec4389bcacaed31e27d3eae95"

    /// All tables and indexes as SQLite was told to make them, but for the statistics of its planner.
    static func text(_ database: Database) throws -> String {
        try String.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT group_concat(line, char(10)) FROM (
                        SELECT type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, '') AS line FROM sqlite_schema
                        WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4'))
                        ORDER BY line
                    )
                    """
            )
        ) ?? ""
    }

    /// Refuses a file whose tables or indexes are others than Licet makes, or in which somebody has hidden a program.
    ///
    /// A trigger would change what is recorded behind our back, a view show something else in place of a table, and an index with other
    /// columns would answer in place of the rows that are hashed and signed.
    static func check(_ database: Database) throws {
        try refusePrograms(database)
        guard try Digest(of: Array(text(database).utf8)).description == digest else {
            let known = authority + licence + act
            let strange = try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema").filter { name in
                !["sqlite_", "licenceName_", "grdb_"].contains { name.hasPrefix($0) } && !known.contains(" \(name) ")
            }
            let what =
                strange.first.map { "\($0), which Licet never makes" } ?? "other tables or indexes than Licet makes"
            throw RegistryError(
                .tampered,
                "the registry has \(what); somebody has tampered with the file, `licet restore` puts a backup in its place"
            )
        }
    }

    /// Looks at what says by which version the file was written, before that is read: a view in its place could go on for ever.
    ///
    /// In an empty file it is made.
    static func prepare(_ database: Database) throws {
        try refusePrograms(database)
        let made = try String?.fetchAll(database, sql: "SELECT sql FROM sqlite_schema WHERE name = 'grdb_migrations'")
        if made == [migrations] { return }
        guard try made.isEmpty && Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
            throw RegistryError(
                .tampered,
                "the registry does not say by which version it was written; somebody has tampered with the file"
            )
        }
        try database.execute(sql: migrations)
    }

    private static func refusePrograms(_ database: Database) throws {
        let hidden = try String.fetchOne(
            database,
            sql: "SELECT type || ' ' || name FROM sqlite_schema WHERE type NOT IN ('table', 'index') LIMIT 1"
        )
        if let hidden {
            throw RegistryError(
                .tampered,
                "the registry has a \(hidden), which Licet never makes; somebody has tampered with the file"
            )
        }
    }

    /// Refuses a file with rows before the first one: whoever goes along acts and licences begins at 1, and would pass them by.
    static func checkRows(_ database: Database) throws {
        let isBefore = try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM act WHERE id < 1) OR EXISTS (SELECT 1 FROM licence WHERE id < 1)"
            )
        )
        if isBefore == true {
            throw RegistryError(
                .tampered,
                "the registry has an act or a licence before the first one; somebody has tampered with the file"
            )
        }
    }

    /// As the library that applies migrations makes it.
    private static let migrations = "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"

    // In SQL, because each file has them to the letter, whatever writes SQL for us.

    private static let authority = """
        CREATE TABLE authority (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            name TEXT NOT NULL,
            base TEXT NOT NULL,
            verifyAddress TEXT,
            utcOffset INTEGER NOT NULL,
            clockSkew INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE office (
            division INTEGER PRIMARY KEY,
            nameZh TEXT NOT NULL,
            nameEn TEXT NOT NULL
        ) STRICT;
        CREATE TABLE issuingKey (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            purpose INTEGER NOT NULL,
            office INTEGER REFERENCES office (division),
            certificate BLOB NOT NULL UNIQUE,
            divisions TEXT NOT NULL,
            kinds TEXT NOT NULL,
            retiredAt INTEGER,
            revokedAt INTEGER,
            revocationReason TEXT
        ) STRICT;
        CREATE TABLE trustList (
            sequence INTEGER PRIMARY KEY,
            issuedAt INTEGER NOT NULL,
            nextUpdate INTEGER NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;
        CREATE TABLE publishedFile (
            path TEXT PRIMARY KEY NOT NULL,
            sequence INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            issuedAt INTEGER NOT NULL,
            contentDigest BLOB NOT NULL
        ) STRICT;
        CREATE TABLE requestedKey (
            number INTEGER PRIMARY KEY,
            purpose INTEGER NOT NULL,
            office INTEGER REFERENCES office (division),
            request BLOB NOT NULL UNIQUE,
            divisions TEXT NOT NULL,
            kinds TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL
        ) STRICT;
        """

    /// Names are found by pairs of characters, since they are searched by any part; the names themselves stand in the licences.
    private static let licence = """
        CREATE TABLE statusList (
            office INTEGER NOT NULL REFERENCES office (division),
            number INTEGER NOT NULL,
            size INTEGER NOT NULL,
            used INTEGER NOT NULL DEFAULT 0,
            revision INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (office, number)
        ) STRICT;
        CREATE TABLE licence (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            creditCode TEXT NOT NULL CHECK (length(creditCode) = 18),
            version INTEGER NOT NULL CHECK (version >= 1),
            status TEXT NOT NULL,
            office INTEGER NOT NULL,
            list INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            issuer INTEGER NOT NULL REFERENCES issuingKey (number),
            issued INTEGER NOT NULL,
            lastDay INTEGER,
            kind TEXT NOT NULL,
            division INTEGER NOT NULL,
            name TEXT NOT NULL,
            nameKey INTEGER NOT NULL,
            particulars TEXT NOT NULL,
            code BLOB NOT NULL,
            digest BLOB NOT NULL,
            UNIQUE (creditCode, version),
            UNIQUE (office, list, entry),
            FOREIGN KEY (office, list) REFERENCES statusList (office, number)
        ) STRICT;
        CREATE INDEX licenceStatus ON licence (status);
        CREATE INDEX licenceLastDay ON licence (lastDay);
        CREATE INDEX licenceOffice ON licence (office);
        CREATE INDEX licenceDivision ON licence (division);
        CREATE INDEX licenceNameKey ON licence (nameKey);
        CREATE INDEX licenceIssuer ON licence (issuer, issued);
        CREATE VIRTUAL TABLE licenceName USING fts5 (pairs, content = '', columnsize = 0, tokenize = 'ascii');
        """

    /// Licences have most acts, everything else few.
    ///
    /// Acts are found by the rows of licences, which rise, and not by credit codes, which come in no order: in a registry of millions each
    /// new one would be written into another page. What comes after the issue is rarer, and is found by the credit code as well, which is
    /// hashed and signed.
    private static let act = """
        CREATE TABLE act (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            officer INTEGER NOT NULL REFERENCES act (id),
            kind TEXT NOT NULL,
            creditCode TEXT,
            version INTEGER,
            licence INTEGER REFERENCES licence (id),
            digest BLOB,
            reference INTEGER REFERENCES act (id),
            reason TEXT NOT NULL,
            detail TEXT,
            hash BLOB NOT NULL,
            signature BLOB,
            CHECK ((creditCode IS NULL) = (licence IS NULL) AND (creditCode IS NULL) = (version IS NULL))
        ) STRICT;
        CREATE INDEX actOnLicence ON act (licence) WHERE licence IS NOT NULL;
        CREATE INDEX actAfterIssue ON act (creditCode) WHERE creditCode IS NOT NULL AND kind <> 'issue';
        CREATE INDEX actOnAuthority ON act (kind) WHERE creditCode IS NULL;
        CREATE INDEX actReference ON act (reference) WHERE reference IS NOT NULL;
        """
}

/// Looks at the tables and indexes of a file when it is opened, and again only when SQLite reads anew what they are.
final class CheckedSchema: Sendable {
    private let version = Mutex<Int?>(nil)

    /// - Throws: ``RegistryError/Code/tampered``
    func check(_ database: Database) throws {
        let now = try Int.fetchOne(database.cachedStatement(sql: "PRAGMA schema_version"))
        if now == nil || version.withLock({ $0 }) != now {
            try Schema.check(database)
            version.withLock { $0 = now }
        }
        try Schema.checkRows(database)
    }
}
