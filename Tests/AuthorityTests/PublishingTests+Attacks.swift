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

/// Somebody who may write the registry's file and has no officer's key.
extension PublishingTests {
    /// By somebody who may write the file and has no officer's key; the list is marked as changed, as the program would.
    @Test(arguments: [
        ("UPDATE licence SET status = 'valid' WHERE id = 2", "was published as revoked"),
        ("UPDATE licence SET status = 'valid' WHERE id = 3", "which no act says"),
        ("UPDATE licence SET status = 'suspended' WHERE id = 1", "which no act says"),
        ("DELETE FROM licence WHERE id = 1", "3 licences were given an entry of it, and there are 2"),
        ("UPDATE licence SET digest = zeroblob(32) WHERE id = 1", "1 licences that were published are not in it"),
        (
            "UPDATE licence SET status = 'valid' WHERE id = 2; DELETE FROM act WHERE kind = 'revoke'",
            "tampered"
        ),
    ])
    func publishesNothingThatTakesBackWhatWasPublished(sql: String, reason: String) throws {
        for number in 2...3 { try seat.issue(number) }
        _ = try seat.apply(.revoke, 2)
        _ = try seat.apply(.suspend, 3)
        try seat.publish()
        let before = try contents()
        try seat.tamper("\(sql); UPDATE statusList SET revision = revision + 1")
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 1) }
        #expect(
            error?.code == .rolledBack && error?.description.contains(reason) == true,
            "\(String(describing: error))"
        )
        #expect(try contents() == before)
    }

    /// The same where nothing was published before, something else lies there, or the record of what was published was altered: then
    /// only acts can tell.
    @Test(
        arguments: [
            "UPDATE licence SET status = 'valid' WHERE id = 2", "UPDATE licence SET status = 'valid' WHERE id = 3",
            "UPDATE licence SET status = 'suspended' WHERE id = 1", "DELETE FROM licence WHERE id = 1",
            "UPDATE act SET licence = 1 WHERE kind = 'revoke'", "UPDATE licence SET status = 'valid' WHERE id = 4",
            "UPDATE act SET licence = 99999 WHERE kind = 'revoke'; UPDATE licence SET status = 'valid' WHERE id = 2",
            "UPDATE act SET licence = 1 WHERE kind = 'revoke'; UPDATE licence SET status = 'valid' WHERE id = 2",
            "UPDATE licence SET lastDay = 1, status = 'valid' WHERE id = 3",
            "DELETE FROM licence WHERE id = 1; UPDATE statusList SET used = used - 1",
            // The entries and digests of a revoked and of a valid one.
            """
            CREATE TEMP TABLE old AS SELECT id, entry, digest FROM licence;
            UPDATE licence SET entry = -id WHERE id < 3;
            UPDATE licence SET (entry, digest) = (SELECT entry, digest FROM old WHERE old.id = 3 - licence.id) WHERE id < 3
            """,
            // Of these the entries alone.
            """
            CREATE TEMP TABLE old AS SELECT id, entry FROM licence;
            UPDATE licence SET entry = -id WHERE id < 3;
            UPDATE licence SET entry = (SELECT entry FROM old WHERE old.id = 3 - licence.id) WHERE id < 3
            """,
            "INSERT INTO statusList VALUES (341181, 2, 65536, 1, 1); UPDATE licence SET list = 2 WHERE id = 2; UPDATE statusList SET used = used - 1 WHERE number = 1",
            "UPDATE licence SET id = -1 WHERE id = 1", "UPDATE act SET id = 0 WHERE kind = 'revoke'",
            """
            INSERT INTO licence SELECT 99, '92341181MA2N00009T', 1, 'valid', office, list, 65535 - entry, issuer, issued, lastDay, kind,
                division, name, nameKey, particulars, code, digest FROM licence WHERE id = 1;
            UPDATE statusList SET used = used + 1
            """,
        ],
        [1, 60]
    ) func publishesNothingThatNoActTellsOf(sql: String, licences: Int) throws {
        for number in 2...3 { try seat.issue(number) }
        _ = try seat.apply(.revoke, 2)
        _ = try seat.apply(.suspend, 3)
        try seat.issue(4)
        _ = try seat.authority.revise(
            Sample.creditCode(4),
            .replace,
            reason: "遗失",
            on: Seat.terms(),
            now: .noon
        )
        for number in 5..<5 + licences { try seat.issue(number) }
        try seat.publish()
        try seat.tamper(
            """
            \(sql); UPDATE statusList SET revision = revision + 1
            """
        )
        // Where nobody knows what was published last, everything is looked at.
        unlink(seat.authority.home.published)
        let error = #expect(throws: (any Error).self) { try seat.publish(now: .noon + 1) }
        #expect(
            ["tampered", "under another", "impossible", "no act can do"].contains {
                "\(String(describing: error))".contains($0)
            },
            "\(String(describing: error))"
        )
        let elsewhere = "\(seat.publication)-2"
        #expect(throws: (any Error).self) {
            try seat.authority.publish(to: elsewhere, on: Seat.publishTerms, now: .noon + 1)
        }
        // A list that is good by itself may lie there before the bad one is met.
        if !sql.contains("INSERT INTO statusList") {
            #expect(!FileManager.default.fileExists(atPath: "\(elsewhere)/\(status)"))
        }
    }

    /// The registry counts what changed, and who can write the file can count otherwise.
    @Test func publishesARevocationThatTheRegistryDoesNotCount() throws {
        try seat.issue(2)
        try seat.publish()
        _ = try seat.apply(.revoke, 2, now: .noon + 1)
        let content = try seat.authority.registry.read { session in
            Authority.content(of: try session.entries(of: try #require(try session.statusLists().first)))
        }
        try seat.tamper(
            "UPDATE publishedFile SET revision = (SELECT revision FROM statusList), contentDigest = x'\(content)'"
        )
        #expect(try seat.publish(now: .noon + 2).written == [status, "log/checkpoint"])
        let record = try #require(try seat.authority.registry.read { try $0.licence(Sample.creditCode(2)) })
        #expect(try seat.snapshot().lists(of: seat.office, 1).status.get().value(at: record.reference.index) == 1)
    }

    /// The row says what was published before, and only the act says otherwise.
    @Test(arguments: [
        "UPDATE licence SET status = 'valid' WHERE id = 2",
        "UPDATE licence SET status = 'valid' WHERE id = 2; UPDATE act SET licence = 99999 WHERE kind = 'revoke'",
        // The act of another licence, made one of this.
        """
        UPDATE licence SET status = 'annulled' WHERE id = 1; UPDATE act SET kind = 'annul', licence = 1,
            creditCode = (SELECT creditCode FROM licence WHERE id = 1), digest = (SELECT digest FROM licence WHERE id = 1)
            WHERE kind = 'suspend'
        """,
        "DELETE FROM statusList", "UPDATE publishedFile SET sequence = 0",
    ])
    func publishesNoRowThatSaysLessThanItsActs(sql: String) throws {
        try seat.issue(2)
        try seat.issue(3)
        _ = try seat.apply(.suspend, 3)
        try seat.publish()
        try seat.publish(now: .noon + 4 * .day)
        _ = try seat.apply(.revoke, 2, now: .noon + 5 * .day)
        try seat.issue(4, now: .noon + 5 * .day)
        try seat.tamper("\(sql); UPDATE statusList SET revision = revision + 1")
        let before = try contents()
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 5 * .day + 1) }
        #expect(error?.code == .rolledBack, "\(String(describing: error))")
        #expect(try contents() == before)
    }

    /// Not even where the numbers of the registry have outgrown those of the other publication.
    @Test func takesBackNoEndThatAnotherPublicationTellsOf() throws {
        try seat.issue(2)
        let other = "\(seat.publication)-2"
        _ = try seat.apply(.revoke, 2)
        _ = try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon)
        // As in a registry from before, whose acts say nothing of it.
        let last = try seat.count("act")
        try seat.tamper(
            """
            DELETE FROM act WHERE id = \(last); UPDATE licence SET status = 'valid';
            UPDATE publishedFile SET sequence = 9
            """
        )
        try seat.authority.home.write(try #require(try seat.authority.registry.read { try Anchor(of: $0) }))
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 1)
        }
        #expect(
            error?.reason.contains("the log tells of") == true,
            "\(String(describing: error))"
        )
    }
}
