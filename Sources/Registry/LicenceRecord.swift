import Foundation
import GRDB
package import Licence
package import LicenceCode
package import OpenSSL

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

/// Names of new licences that are not in the index yet.
///
/// At each savepoint the index writes what it holds as a piece of its own, and merges pieces: a batch has a savepoint for each licence,
/// and names put in one by one would cost a large registry dozens of pages each.
final class NewNames {
    /// The licence's row, and ``NamePairs/text``.
    var rows: [(id: Int64, pairs: String)] = []
}

/// What the row of a new licence will hold, but for its entry: all that takes time and needs no registry.
package struct LicenceRow: Sendable {
    package private(set) var digest: Digest
    fileprivate private(set) var code: Data
    fileprivate let office: DivisionCode
    fileprivate let values: StatementArguments
    fileprivate let pairs: String

    package init(_ record: LicenceRecord) {
        let particulars = record.licence.particulars
        office = record.office
        digest = record.code.digest
        code = Data(record.code.bytes)
        values = [
            particulars.creditCode.text, record.licence.version, record.status.rawValue, record.office.number,
            record.issuer.value, record.licence.issued.daysSince1970, particulars.term?.to?.daysSince1970,
            particulars.kind.rawValue, particulars.creditCode.division.number, particulars.name,
            NameKey(particulars.name).value, Application(particulars).json,
        ]
        pairs = NamePairs(particulars.name).text
    }

    /// The same with another code: what takes time can be done before the entry is known, which the code names.
    package func with(_ code: UnverifiedCode) -> LicenceRow {
        var row = self
        row.digest = code.digest
        row.code = Data(code.bytes)
        return row
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

    package func insert(_ record: LicenceRecord) throws { try insert(LicenceRow(record), at: record.reference) }

    package func insert(_ row: LicenceRow, at reference: ListReference) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO licence (list, entry, creditCode, version, status, office, issuer, issued, lastDay, kind, division,
                    name, nameKey, particulars, code, digest)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [reference.list, reference.index] + row.values + [row.code, Data(row.digest.bytes)])
        newNames.rows.append((database.lastInsertedRowID, row.pairs))
        try touch(row.office, reference.list)
    }

    /// Puts the names of the new licences into the index, at the end of the transaction.
    func indexNewNames() throws {
        for (id, pairs) in newNames.rows {
            try database.cachedStatement(sql: "INSERT INTO licenceName (rowid, pairs) VALUES (?, ?)")
                .execute(arguments: [id, pairs])
        }
        newNames.rows = []
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
        guard particulars.creditCode.text == (try row.get("creditCode")) else {
            throw RegistryError(.tampered, "a licence of the registry stands under another credit code than its own")
        }
        return LicenceRecord(
            licence: try Licence(particulars: particulars, version: try row.get("version"), issued: issued),
            status: status,
            office: try DivisionCode(try row.get("office") as Int),
            reference: reference,
            issuer: issuer,
            code: try UnverifiedCode(of: row)
        )
    }
}

extension UnverifiedCode {
    /// Of a row with `creditCode`, `version` and `code`.
    ///
    /// - Throws: ``RegistryError/Code/tampered`` where it is no code; each was read back before it was recorded.
    init(of row: Row) throws {
        let bytes: [UInt8] = try row.bytes("code")
        do { try self.init(bytes: bytes) } catch {
            let (creditCode, version): (String, Int) = (try row.get("creditCode"), try row.get("version"))
            throw RegistryError(.tampered, "\(creditCode) v\(version) has a code that is none: \(error)")
        }
    }
}
