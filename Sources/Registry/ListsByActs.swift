import Foundation
import GRDB
import Licence
package import LicenceCode
package import OpenSSL
import Publication

/// What acts tell of the entries of status lists; publishing asks it before it signs.
extension Registry.Session {
    /// The entries of valid licences whose code, by one of `issuers`, names the entry, and on which there is one act, that of their first
    /// issue, of the same code, and the digest of that; most are such.
    package func plainEntries(of list: StatusListRecord, by issuers: Set<IssuerNumber>) throws -> [Int: Digest] {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT entry, digest, issuer, code FROM licence
                    WHERE id IN (SELECT id FROM licence WHERE office = ? AND list = ?) AND version = 1 AND status = 'valid'
                        AND (SELECT count(*) = 1 AND max(act.kind = 'issue' AND act.creditCode = licence.creditCode
                            AND act.version = 1 AND act.digest = licence.digest) FROM act WHERE act.licence = licence.id)
                        AND NOT EXISTS (SELECT 1 FROM licence AS later
                            WHERE later.creditCode = licence.creditCode AND later.version > 1)
                        AND NOT EXISTS (SELECT 1 FROM act
                            WHERE act.creditCode = licence.creditCode AND act.kind <> 'issue')
                    ORDER BY id
                    """
            ),
            arguments: [list.office.number, list.number]
        )
        var entries: [Int: Digest] = [:]
        while let row = try rows.next() {
            let entry: Int = try row.get("entry")
            guard let code = try? UnverifiedCode(bytes: try row.bytes("code")), issuers.contains(code.issuerNumber),
                code.issuerNumber == IssuerNumber(try row.get("issuer")),
                try code.digest.bytes == row.bytes("digest"),
                code.claims.reference == ListReference(list: list.number, index: entry)
            else { continue }
            entries[entry] = code.digest
        }
        return entries
    }

    /// The lists that licences say they are on.
    package func usedLists() throws -> Set<StatusListRecord.Name> {
        var names: Set<StatusListRecord.Name> = []
        var last = StatusListRecord.Name(office: -1, number: -1)
        while let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT office, list FROM licence WHERE (office, list) > (?, ?) ORDER BY office, list LIMIT 1
                    """
            ),
            arguments: [last.office, last.number]
        ) {
            last = StatusListRecord.Name(office: try row.get("office"), number: try row.get("list"))
            names.insert(last)
        }
        return names
    }
}
