import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import TransparencyLog
import Verification

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// Where the log is lost everywhere another begins, once, and not without a word.
extension TakenOnTests {
    /// A restoration that was broken off between the registry and the log.
    @Test func nothingIsPublishedUntilTheLogHasBegunThatTheRegistrySaysBegins() throws {
        let aside = seat.folder.file("log-before")
        try FileManager.default.copyItem(atPath: home.log, toPath: aside)
        try FileManager.default.removeItem(atPath: home.log)
        try FileManager.default.removeItem(atPath: "\(seat.publication)/log")
        _ = try putBack(seat.publication, isLost: true)
        let begun = try #require(LogBeginning(in: home.log))
        #expect(try seat.differences(opened()).isEmpty, "what is to begin is not gone")
        // As it was when the registry had got its name.
        try FileManager.default.removeItem(atPath: home.log)
        for log in [nil, aside] {
            if let log { try FileManager.default.copyItem(atPath: log, toPath: home.log) }
            let error = #expect(throws: AuthorityError.self) {
                try publish(to: seat.folder.file("else"), now: .noon + 4)
            }
            #expect(error?.code == .rolledBack && error?.reason.contains("--new-log") == true, "\(error as Any)")
        }
        // Found again, it goes on after all.
        _ = try seat.restoreLog(now: .noon + 5)
        try publish(now: .noon + 6)
        #expect(try status() == ListedStatus.revoked.rawValue)
        // Of an act that the registry does not have a beginning is none.
        try FileManager.default.removeItem(atPath: home.log)
        try DurableFile.makeFolder(home.log)
        try begun.write(in: home.log)
        #expect(throws: AuthorityError.self) { try publish(to: seat.folder.file("else"), now: .noon + 7) }
    }

    /// Until the key of before is revoked everybody who asks is told; another folder says what is in its way.
    @Test func whatMustBeDoneSinceTheLogBeganAnewIsSaidUntilItIsDone() throws {
        let other = seat.folder.file("other")
        try publish(to: other, now: .noon + 2)
        try FileManager.default.removeItem(atPath: home.log)
        for folder in [seat.publication, other] {
            try DurableFile.write([1], to: "\(folder)/log/tile/entries/000.p/\(seat.logHead("\(folder)/log").size)")
        }
        _ = try putBack(seat.publication, isLost: true)
        #expect(LogBeginning(in: home.log)?.replaced != nil)
        #expect(try !seat.differences(opened()).contains { $0.contains("is gone, and something") })
        #expect(try publish(now: .noon + 4).remarks.contains { $0.contains("THE LOG BEGINS ANEW") })
        let error = #expect(throws: AuthorityError.self) { try publish(to: other, now: .noon + 5) }
        #expect(error?.reason.contains("move it aside") == true, "\(error as Any)")
        // Nor is it gone on from where it is named.
        let other2 = #expect(throws: AuthorityError.self) { try seat.restoreLog(from: other, now: .noon + 5) }
        #expect(other2?.reason.contains("is another log") == true, "\(other2 as Any)")
        try FileManager.default.moveItem(atPath: "\(other)/log", toPath: "\(other)/log.before")
        try publish(to: other, now: .noon + 6)
        #expect(try status(in: other) == ListedStatus.revoked.rawValue)
        func findings() throws -> [String] {
            var found: [String] = []
            _ = try Doctor(opened(), now: .noon + 7).examine { found.append($0.reason) }
            return found.filter { $0.contains("THE LOG BEGINS ANEW") }
        }
        #expect(try findings().count == 1)
        var authority = try opened()
        _ = try authority.rotateLogKey(in: .file(passphrase: Seat.passphrase), officer: "王", now: .noon + 8)
        try authority.revoke(authority.key("2"), asOf: .noon + 8, reason: "lost", officer: "王", now: .noon + 9)
        authority = try opened()
        #expect(try publish(now: .noon + 10).remarks.isEmpty)
        #expect(try findings().isEmpty)
        // Nor by a copy that knows nothing of it.
        let restored = try putBack(seat.publication, now: .noon + 11)
        #expect(!restored.remarks.contains { $0.contains("THE LOG BEGINS ANEW") }, "\(restored.remarks)")
        #expect(try publish(now: .noon + 12).remarks.isEmpty)
    }

    enum Newer: CaseIterable { case publishedTables, homeTables, replacedRegistry }

    /// A list that verifies, and is not the newest that was published.
    @Test(arguments: Newer.allCases) func anOlderListIsNotTakenForTheNewest(newer: Newer) throws {
        let number = try number(in: home.log)
        let (files, log) = (FileManager.default, "\(seat.publication)/log")
        unlink(home.published)
        switch newer {
        case .publishedTables:
            try files.removeItem(atPath: home.log)
            try files.removeItem(atPath: home.registry)
            try files.removeItem(atPath: "\(log)/tile/entries")
        case .homeTables:
            try files.removeItem(atPath: log)
            try files.removeItem(atPath: "\(home.log)/tile")
            try files.removeItem(atPath: home.registry)
        case .replacedRegistry: for log in [log, home.log] { try files.removeItem(atPath: log) }
        }
        try DurableFile.write(DurableFile.read("\(older)/\(path)", limit: 1 << 24), to: "\(seat.publication)/\(path)")
        let restored = try putBack(seat.publication, isLost: true)
        #expect(
            restored.remarks.contains { $0.contains("\(path) WAS SIGNED AS NUMBER \(number)") },
            "\(restored.remarks)"
        )
        try publish(now: .noon + 4)
        #expect(try self.number(in: home.log) > number, "no number is signed twice")
    }

    /// The first publication was broken off after the head was signed, and that is lost.
    @Test(arguments: [true, false]) func aLogThatHasBegunDoesNotBeginAgain(isHomeLogGone: Bool) throws {
        for log in [home.log, "\(seat.publication)/log"] { try FileManager.default.removeItem(atPath: log) }
        _ = try putBack(seat.publication, isLost: true)
        try FileManager.default.createDirectory(
            atPath: "\(seat.publication)/\(ListKind.status.path(of: seat.office.office, 2))/x",
            withIntermediateDirectories: true
        )
        #expect(throws: PublicationError.self) { try publish(now: .noon + 4) }
        let published = try seat.logHead("\(seat.publication)/log")
        unlink("\(home.log)/checkpoint")
        try FileManager.default.removeItem(
            atPath: "\(seat.publication)/\(ListKind.status.path(of: seat.office.office, 2))"
        )
        #expect(throws: AuthorityError.self) { try publish(now: .noon + 5) }
        // What is published of it is taken over, and is known as the one that began.
        if isHomeLogGone { try FileManager.default.removeItem(atPath: home.log) }
        let restored = try seat.restoreLog(now: .noon + 6)
        #expect(restored.remarks.contains { $0.contains("THE LOG BEGINS ANEW") }, "\(restored.remarks)")
        #expect(try publish(now: .noon + 7).remarks.contains { $0.contains("THE LOG BEGINS ANEW") })
        #expect(try seat.logHead().size > published.size)
        #expect(try FileManager.default.contentsOfDirectory(atPath: seat.publication).contains("log.before") == false)
    }

    /// A copy from before the log began anew does not know that it did, nor does what is taken over.
    @Test func whatMustBeDoneIsSaidAfterAnOlderCopyAsWell() throws {
        for log in [home.log, "\(seat.publication)/log"] { try FileManager.default.removeItem(atPath: log) }
        _ = try putBack(seat.publication, isLost: true)
        try publish(now: .noon + 4)
        _ = try putBack(seat.publication, now: .noon + 5)
        #expect(try publish(now: .noon + 6).remarks.contains { $0.contains("THE LOG BEGINS ANEW") })
        #expect(try seat.differences(opened()).isEmpty)
        try FileManager.default.removeItem(atPath: home.log)
        _ = try seat.restoreLog(now: .noon + 7)
        #expect(try publish(now: .noon + 8).remarks.contains { $0.contains("THE LOG BEGINS ANEW") })
        // The doctor says so, too.
        try seat.tamper("SELECT 1")
    }

    /// What was taken back begins with no later restoration.
    @Test func aLogThatWasFoundAgainIsTheOneThatThereEverWas() throws {
        let found = seat.folder.file("found")
        try FileManager.default.copyItem(atPath: seat.publication, toPath: found)
        for log in [home.log, "\(seat.publication)/log"] { try FileManager.default.removeItem(atPath: log) }
        _ = try putBack(seat.publication, isLost: true)
        _ = try seat.restoreLog(from: found, now: .noon + 4)
        #expect(try publish(to: found, now: .noon + 5).remarks.isEmpty)
        let later = seat.folder.file("later.sqlite")
        _ = try opened().backUp(to: later)
        for copy in [later, backup] {
            let restored = try putBack(found, from: copy, now: .noon + 6)
            #expect(!restored.remarks.contains { $0.contains("ANEW") }, "\(restored.remarks)")
        }
        #expect(try publish(to: found, now: .noon + 7).remarks.isEmpty)
        #expect(LogBeginning(in: home.log) == nil)
    }

    /// Readers forget what a revoked key has signed, and so does a home from before.
    @Test func aHomeFromBeforeTheLogBeganAnewGoesOnWithTheOneThatReadersBelieve() throws {
        let (before, files) = (seat.folder.file("home-before"), FileManager.default)
        try files.copyItem(atPath: home.path, toPath: before)
        for log in [home.log, "\(seat.publication)/log"] { try files.removeItem(atPath: log) }
        _ = try putBack(seat.publication, isLost: true)
        var authority = try opened()
        _ = try authority.rotateLogKey(in: .file(passphrase: Seat.passphrase), officer: "王", now: .noon + 4)
        try authority.revoke(authority.key("2"), asOf: .noon + 4, reason: "lost", officer: "王", now: .noon + 5)
        try publish(now: .noon + 5)
        authority = try opened()
        let size = try seat.logHead().size
        for path in [home.log, home.published, home.publishedTrustList] {
            try files.removeItem(atPath: path)
            try files.copyItem(atPath: path.replacing(home.path, with: before), toPath: path)
        }
        let restored = try putBack(seat.publication, now: .noon + 6)
        #expect(restored.remarks.contains { $0.contains("THE LOG THAT WAS HERE") }, "\(restored.remarks)")
        try publish(now: .noon + 7)
        #expect(try seat.logHead().size > size)
        #expect(try status() == ListedStatus.revoked.rawValue)
        #expect(try seat.differences(opened()).isEmpty)
    }

    /// Who says it twice before anything is signed is refused as before.
    @Test func whatWasPublishedIsKnownUntilAnotherLogIsSigned() throws {
        try FileManager.default.removeItem(atPath: home.log)
        #expect(throws: AuthorityError.self) { try putBack(older) }
        _ = try putBack(older, isLost: true)
        #expect(throws: AuthorityError.self) { try putBack(older, now: .noon + 4) }
        let restored = try putBack(older, isLost: true, now: .noon + 5)
        #expect(restored.remarks.contains { $0.contains("THE LOG BEGINS ANEW") }, "\(restored.remarks)")
        #expect(try publish(to: older, now: .noon + 6).remarks.count == 1)
    }

    /// From before anything was published: what is replaced knows that something was.
    @Test func noSecondLogBeginsBecauseTheCopyKnowsOfNone() throws {
        let seat = try Seat()
        try seat.issue(1)
        let backup = seat.folder.file("first.sqlite")
        _ = try seat.authority.backUp(to: backup)
        try seat.publish()
        let home = seat.authority.home
        for path in [home.published, "\(home.log)/checkpoint"] { unlink(path) }
        for name in ["log", "status", "issued"] {
            try FileManager.default.removeItem(atPath: "\(seat.publication)/\(name)")
        }
        unlink(home.registryLock)
        let error = #expect(throws: AuthorityError.self) {
            try Authority.restore(
                backup,
                at: home,
                publication: seat.publication,
                reason: "r",
                officer: "王",
                prompt: Seat.prompt,
                now: .noon + 3
            )
        }
        #expect(error?.reason.contains("damaged or incomplete") == true, "\(error as Any)")
        try seat.tamper("SELECT 1")
    }
}
