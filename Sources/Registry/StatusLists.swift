import Foundation
import GRDB
package import Licence
package import LicenceCode
package import OpenSSL
package import Publication

/// One status list of an office.
package struct StatusListRecord {
    package let office: DivisionCode
    package let number: Int
    /// How many entries it has.
    package let size: Int
    /// How many of them were given to licences.
    package let used: Int
    /// Rises whenever what the list says may have changed.
    package let revision: Int

    package struct Name: Hashable, CustomStringConvertible {
        let office: Int
        let number: Int

        /// What the files of a publication are called.
        package var description: String { "\(office)-\(number)" }
    }

    package var name: Name { Name(office: office.number, number: number) }
}

/// What was last published under a path.
package struct PublishedFile {
    package let path: String
    package let sequence: Int
    /// ``StatusListRecord/revision`` of what it was made from.
    package let revision: Int
    package let issuedAt: Instant
    /// SHA-256 of what the list says, without its times and number.
    package let contentDigest: Digest

    package init(
        path: String,
        sequence: Int,
        revision: Int,
        issuedAt: Instant,
        contentDigest: Digest
    ) {
        self.path = path
        self.sequence = sequence
        self.revision = revision
        self.issuedAt = issuedAt
        self.contentDigest = contentDigest
    }
}

extension PublishedFile {
    /// The same, made from a later state that says the same.
    package func with(revision: Int, contentDigest: Digest) -> PublishedFile {
        PublishedFile(
            path: path,
            sequence: sequence,
            revision: revision,
            issuedAt: issuedAt,
            contentDigest: contentDigest
        )
    }
}

extension Registry.Session {
    /// How many entries a new list has.
    package static let listSize = 65_536

    /// Takes an entry of the office's newest list that no licence ever had, drawn at random; a list is filled to three quarters.
    package func reserveEntry(
        of office: DivisionCode,
        using generator: inout some RandomNumberGenerator
    ) throws -> ListReference {
        let newest = try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT * FROM statusList WHERE office = ? ORDER BY number DESC LIMIT 1"
            ),
            arguments: [office.number]
        )
        let newestList = try newest.map { try Self.list($0) }
        if !memory.countedLists.contains(office), let fault = try faultOfListNumbers(of: office) {
            throw RegistryError(.tampered, "\(fault); `licet doctor` says more")
        }
        memory.countedLists.insert(office)
        var number = newestList?.number ?? 0
        let size = newestList?.size ?? Self.listSize
        let used = newestList?.used ?? size
        let isFull = used * 4 >= size * 3
        if isFull {
            number += 1
            guard number <= ListReference.lastList else {
                throw RegistryError(.storage, "office \(office) has no more status lists")
            }
            try database.execute(
                sql: "INSERT INTO statusList (office, number, size) VALUES (?, ?, ?)",
                arguments: [office.number, number, Self.listSize]
            )
        }
        let taken = try database.cachedStatement(
            sql: "SELECT 1 FROM licence WHERE office = ? AND list = ? AND entry = ?"
        )
        var index: Int
        repeat {
            index = Int.random(in: 0..<(isFull ? Self.listSize : size), using: &generator)
        } while try Int.fetchOne(taken, arguments: [office.number, number, index]) != nil
        try database.cachedStatement(sql: "UPDATE statusList SET used = used + 1 WHERE office = ? AND number = ?")
            .execute(arguments: [office.number, number])
        guard let reference = ListReference(list: number, index: index) else {
            throw RegistryError(.storage, "office \(office) has no more status lists")
        }
        return reference
    }

    /// How many entries a list has; nil when there is no such list.
    package func listSize(of office: DivisionCode, _ list: Int) throws -> Int? {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT size FROM statusList WHERE office = ? AND number = ?"),
            arguments: [office.number, list]
        )
    }

    /// How many licences have an entry: 0 or 1, unless the registry is damaged.
    package func holders(of reference: ListReference, in office: DivisionCode) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT count(*) FROM licence WHERE office = ? AND list = ? AND entry = ?"),
            arguments: [office.number, reference.list, reference.index]
        ) ?? 0
    }

    package func statusLists() throws -> [StatusListRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM statusList ORDER BY office, number").map { row in
            try Self.list(row)
        }
    }

    /// Lists are numbered from 1 on without a gap: a number that jumps would leave the office without any.
    package func faultOfListNumbers(of office: DivisionCode? = nil) throws -> String? {
        try Int.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT office FROM statusList WHERE ?1 IS NULL OR office = ?1 GROUP BY office
                    HAVING min(number) <> 1 OR max(number) <> count(*) LIMIT 1
                    """
            ),
            arguments: [office?.number]
        ).map { "the lists of office \($0) are not numbered one by one" }
    }

    private static func list(_ row: Row) throws -> StatusListRecord {
        let list = StatusListRecord(
            office: try DivisionCode(try row.get("office") as Int),
            number: try row.get("number"),
            size: try row.get("size"),
            used: try row.get("used"),
            revision: try row.get("revision")
        )
        guard (1...ListReference.lastList).contains(list.number), (1...listSize).contains(list.size),
            (0...list.size).contains(list.used), (0..<1 << 62).contains(list.revision)
        else {
            throw RegistryError(
                .tampered,
                "list \(list.office)-\(list.number) of the registry has an impossible number, size or count; `licet doctor` says more"
            )
        }
        return list
    }

    /// What each used entry of a list says, rising by index.
    package func entries(
        of list: StatusListRecord
    ) throws -> [(index: Int, status: ListedStatus, digest: Digest)] {
        // In the order of the file, and put in order here: by the index each row would be read from another place.
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT entry, status, digest FROM licence WHERE id IN
                        (SELECT id FROM licence WHERE office = ? AND list = ?) ORDER BY id
                    """
            ),
            arguments: [list.office.number, list.number]
        )
        var entries: [(index: Int, status: ListedStatus, digest: Digest)] = []
        while let row = try rows.next() {
            guard let status = LicenceStatus(rawValue: try row.get("status")),
                let digest = Digest(bytes: try row.bytes("digest"))
            else { throw RegistryError(.storage, "a licence of the registry has an impossible status or digest") }
            entries.append((index: try row.get("entry"), status: ListedStatus(status), digest: digest))
        }
        entries.sort { $0.index < $1.index }
        // In a damaged file two could share an entry, and one hide that the other is revoked.
        var last = -1
        for entry in entries {
            guard entry.index > last, entry.index < list.size else {
                throw RegistryError(
                    .storage,
                    "list \(list.office)-\(list.number) of the registry has an impossible entry \(entry.index)"
                )
            }
            last = entry.index
        }
        return entries
    }

    /// The licence at an entry.
    package func licence(at reference: ListReference, in office: DivisionCode) throws -> LicenceRecord? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM licence WHERE office = ? AND list = ? AND entry = ?"),
            arguments: [office.number, reference.list, reference.index]
        ).map(Self.record)
    }

    package func published(_ path: String) throws -> PublishedFile? {
        try Row.fetchOne(database, sql: "SELECT * FROM publishedFile WHERE path = ?", arguments: [path]).map { row in
            guard let content = Digest(bytes: try row.bytes("contentDigest")) else {
                throw RegistryError(.storage, "the registry has a damaged digest of \(path)")
            }
            return PublishedFile(
                path: path,
                sequence: try row.get("sequence"),
                revision: try row.get("revision"),
                issuedAt: Instant(seconds: try row.get("issuedAt")),
                contentDigest: content
            )
        }
    }

    /// The numbers that lists were published as last, by path.
    package func publishedNumbers() throws -> [String: Int] {
        let rows = try Row.fetchAll(database, sql: "SELECT path, sequence FROM publishedFile")
        return try Dictionary(rows.map { ($0["path"], try $0.get("sequence")) }) { max($0, $1) }
    }

    /// Whether any list was published.
    package func hasPublished() throws -> Bool {
        try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT * FROM publishedFile)") ?? false
    }

    package func save(_ file: PublishedFile) throws {
        try database.execute(
            sql: """
                INSERT INTO publishedFile (path, sequence, revision, issuedAt, contentDigest)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (path) DO UPDATE SET sequence = excluded.sequence, revision = excluded.revision, issuedAt = excluded.issuedAt,
                    contentDigest = excluded.contentDigest
                """,
            arguments: [
                file.path, file.sequence, file.revision, file.issuedAt.seconds, Data(file.contentDigest.bytes),
            ]
        )
    }
}
