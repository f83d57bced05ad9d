import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// Somebody who may write the registry's file and no other, and waits for an honest command to sign what he wrote.
@Suite struct ForgedRowTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        for number in 1...3 { try seat.issue(number) }
        try seat.publish()
    }

    private func open() throws -> Authority { try Authority(home: seat.authority.home, prompt: Seat.prompt) }

    private func publish(now: Instant = .noon + 9) throws -> Authority.PublishReport {
        try open().publish(to: seat.publication, on: Seat.publishTerms, now: now)
    }

    private func findings(now: Instant = .noon + 9) throws -> [Doctor.Finding] {
        var findings: [Doctor.Finding] = []
        _ = try Doctor(open(), now: now).examine { findings.append($0) }
        return findings
    }

    /// Whose signature nobody looks at would be replaced by an honest one.
    @Test func noVersionIsMadeOfACodeThatItsKeyDidNotSign() throws {
        let other = try Seat()
        let forged = try other.issue(1, changing: [.representative: "张三盗"])
        let particulars = Application(forged.licence.particulars).json.replacing("'", with: "''")
        let code = forged.code.bytes.map { String(format: "%02x", $0) }.joined()
        let digest = forged.code.digest.description
        try seat.issue(4)
        try seat.tamper(
            """
            UPDATE licence SET particulars = '\(particulars)', code = x'\(code)', digest = x'\(digest)',
                list = \(forged.reference.list), entry = \(forged.reference.index) WHERE id = 1;
            UPDATE act SET digest = x'\(digest)' WHERE kind = 'issue' AND licence = 1;
            """
        )
        let error = #expect(throws: (any Error).self) {
            try open().revise(Sample.creditCode(1), .replace, reason: "r", on: Seat.terms(), now: .noon + 3)
        }
        #expect("\(String(describing: error))".contains("doctor"), "\(String(describing: error))")
    }

    /// What was published tells of an act that is hidden, also where an honest act has come since.
    @Test(arguments: [true, false]) func aSuspensionDoesNotEndByHidingIt(isReplaced: Bool) throws {
        _ = try seat.apply(.suspend, 2, now: .noon + 1)
        try seat.issue(4, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        try seat.tamper(
            """
            UPDATE act SET kind = 'issue', licence = NULL WHERE kind = 'suspend'; UPDATE licence SET status = 'valid' WHERE id = 2
            """
        )
        guard isReplaced else {
            // Nothing is signed, and the list that lies there says what it said.
            #expect(try publish().written.isEmpty)
            return
        }
        _ = try open().revise(Sample.creditCode(2), .replace, reason: "r", on: Seat.terms(), now: .noon + 3)
        let error = #expect(throws: AuthorityError.self) { try publish() }
        #expect(error?.code == .rolledBack, "\(String(describing: error))")
    }

    /// The row that an act points to could be another one than that of the licence that was published.
    @Test(arguments: ["code", "zeroblob(200)"]) func anActIsOnTheEntryThatItsCodeNames(code: String) throws {
        _ = try seat.apply(.revoke, 2, now: .noon + 3)
        try seat.tamper(
            """
            CREATE TEMP TABLE real AS SELECT * FROM licence WHERE id = 2;
            UPDATE licence SET status = 'valid', creditCode = '91110000MA2N00000X' WHERE id = 2;
            INSERT INTO licence SELECT 77, creditCode, version, status, office, 1, 65535 - entry, issuer, issued, lastDay, kind, division,
                name, nameKey, particulars, \(code), digest FROM real;
            UPDATE act SET licence = 77 WHERE creditCode = (SELECT creditCode FROM real); DROP TABLE real
            """
        )
        let error = #expect(throws: AuthorityError.self) { try publish() }
        #expect(error?.reason.contains("tampered") == true, "\(String(describing: error))")
    }

    /// The instant decides which licences are believed.
    @Test(arguments: ["retire", "revoke"]) func theInstantAtWhichAKeyEndsIsThatOfItsAct(how: String) throws {
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        if how == "revoke" {
            try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon + 2)
            try seat.tamper("UPDATE issuingKey SET revokedAt = 4000000000 WHERE revokedAt IS NOT NULL")
        } else {
            try seat.authority.retire(seat.office, at: .noon + 5, officer: "王", now: .noon + 2)
            try seat.tamper("UPDATE issuingKey SET retiredAt = retiredAt - 86400 WHERE retiredAt IS NOT NULL")
        }
        let error = #expect(throws: AuthorityError.self) { try publish() }
        #expect(error?.code == .rolledBack, "\(String(describing: error))")
        #expect(try findings().contains { $0.subject == "keys" && $0.reason.contains("by its act") })
    }

    /// What the root signs of a key is for good.
    @Test(arguments: [
        "UPDATE issuingKey SET revokedAt = 1, revocationReason = 'x' WHERE number = 2",
        "UPDATE issuingKey SET retiredAt = 1 WHERE number = 2",
    ])
    func theRootEndsNoKeyThatNobodyEnded(sql: String) throws {
        try seat.tamper(sql)
        let lists = try seat.count("trustList")
        let error = #expect(throws: AuthorityError.self) {
            try open().rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        }
        #expect(error?.reason.contains("nobody recorded that") == true, "\(String(describing: error))")
        #expect(throws: AuthorityError.self) { try open().rootRequest(lifetime: 86_400) }
        #expect(try seat.count("trustList") == lists)
    }

    /// An act that was altered tells nothing, and is no reason to believe a key.
    @Test func aRevocationIsNotForgottenWithItsAct() throws {
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon + 2)
        try seat.issue(7, now: .noon + 3)
        try seat.tamper(
            """
            UPDATE issuingKey SET revokedAt = NULL, revocationReason = NULL; UPDATE act SET reason = reason || '.' WHERE kind = 'revoke_key'
            """
        )
        #expect(throws: AuthorityError.self) { try open().rootRequest(lifetime: 86_400) }
        #expect(throws: AuthorityError.self) { try publish() }
    }

    /// The paper of an office leads where the authority said, and bears the code of its licence.
    @Test(arguments: [
        "UPDATE authority SET verifyAddress = 'https://evil.example', base = 'https://evil.example/publication/'",
        "UPDATE licence SET code = (SELECT code FROM licence WHERE id = 2) WHERE id = 1",
        "UPDATE licence SET code = zeroblob(100) WHERE id = 1",
    ])
    func nothingIsDrawnThatWasNotSigned(sql: String) throws {
        #expect(try open().licenceToDraw(Sample.creditCode(1)) != nil)
        try seat.tamper(sql)
        #expect(throws: (any Error).self) { try open().licenceToDraw(Sample.creditCode(1)) }
        #expect(throws: (any Error).self) {
            let request = Authority.IssueRequest(particulars: try Sample.particulars(1), overrideReason: nil)
            _ = try open().issue([request], on: Seat.terms(), now: .noon + 3).map { try $0.get() }
        }
    }

    /// Honest codes of another licence pass for the version before.
    @Test func theVersionBeforeIsFoundByItsOwnRow() throws {
        _ = try seat.apply(.suspend, 2, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        _ = try seat.authority.revise(Sample.creditCode(2), .replace, reason: "r", on: Seat.terms(), now: .noon + 3)
        try seat.tamper(
            """
            CREATE TEMP TABLE real AS SELECT * FROM licence WHERE id = 2;
            UPDATE licence SET status = 'suspended', creditCode = '91110000MA2N00000X' WHERE id = 2;
            UPDATE licence SET status = 'valid' WHERE id = 4;
            INSERT INTO licence SELECT 77, (SELECT creditCode FROM real), 1, status, office, list, 65535 - entry, issuer, issued, lastDay, kind,
                division, name, nameKey, particulars, code, digest FROM licence WHERE id = 3;
            DROP TABLE real
            """
        )
        let error = #expect(throws: AuthorityError.self) { try publish() }
        #expect(error?.reason.contains("tampered") == true, "\(String(describing: error))")
    }

    /// An office without numbers for its lists can issue nothing any more.
    @Test(arguments: [3, 65_535, Int.max]) func listsAreNumberedOneByOne(number: Int) throws {
        try seat.tamper("INSERT INTO statusList (office, number, size) VALUES (341181, \(number), 65536)")
        #expect(throws: (any Error).self) { try publish() }
        #expect(throws: (any Error).self) {
            let request = Authority.IssueRequest(particulars: try Sample.particulars(5), overrideReason: nil)
            _ = try open().issue([request], on: Seat.terms(), now: .noon + 3).map { try $0.get() }
        }
        #expect(try findings().contains { $0.subject == "lists" })
    }

    @Test(arguments: [
        "size = 9223372036854775807", "used = 9223372036854775807", "used = -9223372036854775808", "size = 131072",
    ])
    func impossibleListsAreRefused(value: String) throws {
        try seat.tamper("UPDATE statusList SET \(value)")
        #expect(throws: (any Error).self) { try publish() }
        #expect(try !findings().isEmpty)
    }

    /// It would be published as it is until readers believe it no more.
    @Test func aTrustListEndsWhenItSaysSo() throws {
        try seat.tamper("UPDATE trustList SET nextUpdate = 9000000000")
        #expect(throws: AuthorityError.self) { try publish(now: .noon + 100 * .day) }
    }

    /// Each of these stops a command later, or is of no use but to somebody who has more in mind.
    @Test(
        arguments: [
            "UPDATE publishedFile SET sequence = 9223372036854775807", "UPDATE publishedFile SET sequence = -1",
            "DELETE FROM publishedFile", "UPDATE statusList SET size = 16",
            "UPDATE sqlite_sequence SET seq = 65534 WHERE name = 'issuingKey'",
            "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'licence'",
        ]
    )
    func theDoctorFindsWhatOnlyLaterDoesHarm(sql: String) throws {
        #expect(try findings().isEmpty)
        try seat.tamper(sql)
        #expect(try !findings().isEmpty)
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "841"])
    func anImpossibleTimeOfDayIsRefused(offset: String) throws {
        try seat.tamper("UPDATE authority SET utcOffset = \(offset)")
        #expect(throws: RegistryError.self) { try open() }
    }

    @Test(arguments: ["status/341181-1", "issued/341181-1", TrustList.path]) func aPipeInThePublicationStopsNobody(
        path: String
    ) throws {
        try seat.issue(4)
        unlink("\(seat.publication)/\(path)")
        #expect(mkfifo("\(seat.publication)/\(path)", 0o600) == 0)
        #expect(try publish().written.contains(path))
        #expect(try publish(now: .noon + 10).written.isEmpty)
    }

    /// What the newest trust list says of a key would be forgotten with it.
    @Test func aRevocationIsPublishedThoughTheTrustListIsGoneThatSaysSo() throws {
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        try seat.publish(now: .noon + 2)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon + 3)
        try seat.tamper("DELETE FROM trustList WHERE sequence = (SELECT max(sequence) FROM trustList)")
        #expect(try findings().contains { $0.reason == "has ended, and the newest trust list says otherwise" })
        _ = try publish()
        let list = try open().trustList(DurableFile.read("\(seat.publication)/\(TrustList.path)", limit: 1 << 20))
        #expect(list.keys.first { $0.number == seat.office.number }?.revocation != nil)
    }

    /// A supervisor would be shown another content than he signs.
    @Test func nobodyIsShownWhatNobodyProposed() throws {
        let policy = Policy(acts: ["annul"], batchOver: nil, approvals: 1, lifetime: 86_400)
        try seat.authority.set(policy, reason: "r", officer: "王", now: .noon)
        for number in 1...2 { #expect(throws: AuthorityError.self) { try seat.apply(.annul, number, now: .noon + 1) } }
        let numbers = try open().proposals(now: .noon + 2).map(\.number)
        try #require(numbers.count == 2)
        try seat.tamper(
            """
            UPDATE act SET (detail, digest, reason) = (SELECT detail, digest, reason FROM act WHERE id = \(numbers[1])) WHERE id = \(numbers[0])
            """
        )
        #expect(throws: AuthorityError.self) { try open().proposal(numbers[0]) }
        #expect(throws: AuthorityError.self) { try open().proposals(now: .noon + 2) }
        #expect(throws: AuthorityError.self) { try open().approve(numbers[0], officer: "李", now: .noon + 2) }
    }
}
