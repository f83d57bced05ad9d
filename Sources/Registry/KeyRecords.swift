import Foundation
import GRDB
package import Licence
package import LicenceCode
package import OpenSSL
package import Publication

/// A key that waits for the root's signature: what it shall be allowed to sign, and its certification request.
package struct RequestedKey {
    package let number: IssuerNumber
    package let purpose: TrustedKey.Purpose
    /// Nil for the authority's own key.
    package let office: DivisionCode?
    package let request: CertificationRequest
    package let divisions: [DivisionCode]
    package let kinds: Set<LicenceKind>
    /// The validity that its certificate shall have.
    package let validity: ClosedRange<Instant>

    package init(
        number: IssuerNumber,
        purpose: TrustedKey.Purpose,
        office: DivisionCode?,
        request: CertificationRequest,
        divisions: [DivisionCode],
        kinds: Set<LicenceKind>,
        validity: ClosedRange<Instant>
    ) {
        self.number = number
        self.purpose = purpose
        self.office = office
        self.request = request
        self.divisions = divisions
        self.kinds = kinds
        self.validity = validity
    }
}

extension RequestedKey {
    /// SHA-256 over `licet key 1` and a CBOR array of all that the root is asked to certify; the act that asks for the key holds it.
    ///
    /// The number is not in it: after a restoration the key may get another.
    package func digest(name: Bilingual, utcOffset: Int) -> Digest {
        var writer = CBORWriter()
        writer.append("licet key 1".utf8)
        writer.array(10)
        writer.int(purpose.rawValue)
        writer.int(office?.number ?? 0)
        for text in [
            name.zh, name.en, divisions.map(\.description).joined(separator: " "),
            kinds.map(\.rawValue).sorted().joined(separator: " "),
        ] { writer.text(text) }
        for number in [Int(validity.lowerBound.seconds), Int(validity.upperBound.seconds), utcOffset] {
            writer.int(number)
        }
        writer.byteString(request.der)
        return Digest(of: writer.bytes)
    }
}

extension Deed {
    /// The words of an act that ends a key; they bind the instant.
    package static func retirement(of key: IssuerNumber, at instant: Instant) -> String { "key \(key) at \(instant)" }

    /// The words of an act that revokes a key; they bind the instant and the reason.
    package static func revocation(of key: IssuerNumber, _ revocation: TrustedKey.Revocation) -> String {
        "key \(key) as of \(revocation.at): \(revocation.reason)"
    }
}

extension Registry.Session {
    /// What is wrong with a key that waits for the root; nil when an officer signed that it shall be certified, as it is.
    ///
    /// The root believes what it is asked: whoever writes the file would have a key of his own certified.
    package func fault(of key: RequestedKey, _ record: AuthorityRecord) throws -> String? {
        // The keys that the authority began with are bound by the first act.
        if let first = Self.firstKeys.first(where: { $0.number == key.number.value }) {
            let isOfNoPlace = key.office == nil && key.divisions.isEmpty && key.kinds.isEmpty
            return try key.purpose == first.purpose && isOfNoPlace && isAsFounded()
                ? nil : "key \(key.number) is not the one that the authority began with"
        }
        let digest = try digest(of: key, record)
        let act = try actsOnTheAuthority([.addOffice, .addKey]).last { $0.deed.digest == digest }
        guard let act else { return "key \(key.number) is not what anybody asked for" }
        // A request from before would be asked for again.
        if try keys(of: record).contains(where: { $0.certificate.publicKey.id == key.request.publicKey.id }) {
            return "key \(key.number) is one that the root has certified under another number"
        }
        return try fault(of: act)
    }

    /// The digest of a key with the name that its office has here.
    package func digest(of key: RequestedKey, _ record: AuthorityRecord) throws -> Digest {
        let name = try offices().first { $0.division == key.office }?.name
        return key.digest(name: name ?? Bilingual(en: record.name, zh: record.name), utcOffset: record.utcOffset)
    }

    /// A number that no key ever had.
    package func nextKeyNumber() throws -> IssuerNumber {
        let last = try Int.fetchOne(
            database,
            sql: """
                SELECT max(number) FROM (
                    SELECT number FROM requestedKey UNION ALL SELECT number FROM issuingKey
                    UNION ALL SELECT seq FROM sqlite_sequence WHERE name = 'issuingKey'
                )
                """
        )
        let (next, isBeyond) = (last ?? 0).addingReportingOverflow(1)
        guard !isBeyond, let number = IssuerNumber(next) else {
            throw RegistryError(.storage, "the registry has no more numbers for keys")
        }
        return number
    }

    package func insert(_ key: RequestedKey) throws {
        try database.execute(
            sql: """
                INSERT INTO requestedKey (number, purpose, office, request, divisions, kinds, first, last)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                key.number.value, key.purpose.rawValue, key.office?.number, Data(key.request.der),
                Self.text(key.divisions), Self.text(key.kinds), key.validity.lowerBound.seconds,
                key.validity.upperBound.seconds,
            ]
        )
    }

    /// The keys that wait for the root, rising by number.
    package func requestedKeys() throws -> [RequestedKey] {
        try Row.fetchAll(database, sql: "SELECT * FROM requestedKey ORDER BY number").map { row in
            let first = Instant(seconds: try row.get("first"))
            let last = Instant(seconds: try row.get("last"))
            guard let number = IssuerNumber(try row.get("number")),
                let purpose = TrustedKey.Purpose(rawValue: try row.get("purpose")),
                first <= last
            else { throw RegistryError(.storage, "a requested key of the registry is impossible") }
            let office: Int? = try row.optional("office")
            guard let request = try? CertificationRequest(der: try row.bytes("request")) else {
                throw RegistryError(.tampered, "the request for key \(number) is damaged; `licet doctor` says more")
            }
            return RequestedKey(
                number: number,
                purpose: purpose,
                office: try office.map { try DivisionCode($0) },
                request: request,
                divisions: try Self.divisions(try row.get("divisions")),
                kinds: Self.kinds(try row.get("kinds")),
                validity: first...last
            )
        }
    }

    /// Gives a requested key the next number, which is greater than `last`.
    package func renumber(_ key: RequestedKey, after last: IssuerNumber?) throws {
        guard let number = IssuerNumber(max(try nextKeyNumber().value, (last?.value ?? 0) + 1)) else {
            throw RegistryError(.storage, "the registry has no more numbers for keys")
        }
        try database.execute(
            sql: "UPDATE requestedKey SET number = ? WHERE number = ?",
            arguments: [number.value, key.number.value]
        )
    }

    /// Makes a requested key one that signs, now that the root has certified it.
    package func certify(_ key: RequestedKey, with certificate: Certificate) throws {
        try database.execute(sql: "DELETE FROM requestedKey WHERE number = ?", arguments: [key.number.value])
        try database.execute(
            sql: """
                INSERT INTO issuingKey (number, purpose, office, certificate, divisions, kinds) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                key.number.value, key.purpose.rawValue, key.office?.number, Data(certificate.der),
                Self.text(key.divisions), Self.text(key.kinds),
            ]
        )
    }

    /// Every key, as the trust list says it; `authority` names the keys that belong to no office.
    package func keys(of authority: AuthorityRecord) throws -> [TrustedKey] {
        let names = Dictionary(try offices().map { ($0.division.number, $0.name) }) { first, _ in first }
        return try Row.fetchAll(database, sql: "SELECT * FROM issuingKey ORDER BY number").map { row in
            let office: Int? = try row.optional("office")
            let retiredAt: Int64? = try row.optional("retiredAt")
            let revokedAt: Int64? = try row.optional("revokedAt")
            guard let number = IssuerNumber(try row.get("number")),
                let purpose = TrustedKey.Purpose(rawValue: try row.get("purpose"))
            else {
                throw RegistryError(.storage, "a key of the registry has an impossible number or purpose")
            }
            return TrustedKey(
                number: number,
                purpose: purpose,
                certificate: try Certificate(der: try row.bytes("certificate")),
                name: office.flatMap { names[$0] } ?? Bilingual(en: authority.name, zh: authority.name),
                office: try office.map { try DivisionCode($0) } ?? .country,
                divisions: try Self.divisions(try row.get("divisions")),
                kinds: Self.kinds(try row.get("kinds")),
                utcOffset: authority.utcOffset,
                retiredAt: retiredAt.map { Instant(seconds: $0) },
                revocation: try revokedAt.map {
                    TrustedKey.Revocation(at: Instant(seconds: $0), reason: try row.optional("revocationReason") ?? "")
                }
            )
        }
    }

    /// The public key by whose number codes are signed.
    package func publicKey(of issuer: IssuerNumber) throws -> PublicKey? {
        if let known = memory.keys[issuer] { return known }
        let certificate = try Data.fetchOne(
            database.cachedStatement(sql: "SELECT certificate FROM issuingKey WHERE number = ?"),
            arguments: [issuer.value]
        )
        let key = try certificate.map { try Certificate(der: [UInt8]($0)).publicKey }
        memory.keys[issuer] = key
        return key
    }

    /// Takes over a key that some trust list has, in the state that it has there.
    func insert(_ key: TrustedKey, office: DivisionCode?) throws {
        try database.execute(
            sql: """
                INSERT INTO issuingKey (number, purpose, office, certificate, divisions, kinds) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                key.number.value, key.purpose.rawValue, office?.number, Data(key.certificate.der),
                Self.text(key.divisions), Self.text(key.kinds),
            ]
        )
    }

    package func retire(_ key: IssuerNumber, at instant: Instant) throws {
        try database.execute(
            sql: "UPDATE issuingKey SET retiredAt = ? WHERE number = ?",
            arguments: [instant.seconds, key.value]
        )
    }

    package func revoke(_ key: IssuerNumber, _ revocation: TrustedKey.Revocation) throws {
        try database.execute(
            sql: "UPDATE issuingKey SET revokedAt = ?, revocationReason = ? WHERE number = ?",
            arguments: [revocation.at.seconds, revocation.reason, key.value]
        )
    }

    private static func text(_ divisions: [DivisionCode]) -> String {
        divisions.map(\.description).joined(separator: " ")
    }

    private static func text(_ kinds: Set<LicenceKind>) -> String {
        kinds.map(\.rawValue).sorted().joined(separator: " ")
    }

    private static func divisions(_ text: String) throws -> [DivisionCode] {
        try text.split(separator: " ").map { try DivisionCode(String($0)) }
    }

    private static func kinds(_ text: String) -> Set<LicenceKind> {
        Set(text.split(separator: " ").compactMap { LicenceKind(rawValue: String($0)) })
    }
}
