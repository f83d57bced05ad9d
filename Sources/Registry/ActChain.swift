import Foundation
import GRDB
package import Licence
import LicenceCode
package import OpenSSL

/// The chain: each act bears a digest of itself and of the act before.
extension Act {
    /// What stands before the first act.
    package static let origin = [UInt8](repeating: 0, count: 32)

    /// What the next act binds: the hash, and the signature where there is one.
    package var link: [UInt8] { hash.bytes + (signature ?? []) }

    /// SHA-256 over `licet act 1` and a CBOR map: 0 the ``link`` before, 1 number, 2 time, 3 officer, 4 kind, 5 credit code, 6 version,
    /// 7 digest, 8 reference, 9 reason, 10 detail; what is not there is left out.
    package static func hash(of deed: Deed, number: Int, at: Instant, officer: Int, after: [UInt8]) -> Digest {
        let optional = [deed.subject != nil, deed.subject != nil, deed.digest != nil, deed.reference != nil]
        var writer = CBORWriter()
        writer.append("licet act 1".utf8)
        writer.map(6 + optional.count { $0 } + (deed.detail == nil ? 0 : 1))
        writer.int(0)
        writer.byteString(after)
        for (key, value) in [(1, number), (2, Int(at.seconds)), (3, officer)] {
            writer.int(key)
            writer.int(value)
        }
        writer.int(4)
        writer.text(deed.kind.word)
        if let subject = deed.subject {
            writer.int(5)
            writer.text(subject.creditCode)
            writer.int(6)
            writer.int(subject.version)
        }
        if let digest = deed.digest {
            writer.int(7)
            writer.byteString(digest.bytes)
        }
        if let reference = deed.reference {
            writer.int(8)
            writer.int(reference)
        }
        writer.int(9)
        writer.text(deed.reason)
        if let detail = deed.detail {
            writer.int(10)
            writer.text(detail)
        }
        return Digest(of: writer.bytes)
    }

    /// What an officer signs: this text and the hash of the last act, so that no other signature of the key can be taken for it.
    package static func signedText(of hash: Digest) -> [UInt8] { Array("licet acts 1:".utf8) + hash.bytes }
}

/// The last act.
package struct ChainHead: Hashable {
    package let number: Int
    package let hash: Digest
    /// ``Act/link``.
    fileprivate let link: [UInt8]
}

extension Registry.Session {
    /// The last act; nil in an empty registry.
    package func head() throws -> ChainHead? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT id, hash, signature FROM act ORDER BY id DESC LIMIT 1")
        ).map { row in
            guard let hash = Digest(bytes: try row.bytes("hash")) else {
                throw RegistryError(.storage, "the last act has a damaged hash; `licet doctor` says more")
            }
            let signature: Data? = try row.optional("signature")
            return ChainHead(number: try row.get("id"), hash: hash, link: hash.bytes + (signature ?? Data()))
        }
    }

    /// The hash that an act bears, whether or not it is right; nil when there is no such act.
    package func hash(ofAct number: Int) throws -> Digest? {
        try Data.fetchOne(
            database.cachedStatement(sql: "SELECT hash FROM act WHERE id = ?"),
            arguments: [number]
        ).flatMap { Digest(bytes: [UInt8]($0)) }
    }

    /// Adds an act to the chain, unsigned as yet; returns its number.
    @discardableResult
    package func record(_ deed: Deed, by officer: Int, at: Instant) throws -> Int {
        // Of what this transaction has recorded, what it meant is chained and signed, and not what the file made of it.
        let head = try memory.head ?? head()
        let number = (head?.number ?? 0) + 1
        let hash = Act.hash(of: deed, number: number, at: at, officer: officer, after: head?.link ?? Act.origin)
        try database.cachedStatement(
            sql: """
                INSERT INTO act (id, at, officer, kind, creditCode, version, licence, digest, reference, reason, detail, hash)
                VALUES (?, ?, ?, ?, ?5, ?6, (SELECT id FROM licence WHERE creditCode = ?5 AND version = ?6), ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            number, at.seconds, officer, deed.kind.word, deed.subject?.creditCode, deed.subject?.version,
            deed.digest.map { Data($0.bytes) }, deed.reference, deed.reason, deed.detail, Data(hash.bytes),
        ])
        memory.head = ChainHead(number: number, hash: hash, link: hash.bytes)
        memory.sound.insert(Act(number: number, at: at, officer: officer, deed: deed, hash: hash, signature: nil))
        memory.firstOwnAct = memory.firstOwnAct ?? number
        if case .authority = deed.kind { memory.officers = nil }
        return number
    }

    /// Puts the officer's signature under the last act that this transaction has recorded, where it has; that act.
    package func sign(with signer: any Signer) throws -> ChainHead? {
        guard let head = memory.head else { return nil }
        guard try self.head() == head else {
            throw RegistryError(.storage, "the last act is not what was recorded; somebody has tampered with the file")
        }
        let signature = try signer.signature(of: Act.signedText(of: head.hash))
        try database.execute(
            sql: "UPDATE act SET signature = ? WHERE id = ?",
            arguments: [Data(signature), head.number]
        )
        memory.head = ChainHead(number: head.number, hash: head.hash, link: head.hash.bytes + signature)
        return head
    }

    /// The acts on a licence, all versions, the first one first.
    package func acts(on creditCode: CreditCode) throws -> [Act] {
        let numbers = try Int.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT act.id FROM licence CROSS JOIN act ON act.licence = licence.id WHERE licence.creditCode = ?1
                    UNION SELECT id FROM act WHERE creditCode = ?1 AND kind <> 'issue' ORDER BY 1
                    """
            ),
            arguments: [creditCode.text]
        )
        let acts = try acts(numbers)
        if let other = acts.first(where: { $0.deed.subject?.creditCode != creditCode.text }) {
            throw RegistryError(
                .tampered,
                "act \(other.number) stands under another licence than its own; `licet doctor` says more"
            )
        }
        return acts
    }

    /// Whether nothing was ever done with a licence but to issue it.
    package func isUntouched(_ creditCode: CreditCode) throws -> Bool {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT 1 FROM act WHERE creditCode = ? AND kind <> 'issue' LIMIT 1"),
            arguments: [creditCode.text]
        ) == nil
    }

    /// The acts on the authority of some kinds, or of all, the first one first.
    package func actsOnTheAuthority(_ kinds: [AuthorityAct] = AuthorityAct.allCases) throws -> [Act] {
        let words = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let numbers = try Int.fetchAll(
            database.cachedStatement(
                sql: "SELECT id FROM act WHERE creditCode IS NULL AND kind IN (\(words)) ORDER BY id"
            )
        )
        let acts = try acts(numbers)
        if let other = acts.first(where: { !kinds.map(Deed.Kind.authority).contains($0.deed.kind) }) {
            throw RegistryError(.tampered, "act \(other.number) passes for another; `licet doctor` says more")
        }
        return acts
    }

    /// The acts of these numbers, which an index has found: what stands in it may be another thing than what is hashed and signed.
    ///
    /// Each is looked up by itself, so that all who ask for a number get the same row; see ``fault(of:)``. An index that was put out of
    /// order would tell them in another.
    func acts(_ numbers: [Int]) throws -> [Act] {
        if let (number, _) = zip(numbers, numbers.dropFirst()).first(where: { $0 >= $1 }) {
            throw RegistryError(.tampered, "act \(number) stands out of its order; `licet doctor` says more")
        }
        return try numbers.map { number in
            guard let act = try act(number), act.number == number else {
                throw RegistryError(.tampered, "act \(number) is not where it is looked for; `licet doctor` says more")
            }
            return act
        }
    }

    package func act(_ number: Int) throws -> Act? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM act WHERE id = ?"),
            arguments: [number]
        ).map(Self.act)
    }

    /// The next acts after `number`, at most `limit`: each by itself, or why it cannot be read.
    package func acts(after number: Int, limit: Int) throws -> [(number: Int, act: Result<Act, any Error>)] {
        try Row.fetchAll(
            database.cachedStatement(sql: "SELECT * FROM act WHERE id > ? ORDER BY id LIMIT ?"),
            arguments: [number, limit]
        ).map { row in (number: try row.get("id"), act: Result { try Self.act(row) }) }
    }

    /// The number of the last act; 0 where there is none.
    package func lastAct() throws -> Int { try Int.fetchOne(database, sql: "SELECT max(id) FROM act") ?? 0 }

    /// When the newest act was done or the newest list was signed; a clock behind it is wrong.
    package func newestRecord() throws -> Instant? {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT max(at) FROM (
                        SELECT at FROM (SELECT at FROM act ORDER BY id DESC LIMIT 1)
                        UNION ALL SELECT issuedAt FROM (SELECT issuedAt FROM trustList ORDER BY sequence DESC LIMIT 1)
                        UNION ALL SELECT max(issuedAt) FROM publishedFile
                    )
                    """
            )
        ).map { Instant(seconds: $0) }
    }

    static func act(_ row: Row) throws -> Act {
        let creditCode: String? = try row.optional("creditCode")
        let version: Int? = try row.optional("version")
        let digest: Data? = try row.optional("digest")
        let signature: Data? = try row.optional("signature")
        guard let kind = Deed.Kind(word: try row.get("kind")), let hash = Digest(bytes: try row.bytes("hash")),
            (creditCode == nil) == (version == nil), digest == nil || digest?.count == 32
        else {
            throw RegistryError(
                .storage,
                "act \((try? row.get("id") as Int) ?? 0) is damaged, or of a newer version of licet"
            )
        }
        var subject: Deed.Subject?
        if let creditCode, let version { subject = Deed.Subject(creditCode: creditCode, version: version) }
        return Act(
            number: try row.get("id"),
            at: Instant(seconds: try row.get("at")),
            officer: try row.get("officer"),
            deed: Deed(
                kind,
                on: subject,
                digest: digest.flatMap { Digest(bytes: [UInt8]($0)) },
                reference: try row.optional("reference"),
                reason: try row.get("reason"),
                detail: try row.optional("detail")
            ),
            hash: hash,
            signature: signature.map { [UInt8]($0) }
        )
    }
}
