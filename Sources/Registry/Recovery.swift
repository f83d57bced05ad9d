import GRDB
package import Licence
import LicenceCode
import OpenSSL
package import Publication

/// What is done to a registry from before that is taken on again.
extension Registry.Session {
    /// Begins a new list for each office, after `published`: what was issued since the copy was made had entries that nobody knows.
    package func beginNewLists(after published: [DivisionCode: Int]) throws {
        for office in try offices().map(\.division) {
            let last =
                try Int.fetchOne(
                    database,
                    sql: "SELECT max(number) FROM statusList WHERE office = ?",
                    arguments: [office.number]
                ) ?? 0
            // Those that are published and lost among them: whoever reads them must learn that nothing in them was issued.
            let next = max(last, published[office] ?? 0) + 1
            guard next <= ListReference.lastList else {
                throw RegistryError(.storage, "office \(office) has no more status lists")
            }
            for number in last + 1...next {
                try database.execute(
                    sql: "INSERT INTO statusList (office, number, size) VALUES (?, ?, ?)",
                    arguments: [office.number, number, Self.listSize]
                )
            }
        }
    }

    /// Makes the next file of each path have a greater number than the one that is published.
    package func raiseSequences(to published: [String: (sequence: Int, issuedAt: Instant)]) throws {
        for (path, seen) in published {
            let last = try self.published(path)
            if let last, last.sequence >= seen.sequence { continue }
            try save(
                PublishedFile(
                    path: path,
                    sequence: seen.sequence,
                    revision: -1,
                    issuedAt: max(seen.issuedAt, last?.issuedAt ?? seen.issuedAt),
                    contentDigest: Digest(of: [])
                )
            )
        }
    }

    /// Takes over a key that the root has certified and this registry does not know.
    package func adopt(_ key: TrustedKey, isOfOffice: Bool) throws {
        if isOfOffice, try !offices().contains(where: { $0.division == key.office }) {
            try insert(OfficeRecord(division: key.office, name: key.name))
        }
        try insert(key, office: isOfOffice ? key.office : nil)
    }
}
