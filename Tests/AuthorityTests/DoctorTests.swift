import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

/// TARGETS row 18: the whole registry is checked again by the rules that held before each signature.
@Suite struct DoctorTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        for number in 1...4 { try seat.issue(number) }
        _ = try seat.apply(.suspend, 2)
        _ = try seat.authority.revise(
            Sample.creditCode(3),
            .change([.name: "天长市新名科技有限公司"]),
            reason: "r",
            on: Seat.terms(profile: .core),
            now: .noon
        )
        try seat.publish()
    }

    @Test func findsNothingInARegistryThatIsAsItShouldBe() throws {
        var progress: [Int] = []
        let report = try Doctor(seat.authority, now: .noon).examine(
            find: { Issue.record("\($0)") },
            progress: { done, total in
                progress.append(done)
                #expect(total == 5 + 10)
            }
        )
        #expect(report.licences == 5)
        #expect(report.keys == 3)
        #expect(report.trustLists == 2)
        #expect(report.findings == 0)
        #expect(report.acts == 10)
        #expect(progress == [10, 15])
    }

    /// One thing is changed behind the authority's back; the doctor names it.
    @Test(arguments: [
        ("UPDATE licence SET name = 'x' WHERE id = 1", "v1", "searched by"),
        ("UPDATE licence SET kind = 'branch' WHERE id = 1", "v1", "searched by"),
        ("UPDATE licence SET lastDay = 20000 WHERE id = 1", "v1", "searched by"),
        ("UPDATE licence SET particulars = replace(particulars, '安徽', '江苏') WHERE id = 1", "v1", "what is recorded"),
        ("UPDATE licence SET particulars = '{' WHERE id = 1", "v1", "cannot be read"),
        ("UPDATE licence SET issued = issued - 1 WHERE id = 1", "v1", "recorded day"),
        ("UPDATE licence SET version = 2 WHERE id = 1", "v2", "recorded"),
        ("UPDATE licence SET entry = (entry + 1) % 65536 WHERE id = 1", "v1", "recorded entry"),
        ("UPDATE licence SET digest = zeroblob(32) WHERE id = 1", "v1", "the code's"),
        (
            "UPDATE licence SET code = CAST(substr(code, 1, length(code) - 1) || CASE substr(code, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE id = 1",
            "v1",
            "not by key"
        ),
        ("UPDATE licence SET code = (SELECT code FROM licence WHERE id = 2) WHERE id = 1", "v1", "recorded"),
        ("UPDATE licence SET code = x'10' WHERE id = 1", "v1", "cannot be read"),
        ("UPDATE licence SET issuer = 1 WHERE id = 1", "v1", "not for licences"),
        ("UPDATE licence SET status = 'superseded' WHERE id = 1", "v1", "by what was done valid"),
        ("UPDATE licence SET status = 'valid' WHERE id = 3", "v1", "by what was done superseded"),
        ("UPDATE licence SET status = 'x' WHERE id = 1", "v1", "cannot be read"),
        ("DELETE FROM licence WHERE id = 3", "v2", "does not follow"),
        ("DELETE FROM licence WHERE id = 1", "list 341181-1", "entries are used"),
        ("UPDATE statusList SET used = used + 1", "list 341181-1", "entries are used"),
        ("UPDATE statusList SET size = 1", "v", "there is no entry"),
        (
            "DELETE FROM act WHERE kind = 'issue' AND id = (SELECT min(id) FROM act WHERE kind = 'issue')", "v1",
            "who issued it"
        ),
        ("UPDATE act SET at = at - 5 WHERE kind = 'suspend'", "act 9", "after a later one"),
        ("UPDATE issuingKey SET kinds = 'branch' WHERE number = 3", "key 3", "other kinds"),
        ("UPDATE issuingKey SET divisions = '340000' WHERE number = 3", "key 3", "other divisions"),
        ("UPDATE issuingKey SET purpose = 2 WHERE number = 3", "key 3", "another purpose"),
        ("UPDATE trustList SET bytes = zeroblob(9) WHERE sequence = 1", "trust list 1", "expected"),
        ("UPDATE trustList SET sequence = 7 WHERE sequence = 2", "trust list 7", "another number"),
        ("UPDATE trustList SET nextUpdate = nextUpdate + 1 WHERE sequence = 2", "trust list 2", "other times"),
        ("DELETE FROM trustList WHERE sequence = 2", "key 3", "in no trust list"),
        ("DELETE FROM trustList WHERE sequence = 1", "trust list 1", "missing"),
        ("UPDATE licence SET status = 'valid' WHERE id = 2", "v1", "by what was done suspended"),
        ("UPDATE licence SET status = 'revoked' WHERE id = 1", "v1", "by what was done valid"),
        ("DELETE FROM act WHERE kind = 'suspend'", "v1", "by what was done valid"),
        ("UPDATE issuingKey SET revokedAt = 5, revocationReason = 'x' WHERE number = 3", "keys", "nobody recorded"),
        ("UPDATE issuingKey SET retiredAt = 5 WHERE number = 3", "keys", "nobody recorded"),
        ("UPDATE issuingKey SET office = NULL WHERE number = 3", "key 3", "another than in the newest"),
        ("UPDATE office SET nameZh = '假局'", "key 3", "another than in the newest"),
        ("UPDATE authority SET utcOffset = 0", "key 1", "another than in the newest"),
        ("UPDATE authority SET base = 'https://evil.example/'", "authority", "in the newest trust list"),
        ("UPDATE authority SET verifyAddress = 'https://evil.example'", "authority", "point to https://evil"),
        ("UPDATE authority SET clockSkew = 100000000", "authority", "skew"),
        ("UPDATE authority SET clockSkew = 60", "authority", "not what its first act says"),
        ("UPDATE authority SET utcOffset = 0", "authority", "not what its first act says"),
        ("DELETE FROM trustList", "trust lists", "missing"),
        ("UPDATE authority SET name = '假省'", "authority", "in the newest trust list"),
        (
            "INSERT INTO requestedKey VALUES (9, 1, 341181, x'00', '100000', 'company', 0, 9)", "requested keys",
            "cannot be read"
        ),
        ("UPDATE act SET at = 4102444800 WHERE id = (SELECT max(id) FROM act)", "clock", "to come"),
        (
            "INSERT INTO act (at, officer, kind, creditCode, version, reason, hash) SELECT at, officer, 'revoke', creditCode, 7, '', hash FROM act WHERE kind = 'suspend'",
            "v7", "not there"
        ),
    ])
    func findsWhatSomebodyChanged(sql: String, subject: String, reason: String) throws {
        try seat.tamper("PRAGMA ignore_check_constraints = 1")
        try seat.tamper("PRAGMA foreign_keys = 0")
        try seat.tamper(sql)
        let found = try findings()
        let hit = found.contains { $0.subject.contains(subject) && $0.reason.contains(reason) }
        #expect(hit, "\(sql): \(found)")
    }

    @Test func findsAKeyFileThatIsMissingOrOpenToOthers() throws {
        let file = seat.authority.home.keyFile(seat.office.certificate.publicKey.id.description)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        #expect(try findings().map(\.subject) == ["key 3"])
        try FileManager.default.removeItem(atPath: file)
        #expect(try findings().map(\.subject) == ["key 3"])
        // Of a key that signs no more nobody misses the file.
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon)
        try seat.authority.retire(seat.office, at: .noon, officer: "王", now: .noon)
        #expect(try findings().isEmpty)
    }

    @Test func tellsOfAKeyThatNobodyKnows() throws {
        let home = seat.authority.home
        try DurableFile.write([1], to: home.keyFile("0123456789abcdef"), mode: 0o600)
        let report = try Doctor(seat.authority, now: .noon).examine(find: { Issue.record("\($0)") })
        #expect(report.notes.count == 1 && report.notes.first?.hasPrefix("keys/0123456789abcdef: ") == true)
        try FileManager.default.removeItem(atPath: home.keyFile("0123456789abcdef"))
    }

    /// The revocation is in the trust list; whoever takes it out of the registry gets no signature and is found out.
    @Test func aRevocationThatSomebodyTookOutOfTheRegistryHoldsAllTheSame() throws {
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon)
        try seat.tamper("UPDATE issuingKey SET revokedAt = NULL, revocationReason = NULL")
        let error = #expect(throws: AuthorityError.self) { try seat.issue(9) }
        #expect(error?.code == .rolledBack)
        #expect(try findings().contains { $0.subject == "key 3" && $0.reason.contains("revoked") })
    }

    @Test(
        arguments: [
            ("DELETE FROM trustList", .key),
            ("UPDATE authority SET verifyAddress = 'https://evil.example'", .rolledBack),
            ("UPDATE authority SET base = 'https://evil.example/publication/'", .rolledBack),
            ("UPDATE authority SET name = '假省'", .rolledBack),
            ("UPDATE authority SET clockSkew = 60", .rolledBack),
        ] as [(String, AuthorityError.Code)]
    )
    func underAnAlteredAuthorityNothingIsSigned(sql: String, code: AuthorityError.Code) throws {
        try seat.tamper(sql)
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        let request = Authority.IssueRequest(particulars: try Sample.particulars(9), overrideReason: nil)
        let error = #expect(throws: AuthorityError.self) {
            try authority.issue([request], on: Seat.terms(), now: .noon)
        }
        #expect(error?.code == code)
    }

    @Test func aKeyThatTheRegistryWidenedSignsNothing() throws {
        try seat.tamper("UPDATE issuingKey SET divisions = '340000' WHERE number = 3")
        let elsewhere = try Sample.creditCode(9, division: 341_182).text
        let error = #expect(throws: AuthorityError.self) { try seat.issue(9, changing: [.creditCode: elsewhere]) }
        #expect(error?.code == .key)
    }

    /// Somebody put his own root in place of ours.
    @Test func underAStrangersRootNothingIsSigned() throws {
        let home = seat.authority.home
        try DurableFile.write(Issuer().root.pem, to: home.rootCertificate)
        let authority = try Authority(home: home, prompt: Seat.prompt)
        let request = Authority.IssueRequest(particulars: try Sample.particulars(9), overrideReason: nil)
        #expect(throws: PublicationError.self) { try authority.issue([request], on: Seat.terms(), now: .noon) }
        try DurableFile.write(seat.authority.root.pem, to: home.rootCertificate)
    }

    @Test(arguments: ["", "/keys", "/root.crt", "/licet.sqlite"])
    func aHomeThatOthersMayWriteIsNotOpened(part: String) throws {
        let path = seat.authority.home.path + part
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        try FileManager.default.setAttributes([.posixPermissions: mode | 0o022], ofItemAtPath: path)
        let error = #expect(throws: AuthorityError.self) {
            try Authority(home: seat.authority.home, prompt: Seat.prompt)
        }
        #expect(error?.code == .key)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func changesNothing() throws {
        let before = try seat.contents()
        _ = try findings()
        #expect(try seat.contents() == before)
    }

    private func findings() throws -> [Doctor.Finding] {
        var found: [Doctor.Finding] = []
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        let report = try Doctor(authority, now: .noon).examine(find: { found.append($0) })
        #expect(report.findings == found.count)
        return found
    }
}
