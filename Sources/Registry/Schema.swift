import GRDB
import OpenSSL

/// The tables; an append-only list of migrations: one that has shipped is never edited.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("5-authority") { try authority($0) }
        migrator.registerMigration("5-licence") { try licence($0) }
        migrator.registerMigration("5-act") { try act($0) }
        return migrator
    }

    /// Migrations of builds before the first release, whose acts bear no signatures or do not say which licence they are on.
    static let beforeTheFirstRelease: Set = [
        "1-authority", "1-licence", "2-life-of-a-key", "3-authority", "4-authority",
    ]

    /// SHA-256 of ``text(_:)`` as the migrations make it.
    static let digest = "0b56bc381b45a3e8b402a74b44165263cca46123962902e28adef7628634a9f7"

    /// All tables and indexes as SQLite was told to make them, but for its own and those in which it keeps the index of names.
    static func text(_ database: Database) throws -> String {
        try String.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT group_concat(line, char(10)) FROM (
                        SELECT type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, '') AS line FROM sqlite_schema
                        WHERE name NOT IN ('sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4')
                            AND (type <> 'table' OR name NOT IN ('licenceName_config', 'licenceName_data', 'licenceName_idx'))
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
        guard try Digest(of: Array(text(database).utf8)).description == digest else {
            let hidden = try String.fetchOne(
                database,
                sql: "SELECT type || ' ' || name FROM sqlite_schema WHERE type NOT IN ('table', 'index') LIMIT 1"
            )
            throw RegistryError(
                .tampered,
                "the registry has \(hidden.map { "a \($0)" } ?? "other tables or indexes"), which Licet never makes; somebody has tampered "
                    + "with the file"
            )
        }
        // Whoever goes along acts and licences begins at 1, and would pass by what stands before.
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

    private static func authority(_ database: Database) throws {
        try database.create(table: "authority", options: .strict) { table in
            table.primaryKey("id", .integer).check { $0 == 1 }
            table.column("name", .text).notNull()
            table.column("base", .text).notNull()
            table.column("verifyAddress", .text)
            table.column("utcOffset", .integer).notNull()
            table.column("clockSkew", .integer).notNull().defaults(to: 0)
        }
        try database.create(table: "office", options: .strict) { table in
            table.primaryKey("division", .integer)
            table.column("nameZh", .text).notNull()
            table.column("nameEn", .text).notNull()
        }
        try database.create(table: "issuingKey", options: .strict) { table in
            table.autoIncrementedPrimaryKey("number")
            table.column("purpose", .integer).notNull()
            table.column("office", .integer).references("office")
            table.column("certificate", .blob).notNull().unique()
            table.column("divisions", .text).notNull()
            table.column("kinds", .text).notNull()
            table.column("retiredAt", .integer)
            table.column("revokedAt", .integer)
            table.column("revocationReason", .text)
        }
        try database.create(table: "trustList", options: .strict) { table in
            table.primaryKey("sequence", .integer)
            table.column("issuedAt", .integer).notNull()
            table.column("nextUpdate", .integer).notNull()
            table.column("bytes", .blob).notNull()
        }
        try database.create(table: "publishedFile", options: .strict) { table in
            table.primaryKey("path", .text)
            table.column("sequence", .integer).notNull()
            table.column("revision", .integer).notNull()
            table.column("issuedAt", .integer).notNull()
            table.column("contentDigest", .blob).notNull()
        }
        try database.create(table: "requestedKey", options: .strict) { table in
            table.primaryKey("number", .integer)
            table.column("purpose", .integer).notNull()
            table.column("office", .integer).references("office")
            table.column("request", .blob).notNull().unique()
            table.column("divisions", .text).notNull()
            table.column("kinds", .text).notNull()
            table.column("first", .integer).notNull()
            table.column("last", .integer).notNull()
        }
    }

    private static func act(_ database: Database) throws {
        try database.create(table: "act", options: .strict) { table in
            table.primaryKey("id", .integer)
            table.column("at", .integer).notNull()
            table.column("officer", .integer).notNull().references("act")
            table.column("kind", .text).notNull()
            table.column("creditCode", .text)
            table.column("version", .integer)
            table.column("licence", .integer).references("licence")
            table.column("digest", .blob)
            table.column("reference", .integer).references("act")
            table.column("reason", .text).notNull()
            table.column("detail", .text)
            table.column("hash", .blob).notNull()
            table.column("signature", .blob)
            table.check(sql: "(creditCode IS NULL) = (licence IS NULL) AND (creditCode IS NULL) = (version IS NULL)")
        }
        // Licences have most acts, everything else few. By their rows, which rise, and not by credit codes, which come in no order: in a
        // registry of millions each new one would be written into another page. What comes after the issue is rarer, and is found by the
        // credit code as well, which is hashed and signed.
        try database.execute(
            sql: """
                CREATE INDEX actOnLicence ON act(licence) WHERE licence IS NOT NULL;
                CREATE INDEX actAfterIssue ON act(creditCode) WHERE creditCode IS NOT NULL AND kind <> 'issue';
                CREATE INDEX actOnAuthority ON act(kind) WHERE creditCode IS NULL;
                CREATE INDEX actReference ON act(reference) WHERE reference IS NOT NULL;
                """
        )
    }

    private static func licence(_ database: Database) throws {
        try database.create(table: "statusList", options: .strict) { table in
            table.column("office", .integer).notNull().references("office")
            table.column("number", .integer).notNull()
            table.column("size", .integer).notNull()
            table.column("used", .integer).notNull().defaults(to: 0)
            table.column("revision", .integer).notNull().defaults(to: 0)
            table.primaryKey(["office", "number"])
        }
        try database.create(table: "licence", options: .strict) { table in
            table.autoIncrementedPrimaryKey("id")
            table.column("creditCode", .text).notNull().check { length($0) == 18 }
            table.column("version", .integer).notNull().check { $0 >= 1 }
            table.column("status", .text).notNull()
            table.column("office", .integer).notNull()
            table.column("list", .integer).notNull()
            table.column("entry", .integer).notNull()
            table.column("issuer", .integer).notNull().references("issuingKey")
            table.column("issued", .integer).notNull()
            table.column("lastDay", .integer)
            table.column("kind", .text).notNull()
            table.column("division", .integer).notNull()
            table.column("name", .text).notNull()
            table.column("nameKey", .integer).notNull()
            table.column("particulars", .text).notNull()
            table.column("code", .blob).notNull()
            table.column("digest", .blob).notNull()
            table.uniqueKey(["creditCode", "version"])
            table.uniqueKey(["office", "list", "entry"])
            table.foreignKey(["office", "list"], references: "statusList", columns: ["office", "number"])
        }
        for column in ["status", "lastDay", "office", "division", "nameKey"] {
            try database.create(indexOn: "licence", columns: [column])
        }
        try database.create(indexOn: "licence", columns: ["issuer", "issued"])
        // Pairs of characters, since names are searched by any part; the names themselves stand in the licences.
        try database.execute(
            sql: """
                CREATE VIRTUAL TABLE licenceName USING fts5(
                    pairs, content = '', columnsize = 0, tokenize = 'ascii'
                )
                """
        )
    }
}
