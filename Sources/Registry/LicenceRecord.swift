import Foundation
import GRDB
package import Licence
package import LicenceCode
import OpenSSL

/// One version of a licence as it stands in the registry.
package struct LicenceRecord {
    package let licence: Licence
    package let status: LicenceStatus
    package let office: DivisionCode
    package let reference: ListReference
    package let issuer: IssuerNumber
    /// The signed code.
    package let code: UnverifiedCode

    package init(
        licence: Licence,
        status: LicenceStatus,
        office: DivisionCode,
        reference: ListReference,
        issuer: IssuerNumber,
        code: UnverifiedCode
    ) {
        self.licence = licence
        self.status = status
        self.office = office
        self.reference = reference
        self.issuer = issuer
        self.code = code
    }

    package var creditCode: CreditCode { licence.particulars.creditCode }

    /// The status on `day`: a valid licence whose term is over is expired.
    package func status(on day: CalendarDate) -> LicenceStatus {
        guard let last = licence.particulars.term?.to, status == .valid || status.isReversible, day > last else {
            return status
        }
        return .expired
    }
}

/// What `list` shows; nil shows all.
package struct LicenceFilter {
    package var status: LicenceStatus?
    package var office: DivisionCode?
    /// The last day of the term lies in this range.
    package var lastDay: ClosedRange<CalendarDate>?
    /// Signed by this key.
    package var issuer: IssuerNumber?
    /// Issued on this day or later.
    package var issuedSince: CalendarDate?
    /// Valid, suspended or dormant, and the term is not over.
    package var isInForce = false
    /// The day that decides whether a licence is expired.
    package var today: CalendarDate
    /// Rows with a greater id only, at most `limit` of them.
    package var after: Int64 = 0
    package var limit = 1_000

    package init(today: CalendarDate) { self.today = today }
}

extension LicenceFilter {
    /// The conditions of a SELECT, and what stands for their question marks.
    fileprivate var sql: (conditions: String, arguments: StatementArguments) {
        var conditions = ["id > ?"]
        var arguments: StatementArguments = [after]
        switch status {
        case .expired:
            conditions.append("status IN ('valid', 'suspended', 'dormant') AND lastDay < ?")
            arguments += [today.daysSince1970]
        case .valid, .suspended, .dormant:
            conditions.append("status = ? AND (lastDay IS NULL OR lastDay >= ?)")
            arguments += [status?.rawValue, today.daysSince1970]
        case let status?:
            conditions.append("status = ?")
            arguments += [status.rawValue]
        case nil: break
        }
        if let office {
            conditions.append("office = ?")
            arguments += [office.number]
        }
        if let issuer {
            conditions.append("issuer = ?")
            arguments += [issuer.value]
        }
        if let issuedSince {
            conditions.append("issued >= ?")
            arguments += [issuedSince.daysSince1970]
        }
        if isInForce {
            conditions.append("status IN ('valid', 'suspended', 'dormant') AND (lastDay IS NULL OR lastDay >= ?)")
            arguments += [today.daysSince1970]
        }
        if let lastDay {
            conditions.append("status IN ('valid', 'suspended', 'dormant') AND lastDay BETWEEN ? AND ?")
            arguments += [lastDay.lowerBound.daysSince1970, lastDay.upperBound.daysSince1970]
        }
        return (conditions.joined(separator: " AND "), arguments)
    }
}

extension Registry.Session {
    /// The newest version of a licence, or the given one.
    package func licence(_ creditCode: CreditCode, version: Int? = nil) throws -> LicenceRecord? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT * FROM licence WHERE creditCode = ? AND (?2 IS NULL OR version = ?2)
                ORDER BY version DESC LIMIT 1
                """,
            arguments: [creditCode.text, version]
        ).map(Self.record)
    }

    /// All versions of a licence, the first one first.
    package func versions(of creditCode: CreditCode) throws -> [LicenceRecord] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM licence WHERE creditCode = ? ORDER BY version",
            arguments: [creditCode.text]
        ).map(Self.record)
    }

    /// The next licences of a filter, in the order in which they were issued, each with the id to go on after.
    package func licences(_ filter: LicenceFilter) throws -> [(id: Int64, record: LicenceRecord)] {
        let (conditions, arguments) = filter.sql
        let sql = "SELECT * FROM licence WHERE \(conditions) ORDER BY id LIMIT ?"
        return try Row.fetchAll(database, sql: sql, arguments: arguments + [filter.limit]).map {
            (id: $0["id"], record: try Self.record($0))
        }
    }

    /// How many licences a filter lets through; its limit does not count.
    package func count(_ filter: LicenceFilter) throws -> Int {
        let (conditions, arguments) = filter.sql
        return try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM licence WHERE \(conditions)",
            arguments: arguments
        ) ?? 0
    }

    package func insert(_ record: LicenceRecord) throws {
        let particulars = record.licence.particulars
        try database.cachedStatement(
            sql: """
                INSERT INTO licence (creditCode, version, status, office, list, entry, issuer, issued, lastDay, kind, name,
                    particulars, code, digest)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            particulars.creditCode.text, record.licence.version, record.status.rawValue, record.office.number,
            record.reference.list, record.reference.index, record.issuer.value, record.licence.issued.daysSince1970,
            particulars.term?.to?.daysSince1970, particulars.kind.rawValue, particulars.name,
            Application(particulars).json, Data(record.code.bytes), Data(record.code.digest.bytes),
        ])
    }

    package func setStatus(_ status: LicenceStatus, of record: LicenceRecord) throws {
        try database.execute(
            sql: "UPDATE licence SET status = ? WHERE creditCode = ? AND version = ?",
            arguments: [status.rawValue, record.creditCode.text, record.licence.version]
        )
    }

    static func record(_ row: Row) throws -> LicenceRecord {
        let application = try Application(json: row["particulars"])
        // The check character was looked at, and perhaps overridden, when the licence was issued.
        let particulars = try application.review(checkCharacter: .mayDiffer).particulars
        let issued = try CalendarDate(daysSince1970: row["issued"])
        guard let status = LicenceStatus(rawValue: row["status"]), let issuer = IssuerNumber(row["issuer"]),
            let reference = ListReference(list: row["list"], index: row["entry"])
        else { throw RegistryError(.storage, "a licence of the registry has an impossible status, key or index") }
        return LicenceRecord(
            licence: try Licence(particulars: particulars, version: row["version"], issued: issued),
            status: status,
            office: try DivisionCode(row["office"] as Int),
            reference: reference,
            issuer: issuer,
            code: try UnverifiedCode(bytes: row.bytes("code"))
        )
    }
}
