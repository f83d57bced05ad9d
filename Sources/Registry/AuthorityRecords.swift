import Foundation
import GRDB
package import Licence
package import LicenceCode
package import OpenSSL
package import Publication

/// Who the registry belongs to.
package struct AuthorityRecord {
    package let name: String
    /// ``TrustList/base``.
    package let base: String
    /// What codes point to; nil for `LICET:` codes.
    package let verifyAddress: String?
    /// Minutes ahead of UTC.
    package let utcOffset: Int

    package init(name: String, base: String, verifyAddress: String?, utcOffset: Int) {
        self.name = name
        self.base = base
        self.verifyAddress = verifyAddress
        self.utcOffset = utcOffset
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

/// A key before it has a number.
package struct NewKey {
    package let purpose: TrustedKey.Purpose
    /// Nil for the authority's own key.
    package let office: DivisionCode?
    package let certificate: Certificate
    package let divisions: [DivisionCode]
    package let kinds: Set<LicenceKind>

    package init(
        purpose: TrustedKey.Purpose,
        office: DivisionCode?,
        certificate: Certificate,
        divisions: [DivisionCode],
        kinds: Set<LicenceKind>
    ) {
        self.purpose = purpose
        self.office = office
        self.certificate = certificate
        self.divisions = divisions
        self.kinds = kinds
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
        return AuthorityRecord(
            name: row["name"],
            base: row["base"],
            verifyAddress: row["verifyAddress"],
            utcOffset: row["utcOffset"]
        )
    }

    package func insert(_ authority: AuthorityRecord) throws {
        try database.execute(
            sql: "INSERT INTO authority (id, name, base, verifyAddress, utcOffset) VALUES (1, ?, ?, ?, ?)",
            arguments: [authority.name, authority.base, authority.verifyAddress, authority.utcOffset]
        )
    }

    package func offices() throws -> [OfficeRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM office ORDER BY division").map { row in
            OfficeRecord(
                division: try DivisionCode(row["division"] as Int),
                name: Bilingual(en: row["nameEn"], zh: row["nameZh"])
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

    /// Gives the key its number, which no other key ever had.
    package func insert(_ key: NewKey) throws -> IssuerNumber {
        try database.execute(
            sql: "INSERT INTO issuingKey (purpose, office, certificate, divisions, kinds) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                key.purpose.rawValue, key.office?.number, Data(key.certificate.der),
                key.divisions.map(\.description).joined(separator: " "),
                key.kinds.map(\.rawValue).sorted().joined(separator: " "),
            ]
        )
        guard let number = IssuerNumber(Int(database.lastInsertedRowID)) else {
            throw RegistryError(.storage, "the registry has no more numbers for keys")
        }
        return number
    }

    /// Every key, as the trust list says it; `authority` names the keys that belong to no office.
    package func keys(of authority: AuthorityRecord) throws -> [TrustedKey] {
        let names = Dictionary(uniqueKeysWithValues: try offices().map { ($0.division.number, $0.name) })
        return try Row.fetchAll(database, sql: "SELECT * FROM issuingKey ORDER BY number").map { row in
            let office: Int? = row["office"]
            let revokedAt: Int64? = row["revokedAt"]
            guard let number = IssuerNumber(row["number"]), let purpose = TrustedKey.Purpose(rawValue: row["purpose"])
            else {
                throw RegistryError(.storage, "a key of the registry has an impossible number or purpose")
            }
            let divisions: String = row["divisions"]
            let kinds: String = row["kinds"]
            return TrustedKey(
                number: number,
                purpose: purpose,
                certificate: try Certificate(der: row.bytes("certificate")),
                name: office.flatMap { names[$0] } ?? Bilingual(en: authority.name, zh: authority.name),
                office: try office.map { try DivisionCode($0) } ?? .country,
                divisions: try divisions.split(separator: " ").map { try DivisionCode(String($0)) },
                kinds: Set(kinds.split(separator: " ").compactMap { LicenceKind(rawValue: String($0)) }),
                utcOffset: authority.utcOffset,
                revocation: revokedAt.map {
                    TrustedKey.Revocation(at: Instant(seconds: $0), reason: row["revocationReason"] ?? "")
                }
            )
        }
    }

    package func newestTrustList() throws -> TrustListRecord? {
        try Row.fetchOne(database, sql: "SELECT * FROM trustList ORDER BY sequence DESC LIMIT 1").map { row in
            TrustListRecord(
                sequence: row["sequence"],
                issuedAt: Instant(seconds: row["issuedAt"]),
                nextUpdate: Instant(seconds: row["nextUpdate"]),
                bytes: row.bytes("bytes")
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
