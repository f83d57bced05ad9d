import Foundation
import GRDB
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Verification

@testable import Authority
@testable import Registry

/// An authority in a temporary folder, founded at noon, with office 341181.
struct Seat {
    let folder: TemporaryFolder
    let authority: Authority
    let office: TrustedKey

    static let passphrase = Secret(Array("correct horse".utf8))
    static let publishTerms = Authority.PublishTerms(lifetime: 7 * .day, timeToLive: 600)

    init(kinds: Set<LicenceKind> = Set(LicenceKind.allCases)) throws {
        folder = try TemporaryFolder()
        let home = Home(path: folder.file("home"))
        try Self.found(home)
        authority = try Authority(home: home) { _ in Self.passphrase }
        office = try authority.add(
            Self.office(341_181, kinds: kinds),
            officer: "王",
            now: .noon,
            passphrase: Self.passphrase
        )
    }

    static func found(_ home: Home, verifyAddress: String? = nil, now: Instant = .noon) throws {
        try Authority.found(
            Authority.Founding(name: "滁州市", verifyAddress: verifyAddress, algorithm: .es256, utcOffset: 480),
            at: home,
            officer: "王",
            now: now,
            passphrase: passphrase
        )
    }

    static func office(
        _ division: Int,
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases)
    ) throws -> Authority.NewOffice {
        Authority.NewOffice(
            division: try DivisionCode(division),
            name: Bilingual(en: "Office \(division)", zh: "\(division) 市场监督管理局"),
            kinds: kinds,
            algorithm: .es256
        )
    }

    static func terms(
        office: DivisionCode? = nil,
        profile: Profile = .full,
        check: @escaping (UnverifiedCode) throws -> Void = { _ in }
    ) -> Authority.IssueTerms {
        Authority.IssueTerms(office: office, profile: profile, officer: "李", check: check)
    }

    /// Issues one licence.
    @discardableResult
    func issue(
        _ number: Int = 1,
        changing changes: [ApplicationField: String?] = [:],
        now: Instant = .noon,
        on terms: Authority.IssueTerms = terms()
    ) throws -> LicenceRecord {
        let request = Authority.IssueRequest(
            particulars: try Sample.particulars(number, changing: changes),
            overrideReason: nil
        )
        return try outcome(of: request, now: now, on: terms).record
    }

    /// Asks for one licence.
    func outcome(
        of request: Authority.IssueRequest,
        now: Instant = .noon,
        on terms: Authority.IssueTerms = terms()
    ) throws -> Authority.IssueOutcome {
        struct NoOutcome: Error {}
        guard let result = try authority.issue([request], on: terms, now: now).first else { throw NoOutcome() }
        return try result.get()
    }

    func apply(_ change: StatusChange, _ number: Int = 1, now: Instant = .noon) throws -> LicenceRecord {
        try authority.apply(change, to: Sample.creditCode(number), reason: "查处", officer: "张", now: now)
    }

    var publication: String { folder.file("publication") }

    @discardableResult
    func publish(now: Instant = .noon) throws -> Authority.PublishReport {
        try authority.publish(to: publication, on: Self.publishTerms, now: now)
    }

    func snapshot(seen: HighWater = HighWater()) -> Snapshot {
        var seen = seen
        return PublicationReader(folder: publication, root: authority.root).snapshot(&seen, now: .noon + 10 * .year)
    }

    /// What a stranger with the root and the publication says of a code.
    func verdict(of record: LicenceRecord, now: Instant = .noon) throws -> Verdict {
        let text = try authority.prefix.description + record.code.digits
        return Verifier(snapshot: snapshot(), now: now).verdict(of: text)
    }

    func count(_ table: String) throws -> Int {
        try authority.registry.read { try Int.fetchOne($0.database, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }

    func acts(_ number: Int = 1) throws -> [Act] {
        try authority.registry.read { try $0.acts(on: Sample.creditCode(number)) }
    }

    /// Changes the registry behind the authority's back.
    func tamper(_ sql: String) throws {
        try authority.registry.write { try $0.database.execute(sql: sql) }
    }
}
