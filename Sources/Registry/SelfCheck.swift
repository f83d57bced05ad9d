import Foundation
import GRDB
package import Licence
import LicenceCode
import OpenSSL

/// A row of the registry's licences as it stands on the disk: what can be read of it, and what it says beside.
package struct StoredLicence {
    package let id: Int64
    /// `creditCode` and `version` as text, to name a row that cannot be read.
    package let name: String
    package let record: Result<LicenceRecord, any Error>
    package let digest: [UInt8]
    package let lastDay: Int?
    package let kind: String
    package let division: Int
    package let nameColumn: String
    package let nameKey: Int64
    /// Whether the index of names finds it.
    package let isFound: Bool
}

extension Registry.Session {
    /// What SQLite finds wrong with the file, and rows that refer to nothing.
    package func damage() throws -> [String] { try brokenPages() + orphans() }

    /// What SQLite finds wrong with the file.
    package func brokenPages() throws -> [String] {
        try String.fetchAll(database, sql: "PRAGMA integrity_check(100)").flatMap {
            $0.split(separator: "\n").map(String.init)
        }
        .filter { $0 != "ok" && !$0.hasPrefix("***") }
    }

    /// Bytes of the file.
    package func size() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0
    }

    /// What SQLite finds wrong with the small tables that keys and lists are read from: two rows under one number.
    package func bentTables() throws -> [String] {
        try ["authority", "office", "issuingKey", "requestedKey", "statusList", "publishedFile"].compactMap { table in
            try String.fetchOne(database, sql: "PRAGMA quick_check('\(table)')").flatMap { fault in
                fault == "ok" ? nil : "table \(table) is damaged: \(fault)"
            }
        }
    }

    /// Rows that refer to nothing.
    package func orphans() throws -> [String] {
        try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map { row in
            "table \(row[0] as String? ?? "?") has a row that refers to none of \(row[2] as String? ?? "?")"
        }
    }

    /// How many licences there are, all versions.
    package func licenceCount() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM licence") ?? 0
    }

    /// The row of the licence that was recorded last; 0 where there is none.
    package func lastLicence() throws -> Int64 { try Int64.fetchOne(database, sql: "SELECT max(id) FROM licence") ?? 0 }

    /// The next rows after `id` and up to `end`, at most `limit`.
    package func storedLicences(after id: Int64, upTo end: Int64, limit: Int) throws -> [StoredLicence] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM licence WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
            arguments: [id, end, limit]
        ).map { row in
            StoredLicence(
                id: try row.get("id"),
                name: try "\(row.get("creditCode") as String) v\(row.get("version") as Int)",
                record: Result { try Self.record(row) },
                digest: try row.bytes("digest"),
                lastDay: try row.optional("lastDay"),
                kind: try row.get("kind"),
                division: try row.get("division"),
                nameColumn: try row.get("name"),
                nameKey: try row.get("nameKey"),
                isFound: isFound(try row.get("id"), NamePairs(try row.get("name")))
            )
        }
    }

    /// In a damaged index nothing is found.
    private func isFound(_ id: Int64, _ name: NamePairs) -> Bool {
        let found = try? Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM licenceName WHERE licenceName MATCH ? AND rowid = ?)"
            ),
            arguments: [name.query, id]
        )
        return found ?? false
    }

    /// The version before `version` of a licence, or 0; and the newest one.
    package func neighbours(of creditCode: CreditCode, version: Int) throws -> (before: Int, newest: Int) {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT max(version) FILTER (WHERE version < ?2) AS before, max(version) AS newest FROM licence
                    WHERE creditCode = ?1
                    """
            ),
            arguments: [creditCode.text, version]
        )
        return (try row?.optional("before") ?? 0, try row?.optional("newest") ?? 0)
    }

    /// The last days of the terms of all versions of a licence that have one, in days since 1970.
    package func lastDays(of creditCode: CreditCode) throws -> [Int: Int] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT version, lastDay FROM licence WHERE creditCode = ? AND lastDay IS NOT NULL"
            ),
            arguments: [creditCode.text]
        )
        return Dictionary(
            try rows.map { (try $0.get("version"), try $0.get("lastDay")) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Tables of which the file says that the next row has another number than it must have.
    package func faultsOfNumbers() throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_sequence WHERE seq IS NOT CASE name
                    WHEN 'licence' THEN (SELECT max(id) FROM licence) WHEN 'issuingKey' THEN (SELECT max(number) FROM issuingKey) END
                """
        ).map { "the next row of table \($0) would not have the number after the last" }
    }

    /// How many acts there are.
    package func actCount() throws -> Int { try Int.fetchOne(database, sql: "SELECT count(*) FROM act") ?? 0 }

    /// Lists whose count of used entries is not that of their licences: office and number, what is said, what is true.
    package func miscountedLists() throws -> [(list: String, said: Int, counted: Int)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT office, number, used,
                    (SELECT count(*) FROM licence WHERE licence.office = statusList.office AND list = number) AS counted
                FROM statusList WHERE used <> counted ORDER BY office, number
                """
        ).map { row in
            (
                list: try "\(row.get("office") as Int)-\(row.get("number") as Int)", said: try row.get("used"),
                counted: try row.get("counted")
            )
        }
    }

    /// Acts on versions of licences that are not there.
    package func actsOnNothing() throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT DISTINCT creditCode || ' v' || version FROM act WHERE creditCode IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM licence WHERE licence.id = act.licence
                        AND licence.creditCode = act.creditCode AND licence.version = act.version)
                ORDER BY 1 LIMIT 100
                """
        )
    }
}
