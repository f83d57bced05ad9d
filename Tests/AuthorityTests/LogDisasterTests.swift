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

/// The log, or what is published of it, is lost: no second one begins without a word, and there is a way out.
@Suite struct LogDisasterTests {
    let seat: Seat
    /// The home's log and the publication as they were before what was published last.
    private let older: (log: String, publication: String)

    init() throws {
        seat = try Seat()
        for number in 1...280 { try seat.issue(number) }
        try seat.publish()
        older = (seat.folder.file("older-log"), seat.folder.file("older-publication"))
        try Self.copy(seat.authority.home.log, to: older.log)
        try Self.copy(seat.publication, to: older.publication)
        _ = try seat.apply(.suspend, now: .noon + 1)
        try seat.publish(now: .noon + 2)
    }

    private static func copy(_ folder: String, to other: String) throws {
        try? FileManager.default.removeItem(atPath: other)
        try FileManager.default.copyItem(atPath: folder, toPath: other)
    }

    private func publish(now: Instant) throws {
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: now)
    }

    /// What lies in the home's log.
    private func contents() throws -> [String: [UInt8]] {
        let log = seat.authority.home.log
        let paths = try FileManager.default.subpathsOfDirectory(atPath: log)
        return Dictionary(
            uniqueKeysWithValues: paths.compactMap { path in
                (try? DurableFile.read("\(log)/\(path)", limit: 1 << 24, regularOnly: true)).map { (path, $0) }
            }
        )
    }

    enum Loss: CaseIterable { case publishedLog, homeLogIsOlder, bothAreOlder, homeLogAndOnlyAnOlderCopy }

    /// The home still knows what it published, or the lists that are published tell.
    @Test(arguments: Loss.allCases, [true, false]) func nothingGoesOnBeforeWhatReadersSaw(
        loss: Loss,
        isKnownAtHome: Bool
    )
        throws
    {
        let (home, log) = (seat.authority.home, "\(seat.publication)/log")
        let head = try seat.logHead()
        if !isKnownAtHome { unlink(home.published) }
        switch loss {
        case .publishedLog: try FileManager.default.removeItem(atPath: log)
        case .homeLogIsOlder:
            try Self.copy(older.log, to: home.log)
            try FileManager.default.removeItem(atPath: log)
        case .bothAreOlder:
            try Self.copy(older.log, to: home.log)
            try Self.copy("\(older.publication)/log", to: log)
        case .homeLogAndOnlyAnOlderCopy:
            try FileManager.default.removeItem(atPath: home.log)
            try Self.copy("\(older.publication)/log", to: log)
        }
        // Here everything is at home.
        if loss == .publishedLog {
            _ = try seat.restoreLog(now: .noon + 3)
            try publish(now: .noon + 4)
            #expect(try seat.logHead(log).size > head.size)
            return
        }
        let before = (try? contents()) ?? [:]
        let error = #expect(throws: AuthorityError.self) { try seat.restoreLog(now: .noon + 3) }
        #expect(error?.code == .request && error?.reason.contains("--new-log") == true, "\(error as Any)")
        #expect(((try? contents()) ?? [:]) == before)
        #expect(throws: AuthorityError.self) { try publish(now: .noon + 3) }
        // Whoever says that he knows hears what must be done, and nothing is in his way.
        let restored = try seat.restoreLog(isLost: true, now: .noon + 4)
        #expect(restored.remarks.contains { $0.contains("rotate-key --log") })
        try publish(now: .noon + 5)
        #expect(LogBeginning(in: home.log)?.stage == .laid)
        #expect(try seat.differences(Authority(home: home, prompt: Seat.prompt)).isEmpty)
    }

    /// All that is left is an older registry and the lists: who was revoked stays so, and whoever saw the log of before believes the next one
    /// once its key is revoked.
    @Test func whereTheLogIsLostEverywhereTheListsStillCount() throws {
        let home = seat.authority.home
        var reader = HighWater()
        func status(_ seen: inout HighWater) -> Result<StatusList, PublicationError> {
            PublicationReader(folder: seat.publication, root: seat.authority.root)
                .snapshot(&seen, now: .noon + 60).lists(of: seat.office, 1).status
        }
        let backup = seat.folder.file("backup.sqlite")
        _ = try seat.authority.backUp(to: backup)
        _ = try seat.apply(.revoke, now: .noon + 3)
        try seat.publish(now: .noon + 4)
        let index = try #require(seat.authority.registry.read { try $0.licence(Sample.creditCode(1)) }).reference.index
        #expect(try status(&reader).get().value(at: index) == ListedStatus.revoked.rawValue)
        for log in [home.log, "\(seat.publication)/log"] { try FileManager.default.removeItem(atPath: log) }
        unlink(home.registryLock)
        let restored = try Authority.restore(
            backup,
            at: home,
            publication: seat.publication,
            isLogLost: true,
            reason: "all lost",
            officer: "王",
            prompt: Seat.prompt,
            now: .noon + 5
        )
        #expect(restored.remarks.contains { $0.contains("THE LOG BEGINS ANEW") && $0.contains("--after") })
        var authority = try Authority(home: home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 6)
        var stranger = HighWater()
        #expect(try status(&stranger).get().value(at: index) == ListedStatus.revoked.rawValue)
        #expect(throws: PublicationError.self) { try status(&reader).get() }
        _ = try authority.rotateLogKey(in: .file(passphrase: Seat.passphrase), officer: "王", now: .noon + 7)
        try authority.revoke(authority.key("2"), asOf: .noon + 7, reason: "lost", officer: "王", now: .noon + 8)
        authority = try Authority(home: home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 9)
        #expect(try status(&reader).get().value(at: index) == ListedStatus.revoked.rawValue)
        try seat.tamper("SELECT 1")
    }

    /// What is refused was never written over the only whole one.
    @Test func aPublishedLogThatIsDamagedTouchesNothingAtHome() throws {
        let home = seat.authority.home
        // The published one is longer, so that it would be taken.
        try Self.copy(older.log, to: home.log)
        let entries = "\(seat.publication)/log/tile/entries/000"
        var bytes = try DurableFile.read(entries, limit: 1 << 24)
        bytes[5_000] ^= 1
        try DurableFile.write(bytes, to: entries)
        let before = try contents()
        #expect(throws: AuthorityError.self) { try seat.restoreLog(now: .noon + 3) }
        #expect(try contents() == before)
        try seat.tamper("SELECT 1")
    }

    /// The log at home is damaged, and nobody has another.
    @Test func aDamagedLogOfWhichThereIsNoOtherIsPutAsideByWhoSaysSo() throws {
        let home = seat.authority.home
        try FileManager.default.removeItem(atPath: seat.publication)
        try DurableFile.write([1, 2, 3], to: "\(home.log)/tile/0/000")
        try seat.tamper("SELECT 1")
        #expect(throws: AuthorityError.self) { try publish(now: .noon + 3) }
        let restored = try seat.restoreLog(from: .some(nil), now: .noon + 4)
        #expect(restored.remarks.contains { $0.contains("THE LOG BEGINS ANEW") && $0.contains("revoke-key") })
        #expect(restored.remarks.contains { $0.contains("lies in") })
        try publish(now: .noon + 5)
        #expect(try seat.differences(Authority(home: home, prompt: Seat.prompt)).isEmpty)
    }

    /// An old place is asked whether it is further on; one that cannot be read says nothing.
    @Test func whereItWasPublishedBeforeMayBeAnythingNow() throws {
        try FileManager.default.removeItem(atPath: seat.publication)
        try DurableFile.write([1], to: seat.publication)
        let other = seat.folder.file("other")
        #expect(throws: Never.self) {
            try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 3)
        }
    }
}
