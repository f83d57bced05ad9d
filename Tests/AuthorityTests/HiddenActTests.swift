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
        UPDATE sqlite_schema SET sql = 'CREATE INDEX actAfterIssue ON act (creditCode) WHERE kind <> ''issue'''
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

    /// Readers never again believe a smaller number; and a list that ends is made anew whatever the registry says of it.
    @Test func whatTheRegistrySaysOfAPublishedFileIsHeldAgainstTheFile() throws {
        try seat.publish(now: .noon + 3)
        try seat.tamper("UPDATE publishedFile SET expires = expires + 100 * 86400")
        let later = Instant.noon + 6 * .day
        #expect(try seat.publish(now: later).written.count == 2)
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
        #expect(found.contains { $0.contains("key 3 is not what anybody asked for") }, "\(found)")
    }

    @Test func theRootSignsNoOtherNameOfAnOffice() throws {
        try seat.tamper("UPDATE office SET nameZh = '假冒市场监督管理局'")
        #expect(throws: AuthorityError.self) {
            try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 2)
        }
    }
}
