import Foundation
import GRDB
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import Verification

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// An authority in a temporary folder, founded at noon, with office 341181.
struct Seat {
    let folder: TemporaryFolder
    let authority: Authority
    let office: TrustedKey
    private let recheck: Recheck

    static let passphrase = Secret(Array("correct horse".utf8))
    /// As in a registry that is too large to be looked at as a whole each time.
    static let publishTerms = Authority.PublishTerms(lifetime: 7 * .day, timeToLive: 600, wholeUpTo: 0)

    init(
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases),
        algorithm: Algorithm = .es256,
        clockSkew: Int = 0,
        founded: Instant = .noon
    ) throws {
        folder = try TemporaryFolder()
        let home = Self.home(in: folder)
        try Self.found(home, algorithm: algorithm, clockSkew: clockSkew, now: founded)
        authority = try Authority(home: home, prompt: Self.prompt)
        recheck = Recheck(folder, home)
        for name in ["李", "张"] {
            _ = try authority.addOfficer(
                name,
                isSupervisor: name == "李",
                place: .file(passphrase: Self.passphrase),
                officer: "王",
                now: founded
            )
        }
        office = try Self.trusted(
            authority.add(Self.office(341_181, kinds: kinds), key: Self.key(algorithm), officer: "王", now: founded)
        )
    }

    /// A home whose keys cost nothing to open.
    static func home(in folder: TemporaryFolder) -> Home { Home(path: folder.file("home"), keyCost: .none) }

    static var prompt: SecretPrompt { { _ in GivenSecret(passphrase, isUnattended: false) } }

    static func key(_ algorithm: Algorithm = .es256, from: Instant? = nil) -> Authority.NewKey {
        Authority.NewKey(algorithm: algorithm, place: .file(passphrase: passphrase), from: from)
    }

    static func trusted(_ made: Authority.MadeKey) throws -> TrustedKey {
        struct Waits: Error {}
        guard case .trusted(let key) = made else { throw Waits() }
        return key
    }

    static func founding(
        name: String = "滁州市",
        verifyAddress: String? = nil,
        algorithm: Algorithm = .es256,
        clockSkew: Int = 0
    ) -> Authority.Founding {
        Authority.Founding(
            name: name,
            verifyAddress: verifyAddress,
            utcOffset: 480,
            clockSkew: clockSkew,
            root: .made(algorithm, .file(passphrase: passphrase)),
            listAlgorithm: algorithm,
            listPlace: .file(passphrase: passphrase),
            officerPlace: .file(passphrase: passphrase)
        )
    }

    static func found(
        _ home: Home,
        verifyAddress: String? = nil,
        algorithm: Algorithm = .es256,
        clockSkew: Int = 0,
        now: Instant = .noon
    ) throws {
        try Authority.found(
            founding(verifyAddress: verifyAddress, algorithm: algorithm, clockSkew: clockSkew),
            at: home,
            officer: "王",
            now: now
        )
    }

    static func office(
        _ division: Int,
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases)
    ) throws -> Authority.NewOffice {
        Authority.NewOffice(
            division: try DivisionCode(division),
            name: Bilingual(en: "Office \(division)", zh: "\(division) 市场监督管理局"),
            kinds: kinds
        )
    }

    static func terms(
        office: DivisionCode? = nil,
        profile: Profile = .full,
        check: @escaping (UnverifiedCode) throws -> Void = { _ in }
    ) -> Authority.IssueTerms {
        Authority.IssueTerms(office: office, profile: profile, officer: "李", check: check)
    }

    func terms(by officer: String) -> Authority.IssueTerms {
        Authority.IssueTerms(office: nil, profile: .full, officer: officer, check: { _ in })
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

    func apply(_ change: LicenceAct, _ number: Int = 1, now: Instant = .noon) throws -> LicenceRecord {
        try authority.apply(change, to: Sample.creditCode(number), reason: "查处", officer: "张", now: now)
    }

    /// The names of the keys in the home.
    func keyFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(authority.home.path)/keys").sorted()
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

    /// Brings a valid licence into a status by the act that leads there; what is expired or superseded is not the newest version's act.
    func lead(_ number: Int, to status: LicenceStatus) throws {
        let act = LicenceAct.allCases.first { !$0.makesVersion && $0.outcome(from: .valid) == .status(status) }
        if let act { _ = try apply(act, number) }
    }

    /// Changes the registry behind the authority's back.
    func tamper(_ sql: String) throws {
        recheck.isDamaged = true
        try authority.registry.database.writeWithoutTransaction { database in
            // As any other program would.
            try database.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            defer { try? database.execute(sql: "PRAGMA foreign_keys = ON; PRAGMA ignore_check_constraints = OFF") }
            try database.execute(sql: sql)
        }
    }
}

extension Act {
    var kind: Deed.Kind { deed.kind }
    var reason: String { deed.reason }
    var subject: Deed.Subject? { deed.subject }
}

extension Seat {
    /// Who did an act.
    func officer(of act: Act) throws -> String? {
        try authority.registry.read { try $0.officers() }.first { $0.number == act.officer }?.name
    }
}

/// Has the doctor look at the registry when the last test of it has ended (TARGETS row 18).
private final class Recheck {
    private let folder: TemporaryFolder
    private let home: Home
    /// Whether a test spoiled the registry on purpose.
    var isDamaged = false

    init(_ folder: TemporaryFolder, _ home: Home) {
        self.folder = folder
        self.home = home
    }

    deinit {
        guard !isDamaged else { return }
        do {
            let authority = try Authority(home: home, prompt: Seat.prompt)
            // Of key files a test may have done away with one; what was signed and recorded stands.
            let newest = try authority.registry.read { try $0.newestRecord() }
            let now = max(Instant.noon, authority.root.lifetime.lowerBound, newest ?? .noon)
            _ = try Doctor(authority, now: now).examine { finding in
                if !finding.reason.contains("/keys/") { Issue.record("\(finding.subject): \(finding.reason)") }
            }
        } catch { Issue.record("the registry cannot be checked again: \(error)") }
    }
}
