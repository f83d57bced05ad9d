import Foundation
import GRDB
package import Licence
import LicenceCode
package import OpenSSL

/// Who the registry belongs to.
package struct AuthorityRecord {
    package let name: String
    /// ``TrustList/base``.
    package let base: String
    /// What codes point to; nil for `LICET:` codes.
    package let verifyAddress: String?
    /// Minutes ahead of UTC.
    package let utcOffset: Int
    /// Seconds that a clock may be behind the newest record and yet be believed; what is signed then bears the record's time.
    package let clockSkew: Int

    package init(name: String, base: String, verifyAddress: String?, utcOffset: Int, clockSkew: Int = 0) {
        self.name = name
        self.base = base
        self.verifyAddress = verifyAddress
        self.utcOffset = utcOffset
        self.clockSkew = clockSkew
    }
}

extension AuthorityRecord {
    /// Minutes that the time of day of a place can be ahead of UTC.
    package static let utcOffsets = -840...840

    /// What ``base`` must be for ``verifyAddress``.
    package var expectedBase: String { verifyAddress.map { "\($0)/publication/" } ?? "licet:" }

    /// SHA-256 over a CBOR array of all it says, in the order of its properties; the first act holds it.
    package var digest: Digest {
        var writer = CBORWriter()
        writer.array(5)
        for text in [name, base, verifyAddress ?? ""] { writer.text(text) }
        for number in [utcOffset, clockSkew] { writer.int(number) }
        return Digest(of: writer.bytes)
    }
}

/// A registration office.
package struct OfficeRecord {
    package let division: DivisionCode
    package let name: Bilingual

    package init(division: DivisionCode, name: Bilingual) {
        self.division = division
        self.name = name
    }
}

/// A signed trust list as it is published.
package struct TrustListRecord {
    package let sequence: Int
    package let issuedAt: Instant
    package let nextUpdate: Instant
    package let bytes: [UInt8]

    package init(sequence: Int, issuedAt: Instant, nextUpdate: Instant, bytes: [UInt8]) {
        self.sequence = sequence
        self.issuedAt = issuedAt
        self.nextUpdate = nextUpdate
        self.bytes = bytes
    }
}

extension Registry.Session {
    package func authority() throws -> AuthorityRecord {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM authority") else {
            throw RegistryError(.noAuthority, "the registry has no authority; `licet authority create` makes one")
        }
        let utcOffset: Int = try row.get("utcOffset")
        guard AuthorityRecord.utcOffsets.contains(utcOffset) else {
            throw RegistryError(.tampered, "the registry has an impossible time of day; `licet doctor` says more")
        }
        return AuthorityRecord(
            name: try row.get("name"),
            base: try row.get("base"),
            verifyAddress: try row.optional("verifyAddress"),
            utcOffset: utcOffset,
            clockSkew: try row.get("clockSkew")
        )
    }

    package func insert(_ authority: AuthorityRecord) throws {
        try database.execute(
            sql: """
                INSERT INTO authority (id, name, base, verifyAddress, utcOffset, clockSkew) VALUES (1, ?, ?, ?, ?, ?)
                """,
            arguments: [
                authority.name, authority.base, authority.verifyAddress, authority.utcOffset, authority.clockSkew,
            ]
        )
    }

    package func offices() throws -> [OfficeRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM office ORDER BY division").map { row in
            OfficeRecord(
                division: try DivisionCode(try row.get("division") as Int),
                name: Bilingual(en: try row.get("nameEn"), zh: try row.get("nameZh"))
            )
        }
    }

    package func insert(_ office: OfficeRecord) throws {
        guard try !offices().contains(where: { $0.division == office.division }) else {
            throw RegistryError(.alreadyThere, "office \(office.division) is there already")
        }
        try database.execute(
            sql: "INSERT INTO office (division, nameZh, nameEn) VALUES (?, ?, ?)",
            arguments: [office.division.number, office.name.zh, office.name.en]
        )
    }

    package func newestTrustList() throws -> TrustListRecord? {
        try Row.fetchOne(database, sql: "SELECT * FROM trustList ORDER BY sequence DESC LIMIT 1").map { row in
            TrustListRecord(
                sequence: try row.get("sequence"),
                issuedAt: Instant(seconds: try row.get("issuedAt")),
                nextUpdate: Instant(seconds: try row.get("nextUpdate")),
                bytes: try row.bytes("bytes")
            )
        }
    }

    /// Every trust list, the first one first.
    package func trustLists() throws -> [TrustListRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM trustList ORDER BY sequence").map { row in
            TrustListRecord(
                sequence: try row.get("sequence"),
                issuedAt: Instant(seconds: try row.get("issuedAt")),
                nextUpdate: Instant(seconds: try row.get("nextUpdate")),
                bytes: try row.bytes("bytes")
            )
        }
    }

    package func insert(_ list: TrustListRecord) throws {
        try database.execute(
            sql: "INSERT INTO trustList (sequence, issuedAt, nextUpdate, bytes) VALUES (?, ?, ?, ?)",
            arguments: [list.sequence, list.issuedAt.seconds, list.nextUpdate.seconds, Data(list.bytes)]
        )
    }
}
