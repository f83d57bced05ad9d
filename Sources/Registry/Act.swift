import GRDB
package import Licence

/// Something that was done: who, when, what, why.
package struct Act {
    package let at: Instant
    package let officer: String
    package let kind: Kind
    /// Which licence; nil for an act on the authority itself.
    package let subject: Subject?
    package let reason: String

    package enum Kind: String {
        case createAuthority = "create_authority"
        case addOffice = "add_office"
        case addKey = "add_key"
        case retireKey = "retire_key"
        case revokeKey = "revoke_key"
        case acceptTrustList = "accept_trust_list"
        case reissue
        case issue, change, suspend, resume, dormant, revoke, cancel, annul
    }

    /// One version of a licence.
    package struct Subject {
        package let creditCode: String
        package let version: Int

        package init(creditCode: String, version: Int) {
            self.creditCode = creditCode
            self.version = version
        }
    }

    package init(at: Instant, officer: String, kind: Kind, subject: Subject?, reason: String) {
        self.at = at
        self.officer = officer
        self.kind = kind
        self.subject = subject
        self.reason = reason
    }
}

extension Registry.Session {
    package func record(_ act: Act) throws {
        try database.cachedStatement(
            sql: "INSERT INTO act (at, officer, kind, creditCode, version, reason) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            act.at.seconds, act.officer, act.kind.rawValue, act.subject?.creditCode, act.subject?.version, act.reason,
        ])
    }

    /// The acts on a licence, all versions, the first one first.
    package func acts(on creditCode: CreditCode) throws -> [Act] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM act WHERE creditCode = ? ORDER BY id",
            arguments: [creditCode.text]
        ).map { row in
            guard let kind = Act.Kind(rawValue: row["kind"]) else {
                throw RegistryError(.storage, "the registry has an act that this version does not know")
            }
            return Act(
                at: Instant(seconds: row["at"]),
                officer: row["officer"],
                kind: kind,
                subject: Act.Subject(creditCode: row["creditCode"], version: row["version"]),
                reason: row["reason"]
            )
        }
    }

    /// When the newest act was done or the newest list was signed; a clock behind it is wrong.
    package func newestRecord() throws -> Instant? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT max(at) FROM (
                    SELECT at FROM (SELECT at FROM act ORDER BY id DESC LIMIT 1)
                    UNION ALL SELECT issuedAt FROM (SELECT issuedAt FROM trustList ORDER BY sequence DESC LIMIT 1)
                    UNION ALL SELECT max(issuedAt) FROM publishedFile
                )
                """
        ).map { Instant(seconds: $0) }
    }
}
