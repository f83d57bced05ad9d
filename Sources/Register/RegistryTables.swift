import Foundation
import GRDB
import Licence
import OpenSSL
import VerifierService

/// What is looked up in the tables of a registry, as its migrations make them.
///
/// The rows are believed: that nobody has tampered with them is `licet doctor`'s to find out, and a verdict rests on signatures alone.
struct RegistryTables {
    let database: Database
    let path: String

    /// The migrations of the registry, all of which must have made the file and no other.
    static let migrations: Set = ["7-authority", "7-licence", "7-act"]
    /// A business with more versions has the newest of them looked at.
    private static let mostVersions = 1_000

    /// - Throws: ``RegisterError`` where the tables are others than those that are read here.
    func check() throws {
        let wanted = ["act", "authority", "grdb_migrations", "issuingKey", "licence", "office"]
        // A view in the place of a table could go on for ever.
        let found = try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
                    AND name IN ('act', 'authority', 'grdb_migrations', 'issuingKey', 'licence', 'office') ORDER BY name
                """
        )
        guard found == wanted else {
            throw RegisterError(.damaged, path, "has not the tables of a registry; `licet backup` makes a copy of one")
        }
        let made = try Set(String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations LIMIT 100"))
        guard made == Self.migrations else {
            let isNewer = made.isSuperset(of: Self.migrations)
            throw RegisterError(
                .otherVersion,
                path,
                "was written by \(isNewer ? "a newer" : "another") version of licet; use the licetd that belongs to it"
            )
        }
    }

    /// The name of the authority.
    func authority() throws -> String { try authorityRow().get("name") }

    /// - Returns: nil where there is no version.
    func history(of creditCode: CreditCode, at now: Instant) throws -> LicenceHistory? {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT licence.id, version, status, issued, lastDay, licence.issuer, office.division, nameZh, nameEn, certificate
                FROM licence JOIN issuingKey ON issuingKey.number = licence.issuer
                    JOIN office ON office.division = licence.office
                WHERE creditCode = ? ORDER BY version DESC LIMIT ?
                """,
            arguments: [creditCode.text, Self.mostVersions]
        ).reversed()
        guard !rows.isEmpty else { return nil }
        let offset: Int = try authorityRow().get("utcOffset")
        let moments = try moments(of: creditCode)
        var versions: [LicenceHistory.Version] = []
        for row in rows {
            versions.append(try version(row, moments[try row.get("id")] ?? Moments(), now, utcOffset: offset))
        }
        // Whoever is followed by another version was as he is from when that one was signed.
        for index in versions.indices.dropLast() where versions[index].status == .superseded {
            versions[index] = versions[index].with(since: versions[index + 1].issuedAt)
        }
        let newestAct = try Row.fetchOne(database, sql: "SELECT at FROM act ORDER BY id DESC LIMIT 1")
        return LicenceHistory(
            versions: versions,
            recordedUntil: try newestAct.map { Instant(seconds: try $0.get("at")) }
        )
    }

    /// When the acts on a version were done.
    private struct Moments {
        /// The one that made it.
        var issued: Instant?
        /// The last one.
        var last: Instant?
    }

    /// By the rows of the versions.
    private func moments(of creditCode: CreditCode) throws -> [Int64: Moments] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT licence, kind, at FROM act INDEXED BY actOnLicence
                WHERE licence IN (SELECT id FROM licence WHERE creditCode = ?1) AND creditCode = ?1 ORDER BY act.id LIMIT ?2
                """,
            arguments: [creditCode.text, 10 * Self.mostVersions]
        )
        var moments: [Int64: Moments] = [:]
        for row in rows {
            // Proposals are acts on licences as well, and change nothing.
            guard let act = LicenceAct(rawValue: try row.get("kind")) else { continue }
            let (licence, at): (Int64, Instant) = (try row.get("licence"), Instant(seconds: try row.get("at")))
            if act.makesVersion { moments[licence, default: Moments()].issued = at }
            moments[licence, default: Moments()].last = at
        }
        return moments
    }

    private func version(
        _ row: Row,
        _ moments: Moments,
        _ now: Instant,
        utcOffset: Int
    ) throws -> LicenceHistory.Version {
        guard let recorded = LicenceStatus(rawValue: try row.get("status")) else { throw damage("status") }
        var (status, since) = (recorded, moments.last)
        if let lastDay: Int = try row.optional("lastDay"), recorded == .valid || recorded.isReversible {
            let after = Instant(seconds: Int64(clamping: lastDay) * 86_400)
                .adding(seconds: 86_400 - Int64(utcOffset) * 60)
            if now >= after { (status, since) = (.expired, after) }
        }
        return LicenceHistory.Version(
            number: try row.get("version"),
            issued: try CalendarDate(daysSince1970: try row.get("issued")),
            issuedAt: moments.issued,
            status: status,
            since: since,
            issuer: LicenceHistory.Issuer(
                office: Bilingual(en: try row.get("nameEn"), zh: try row.get("nameZh")),
                division: try DivisionCode(try row.get("division") as Int),
                number: try row.get("issuer"),
                keyID: try Certificate(der: [UInt8](try row.get("certificate") as Data)).publicKey.id
            )
        )
    }

    private func authorityRow() throws -> Row {
        guard let row = try Row.fetchOne(database, sql: "SELECT name, utcOffset FROM authority LIMIT 1") else {
            throw RegisterError(.damaged, path, "has no authority")
        }
        guard (-840...840).contains(try row.get("utcOffset") as Int) else { throw damage("utcOffset") }
        return row
    }

    private func damage(_ column: String) -> RegisterError {
        RegisterError(.damaged, path, "has an impossible \(column)")
    }
}

extension LicenceHistory.Version {
    fileprivate func with(since: Instant?) -> LicenceHistory.Version {
        LicenceHistory.Version(
            number: number,
            issued: issued,
            issuedAt: issuedAt,
            status: status,
            since: since,
            issuer: issuer
        )
    }
}

/// A column that is missing, or of another type than its table has it.
struct DamagedColumn: Error { let name: String }

extension Row {
    /// The value of a column, which is not NULL; GRDB's subscript would stop the program at a value of another type.
    fileprivate func get<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value: Value = try optional(column) else { throw DamagedColumn(name: column) }
        return value
    }

    /// The same of a column that may be NULL.
    fileprivate func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        guard let stored: DatabaseValue = self[column] else { throw DamagedColumn(name: column) }
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw DamagedColumn(name: column) }
        return value
    }
}
