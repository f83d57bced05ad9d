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

/// Somebody who may write the registry's file, and takes away what was done in ways that a look at the last acts does not show.
@Suite struct HiddenActTests {
    let seat: Seat

    /// Licence 2 was revoked after the last publication, and others have gone on since.
    init() throws {
        seat = try Seat()
        for number in 1...2 { try seat.issue(number) }
        try seat.publish()
        _ = try seat.apply(.revoke, 2, now: .noon + 1)
        for number in 3...4 { try seat.issue(number, now: .noon + 2) }
    }

    private static let hidden = """
        UPDATE licence SET status = 'valid' WHERE id = 2;
        PRAGMA writable_schema = 1;
        DROP INDEX actAfterIssue;
        CREATE INDEX actAfterIssue ON act (creditCode) WHERE kind <> 'issue' AND kind <> 'revoke';
        UPDATE sqlite_schema SET sql =
            'CREATE INDEX actAfterIssue ON act (creditCode) WHERE creditCode IS NOT NULL AND kind <> ''issue'''
            WHERE name = 'actAfterIssue'
        """

    /// Into the folder that this office publishes to, and into one that knows nothing.
    @Test(
        arguments: [
            "UPDATE act SET at = 0 WHERE kind = 'revoke'", "DELETE FROM act WHERE kind = 'revoke'",
            "UPDATE act SET reason = 'x' WHERE kind = 'revoke'", "UPDATE act SET licence = 1 WHERE kind = 'revoke'",
            "UPDATE act SET creditCode = (SELECT creditCode FROM licence WHERE id = 1), licence = 1 WHERE kind = 'revoke'",
            hidden,
        ],
        [true, false]
    )
    func whatIsHiddenIsNotPublishedAsValid(sql: String, isSameFolder: Bool) throws {
        try seat.tamper("\(sql); UPDATE licence SET status = 'valid' WHERE id = 2; PRAGMA writable_schema = 0")
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        let folder = isSameFolder ? seat.publication : seat.folder.file("elsewhere")
        let error = #expect(throws: (any Error).self) {
            try authority.publish(to: folder, on: Seat.publishTerms, now: .noon + 3)
        }
        #expect("\(String(describing: error))".contains("tampered"), "\(String(describing: error))")
    }

    /// What was done before the last publication is in the lists; elsewhere the acts are gone along from the first one.
    @Test func aRevocationThatWasPublishedIsNotTakenBackInAnyFolder() throws {
        try seat.publish(now: .noon + 3)
        try seat.issue(5, now: .noon + 4)
        try seat.tamper("DELETE FROM act WHERE kind = 'revoke'; UPDATE licence SET status = 'valid' WHERE id = 2")
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        for folder in [seat.publication, seat.folder.file("elsewhere")] {
            #expect(throws: (any Error).self) {
                try authority.publish(to: folder, on: Seat.publishTerms, now: .noon + 5)
            }
        }
    }

    @Test func aSuspensionThatWasPublishedEndsByAnActOnly() throws {
        _ = try seat.apply(.suspend, 1, now: .noon + 3)
        try seat.publish(now: .noon + 4)
        try seat.issue(5, now: .noon + 5)
        // Hidden from the index, so that the acts that are found tell of a valid licence.
        try seat.tamper(
            Self.hidden.replacing("'revoke'", with: "'suspend'") + "; UPDATE licence SET status = 'valid' WHERE id = 1"
                + "; UPDATE licence SET status = 'revoked' WHERE id = 2; PRAGMA writable_schema = 0"
        )
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        let error = #expect(throws: (any Error).self) {
            try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 6)
        }
        #expect("\(String(describing: error))".contains("tampered"), "\(String(describing: error))")
    }

    /// The register's wording would be signed into the next version.
    @Test(arguments: ["滁州市", "粮油"]) func noVersionIsMadeOfParticularsThatTheCodeDoesNotSay(old: String) throws {
        try seat.tamper("UPDATE licence SET particulars = replace(particulars, '\(old)', '9999') WHERE id = 1")
        let error = #expect(throws: (any Error).self) {
            try seat.authority.revise(Sample.creditCode(1), .replace, reason: "r", on: Seat.terms(), now: .noon + 3)
        }
        #expect(error != nil)
        #expect(try seat.authority.registry.read { try $0.licenceCount() } == 4)
    }

    /// A key that is revoked in a trust list that lies there stays so.
    @Test func noTrustListIsPutOverANewerOne() throws {
        try seat.publish(now: .noon + 3)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon + 4)
        try seat.publish(now: .noon + 5)
        try seat.tamper(
            "DELETE FROM trustList WHERE sequence = (SELECT max(sequence) FROM trustList); UPDATE issuingKey SET revokedAt = NULL, revocationReason = NULL"
        )
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        let before = try DurableFile.read("\(seat.publication)/\(TrustList.path)", limit: 1 << 20)
        #expect(throws: AuthorityError.self) {
            try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 6)
        }
        #expect(try DurableFile.read("\(seat.publication)/\(TrustList.path)", limit: 1 << 20) == before)
    }

    /// The file beside the registry says which one it published to last.
    @Test func anOlderFolderIsNotTakenForTheNewest() throws {
        let other = seat.folder.file("other")
        try seat.publish(now: .noon + 3)
        _ = try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 3)
        _ = try seat.apply(.revoke, 3, now: .noon + 4)
        try seat.publish(now: .noon + 5)
        try seat.issue(5, now: .noon + 5)
        try seat.tamper("UPDATE licence SET status = 'valid' WHERE id = 3; UPDATE publishedFile SET sequence = 77")
        #expect(throws: (any Error).self) {
            try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 6)
        }
    }

    /// Whatever the acts and the lists before have become.
    @Test(arguments: [true, false]) func aRevokedKeyIsNotBelievedAgain(isRenumbered: Bool) throws {
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon + 4)
        try seat.publish(now: .noon + 5)
        try seat.tamper(
            """
            UPDATE act SET kind = 'accept_trust_list' WHERE kind = 'revoke_key';
            UPDATE issuingKey SET revokedAt = NULL, revocationReason = NULL;
            DELETE FROM trustList WHERE sequence = (SELECT max(sequence) FROM trustList);
            """
        )
        if isRenumbered { try seat.tamper("UPDATE trustList SET sequence = sequence + 1 WHERE sequence > 1") }
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        _ = try? authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 6)
        _ = try? authority.rotateListKey(Seat.key(), officer: "王", now: .noon + 6)
        for folder in [seat.publication, seat.folder.file("elsewhere")] {
            #expect(throws: (any Error).self) {
                try authority.publish(to: folder, on: Seat.publishTerms, now: .noon + 7)
            }
        }
    }

    /// What others record while lists are signed is no tampering.
    @Test func publishingGoesOnBesideOthersAtWork() throws {
        try seat.publish(now: .noon + 3)
        _ = try seat.apply(.suspend, 3, now: .noon + 4)
        let other = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        var isDone = false
        let report = try seat.authority.publish(
            to: seat.publication,
            on: Seat.publishTerms,
            checking: { _, _ in
                guard !isDone else { return }
                isDone = true
                let request = try? Authority.IssueRequest(particulars: Sample.particulars(7), overrideReason: nil)
                _ = request.map { try? other.issue([$0], on: Seat.terms(), now: .noon + 5) }
                for act in [LicenceAct.suspend, .resume, .dormant] {
                    _ = try? other.apply(act, to: Sample.creditCode(1), reason: "r", officer: "张", now: .noon + 5)
                }
            },
            now: .noon + 6
        )
        #expect(isDone && report.written.count == 3)
        #expect(try seat.authority.registry.read { try $0.licence(Sample.creditCode(1))?.status } == .dormant)
        #expect(try seat.publish(now: .noon + 7).written.isEmpty)
    }

    /// Readers never again believe a smaller number.
    @Test func aNumberThatNoPublishingCameToIsRefused() throws {
        let later = Instant.noon + 6 * .day
        try seat.publish(now: .noon + 3)
        try seat.tamper("UPDATE publishedFile SET sequence = 9223372036854775807")
        try seat.issue(9, now: later)
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: later + 1) }
        #expect(error?.code == .rolledBack)
    }
}

/// The root certifies what an officer has asked for, and nothing that somebody wrote into the registry's file.
@Suite struct UnaskedKeyTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    private func insert(_ purpose: TrustedKey.Purpose, last: Instant = .noon + .year) throws {
        let key = try PrivateKey(algorithm: .es256)
        let request = try CertificationRequest(organisation: "滁州市", commonName: "x", signedBy: key)
        try seat.authority.registry.write { session in
            try session.insert(
                RequestedKey(
                    number: session.nextKeyNumber(),
                    purpose: purpose,
                    office: purpose == .lists ? nil : DivisionCode(341_181),
                    request: request,
                    divisions: purpose == .lists ? [] : [DivisionCode(100_000)],
                    kinds: purpose == .lists ? [] : [.company],
                    validity: .noon...last
                )
            )
        }
        try seat.tamper("SELECT 1")
    }

    @Test(arguments: [TrustedKey.Purpose.licences, .lists])
    func theRootCertifiesNoKeyThatNobodyAskedFor(purpose: TrustedKey.Purpose) throws {
        try insert(purpose, last: purpose == .lists ? .noon + 1 : .noon + .year)
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 2)
        }
        #expect(error?.code == .rolledBack)
        #expect(throws: AuthorityError.self) { try seat.authority.rootRequest(lifetime: 86_400) }
        var found: [String] = []
        _ = try Doctor(seat.authority, now: .noon + 3).examine { found.append("\($0.subject): \($0.reason)") }
        #expect(found.contains { $0.contains("key 4 is not what anybody asked for") }, "\(found)")
    }

    @Test func noApprovalIsUsedTwice() throws {
        for name in ["赵"] {
            _ = try seat.authority.addOfficer(
                name,
                isSupervisor: true,
                place: .file(passphrase: Seat.passphrase),
                officer: "王",
                now: .noon
            )
        }
        try seat.issue(1)
        let policy = Policy(acts: ["suspend"], batchOver: nil, approvals: 1, lifetime: 86_400)
        try seat.authority.set(policy, reason: "r", officer: "王", now: .noon)
        #expect(throws: AuthorityError.self) { try seat.apply(.suspend, 1, now: .noon + 1) }
        let proposal = try #require(try seat.authority.proposals(now: .noon + 2).first)
        _ = try seat.authority.approve(proposal.number, officer: "赵", now: .noon + 2)
        _ = try seat.apply(.suspend, 1, now: .noon + 3)
        _ = try seat.apply(.resume, 1, now: .noon + 4)
        try seat.tamper(
            """
            PRAGMA writable_schema = 1;
            DROP INDEX actReference;
            CREATE INDEX actReference ON act (reference) WHERE reference IS NOT NULL AND kind <> 'suspend';
            UPDATE sqlite_schema SET sql = 'CREATE INDEX actReference ON act (reference) WHERE reference IS NOT NULL'
                WHERE name = 'actReference';
            PRAGMA writable_schema = 0
            """
        )
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        let error = #expect(throws: AuthorityError.self) {
            try authority.apply(.suspend, to: Sample.creditCode(1), reason: "查处", officer: "张", now: .noon + 5)
        }
        #expect(error?.reason.contains("is hidden") == true, "\(String(describing: error))")
    }

    @Test func theRootSignsNoOtherNameOfAnOffice() throws {
        try seat.tamper("UPDATE office SET nameZh = '假冒市场监督管理局'")
        #expect(throws: AuthorityError.self) {
            try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 2)
        }
    }
}
