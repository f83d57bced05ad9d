import Foundation
import GRDB
import Licence
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// A registry that was put back knows less than the root that is kept apart.
extension RootApartTests {
    /// What the root certified and nobody published: its answer is accepted again, with the key; also where the number was given away
    /// anew meanwhile.
    @Test(arguments: [false, true]) func theLastAnswerIsAcceptedAfterARestoration(isAskedMeanwhile: Bool) throws {
        _ = try addOffice()
        try accept(answer())
        try publish()
        let backup = folder.file("backup.sqlite")
        _ = try open().backUp(to: backup)
        _ = try rotate(.noon + 1)
        let lost = try answer(now: .noon + 2)
        try putBack(backup)
        if isAskedMeanwhile { _ = try rotate(.noon + 4) }
        let refused = #expect(throws: AuthorityError.self) { _ = try answer(now: .noon + 5) }
        #expect(refused?.reason.contains("accept this root's last answer first") == true)
        try accept(lost, now: .noon + 6)
        try accept(answer(now: .noon + 7), now: .noon + 7)
        #expect(try open().untold().isEmpty)
        #expect(try open().registry.read { try $0.requestedKeys() }.isEmpty)
        let keys = try open().registry.read { [authority = try open()] in try $0.keys(of: authority.record) }
        #expect(keys.count == (isAskedMeanwhile ? 5 : 4))
        var found: [String] = []
        _ = try Doctor(open(), now: .noon + 8).examine { found.append("\($0.subject): \($0.reason)") }
        #expect(found.isEmpty, "\(found)")
        // An answer like that is taken once; later ones must be of what was asked for.
        try publish(now: .noon + 9)
    }

    /// What the root retired or revoked before the loss stays so.
    @Test(arguments: [false, true]) func whatTheRootEndedBeforeTheLossStaysEnded(isRevoked: Bool) throws {
        _ = try addOffice()
        try accept(answer())
        _ = try rotate(.noon)
        try accept(answer())
        try publish()
        let backup = folder.file("backup.sqlite")
        _ = try open().backUp(to: backup)
        let key = try open().key("3")
        if isRevoked {
            try open().revoke(key, asOf: .noon, reason: "lost", officer: "王", now: .noon + 1)
        } else {
            try open().retire(key, at: nil, officer: "王", now: .noon + 1)
        }
        let lost = try answer(now: .noon + 2)
        try putBack(backup)
        let news = try accept(lost, now: .noon + 4)
        #expect(news.contains { $0.contains("as the root knows from before the loss") }, "\(news)")
        try accept(answer(now: .noon + 5), now: .noon + 5)
        #expect(try open().key("3").retiredAt == (isRevoked ? nil : .noon + 1))
        #expect(try open().key("3").revocation?.at == (isRevoked ? .noon : nil))
        try publish(now: .noon + 6)
    }

    /// Several answers were lost with the registry: they are accepted again as they came, keys that were revoked included.
    @Test func lostAnswersAreAcceptedInTheirOrder() throws {
        _ = try addOffice()
        try accept(answer())
        try publish()
        let backup = folder.file("backup.sqlite")
        _ = try open().backUp(to: backup)
        var lost: [[UInt8]] = []
        _ = try rotate(.noon + 1)
        lost.append(try answer(now: .noon + 1))
        try accept(lost[0], now: .noon + 1)
        for key in ["3", "4"] {
            try open().revoke(open().key(key), asOf: .noon, reason: "lost", officer: "王", now: .noon + 2)
            lost.append(try answer(now: .noon + 2))
            try accept(lost[lost.count - 1], now: .noon + 2)
        }
        _ = try rotate(.noon + 2)
        lost.append(try answer(now: .noon + 2))
        try putBack(backup)
        for answer in lost { try accept(answer, now: .noon + 4) }
        try accept(answer(now: .noon + 5), now: .noon + 5)
        #expect(try open().key("3").revocation != nil && open().key("4").revocation != nil)
        var found: [String] = []
        _ = try Doctor(open(), now: .noon + 8).examine { found.append("\($0.subject): \($0.reason)") }
        #expect(found.isEmpty, "\(found)")
        try publish(now: .noon + 9)
    }

    /// A key that waited for the root when the copy was made, was certified, and ended before the loss.
    @Test(arguments: [false, true]) func aKeyThatEndedAfterTheCopyIsTakenOver(isRevoked: Bool) throws {
        _ = try addOffice()
        try accept(answer())
        _ = try rotate(.noon + 1)
        let backup = folder.file("backup.sqlite")
        _ = try open().backUp(to: backup)
        try accept(answer(now: .noon + 2), now: .noon + 2)
        if isRevoked {
            try open().revoke(open().key("4"), asOf: .noon, reason: "lost", officer: "王", now: .noon + 2)
        } else {
            try open().retire(open().key("4"), at: nil, officer: "王", now: .noon + 2)
        }
        try accept(answer(now: .noon + 3), now: .noon + 3)
        try publish(now: .noon + 3)
        try putBack(backup)
        #expect(try open().key("4").revocation != nil || open().key("4").retiredAt != nil)
        var found: [String] = []
        _ = try Doctor(open(), now: .noon + 8).examine { found.append("\($0.subject): \($0.reason)") }
        #expect(found.isEmpty, "\(found)")
    }

    @Test(arguments: [
        "purpose = 1, office = 341181, divisions = '340000', kinds = 'company'", "divisions = '340000'",
        "office = 341181",
    ])
    func theFirstKeyIsForListsAndForNothingElse(changes: String) throws {
        try open().registry.database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1")
            try database.execute(sql: "UPDATE requestedKey SET \(changes)")
        }
        #expect(throws: (any Error).self) { try open().rootRequest(lifetime: 86_400) }
    }

    private func putBack(_ backup: String) throws {
        _ = try Authority.restore(
            backup,
            at: home,
            publication: folder.file("publication"),
            reason: "disk failed",
            officer: "王",
            prompt: Seat.prompt,
            now: .noon + 3
        )
    }

    private func rotate(_ now: Instant) throws -> Authority.MadeKey {
        try open().rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: now)
    }
}
