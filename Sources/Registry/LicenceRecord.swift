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

extension Registry.Session {
    /// The newest version of a licence, or the given one.
    package func licence(_ creditCode: CreditCode, version: Int? = nil) throws -> LicenceRecord? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT * FROM licence WHERE creditCode = ? AND (?2 IS NULL OR version = ?2)
                    ORDER BY version DESC LIMIT 1
                    """
            ),
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

    package func insert(_ record: LicenceRecord) throws {
        let particulars = record.licence.particulars
        try database.cachedStatement(
            sql: """
                INSERT INTO licence (creditCode, version, status, office, list, entry, issuer, issued, lastDay, kind, division,
                    name, nameKey, particulars, code, digest)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            particulars.creditCode.text, record.licence.version, record.status.rawValue, record.office.number,
            record.reference.list, record.reference.index, record.issuer.value, record.licence.issued.daysSince1970,
            particulars.term?.to?.daysSince1970, particulars.kind.rawValue,
            particulars.creditCode.division.number, particulars.name, NameKey(particulars.name).value,
            Application(particulars).json, Data(record.code.bytes), Data(record.code.digest.bytes),
        ])
        try database.cachedStatement(sql: "INSERT INTO licenceName (rowid, pairs) VALUES (?, ?)").execute(arguments: [
            database.lastInsertedRowID, NamePairs(particulars.name).text,
        ])
        try touch(record.office, record.reference.list)
    }

    package func setStatus(_ status: LicenceStatus, of record: LicenceRecord) throws {
        try database.execute(
            sql: "UPDATE licence SET status = ? WHERE creditCode = ? AND version = ?",
            arguments: [status.rawValue, record.creditCode.text, record.licence.version]
        )
        try touch(record.office, record.reference.list)
    }

    /// Says that what a list says may have changed.
    private func touch(_ office: DivisionCode, _ list: Int) throws {
        try database.cachedStatement(
            sql: "UPDATE statusList SET revision = revision + 1 WHERE office = ? AND number = ?"
        ).execute(arguments: [office.number, list])
    }

    static func record(_ row: Row) throws -> LicenceRecord {
        let application = try Application(json: try row.get("particulars"))
        // The check character was looked at, and perhaps overridden, when the licence was issued.
        let particulars = try application.review(checkCharacter: .mayDiffer).particulars
        let issued = try CalendarDate(daysSince1970: try row.get("issued"))
        guard let status = LicenceStatus(rawValue: try row.get("status")),
            let issuer = IssuerNumber(try row.get("issuer")),
            let reference = ListReference(list: try row.get("list"), index: try row.get("entry"))
        else { throw RegistryError(.storage, "a licence of the registry has an impossible status, key or index") }
        return LicenceRecord(
            licence: try Licence(particulars: particulars, version: try row.get("version"), issued: issued),
            status: status,
            office: try DivisionCode(try row.get("office") as Int),
            reference: reference,
            issuer: issuer,
            code: try UnverifiedCode(bytes: try row.bytes("code"))
        )
    }
}
