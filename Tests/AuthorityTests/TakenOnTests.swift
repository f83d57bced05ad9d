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

/// A registry from before is taken on: the log tells what was published, whatever became of the lists.
@Suite struct TakenOnTests {
    let seat: Seat
    /// Of the registry, before the first licence was revoked.
    let backup: String
    /// The publication as it was then.
    let older: String
    let index: Int
    let path: String

    init() throws {
        seat = try Seat()
        for number in 1...3 { try seat.issue(number) }
        try seat.publish()
        (backup, older) = (seat.folder.file("backup.sqlite"), seat.folder.file("older"))
        _ = try seat.authority.backUp(to: backup)
        try FileManager.default.copyItem(atPath: seat.publication, toPath: older)
        _ = try seat.apply(.revoke, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        index = try #require(seat.authority.registry.read { try $0.licence(Sample.creditCode(1)) }).reference.index
        path = ListKind.status.path(of: seat.office.office, 1)
    }

    var home: Home { seat.authority.home }

    func putBack(
        _ publication: String?,
        from copy: String? = nil,
        isLost: Bool = false,
        now: Instant = .noon + 3
    ) throws -> Authority.Restored {
        unlink(home.registryLock)
        // The doctor says then what must still be done.
        if isLost { try seat.tamper("SELECT 1") }
        return try Authority.restore(
            copy ?? backup,
            at: home,
            publication: publication,
            isLogLost: isLost,
            reason: "disk lost",
            officer: "王",
            prompt: Seat.prompt,
            now: now
        )
    }

    func opened() throws -> Authority { try Authority(home: home, prompt: Seat.prompt) }

    @discardableResult func publish(to folder: String? = nil, now: Instant) throws -> Authority.PublishReport {
        try opened().publish(to: folder ?? seat.publication, on: Seat.publishTerms, now: now)
    }

    func status(in folder: String? = nil) throws -> UInt8? {
        var seen = HighWater()
        let reader = PublicationReader(folder: folder ?? seat.publication, root: seat.authority.root)
        return try reader.snapshot(&seen, now: .noon + 60).lists(of: seat.office, 1).status.get().value(at: index)
    }

    func number(in log: String) throws -> Int {
        try #require(try LogFolder(log).replay().0.table[path]).sequence
    }

    enum Loss: CaseIterable { case list, damagedList, newerFolder, everythingPublished, homeRemembersNothing }

    /// The home's own log, or the published one, knows.
    @Test(arguments: Loss.allCases) func whoWasRevokedStaysSoThoughTheListsAreLost(loss: Loss) throws {
        let number = try number(in: home.log)
        var publication: String? = seat.publication
        switch loss {
        case .list: unlink("\(seat.publication)/\(path)")
        case .damagedList: try DurableFile.write([1, 2, 3], to: "\(seat.publication)/\(path)")
        case .newerFolder: publication = older
        case .everythingPublished:
            try FileManager.default.removeItem(atPath: seat.publication)
            publication = nil
        case .homeRemembersNothing:
            unlink("\(seat.publication)/\(path)")
            unlink(home.published)
            try FileManager.default.removeItem(atPath: home.log)
        }
        let restored = try putBack(publication)
        #expect(restored.remarks.contains { $0.contains("is revoked again") }, "\(restored.remarks)")
        try publish(now: .noon + 4)
        #expect(try status() == ListedStatus.revoked.rawValue)
        #expect(try self.number(in: home.log) > number, "no number is signed twice")
        let (replay, _) = try LogFolder(home.log).replay()
        #expect(replay.count > 0)
        #expect(try seat.differences(opened()).isEmpty)
    }

    /// The lists are heard where the log is lost, and what nobody could hear is said.
    @Test func whatNobodyLookedAtIsNamedWhereTheLogIsLost() throws {
        for log in [home.log, "\(seat.publication)/log"] { try FileManager.default.removeItem(atPath: log) }
        let seen = try #require(LastPublication(at: home)?[path]).sequence
        unlink("\(seat.publication)/\(path)")
        let restored = try putBack(seat.publication, isLost: true)
        #expect(
            restored.remarks.contains { $0.contains("\(path) WAS SIGNED AS NUMBER \(seen)") },
            "\(restored.remarks)"
        )
        try publish(now: .noon + 4)
        #expect(try number(in: home.log) > seen)
    }

    /// Of a log that is damaged what can be read still counts.
    @Test func aDamagedLogIsHeardAsFarAsItGoes() throws {
        try FileManager.default.removeItem(atPath: seat.publication)
        try FileManager.default.createDirectory(atPath: seat.publication, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(older)/trust-list", toPath: "\(seat.publication)/trust-list")
        let tiles = "\(home.log)/tile/0"
        try FileManager.default.removeItem(atPath: tiles)
        #expect(throws: AuthorityError.self) { try putBack(seat.publication) }
        let restored = try putBack(seat.publication, isLost: true)
        #expect(restored.remarks.contains { $0.contains("is revoked again") }, "\(restored.remarks)")
    }

    /// What cannot be read says nothing, and is no reason to throw away what can.
    @Test(arguments: [[UInt8](repeating: 0x41, count: 70_000), [1, 2, 3], []], [true, false])
    func aPublishedCheckpointThatCannotBeReadEndsNoLogThatIsWhole(checkpoint: [UInt8], isLost: Bool) throws {
        let head = try seat.logHead()
        try DurableFile.write(checkpoint, to: "\(seat.publication)/log/checkpoint")
        let restored = try putBack(seat.publication, isLost: isLost)
        #expect(
            restored.remarks.contains { $0.contains("NOBODY CAN SAY WHETHER READERS SAW MORE THAN THE \(head.size)") },
            "\(restored.remarks)"
        )
        try publish(now: .noon + 4)
        #expect(try seat.logHead().size > head.size)
        #expect(LogBeginning(in: home.log) == nil)
        #expect(try status() == ListedStatus.revoked.rawValue)
    }

    /// The key that signs the log was made after the copy, and so was what is published where another folder is named.
    @Test(arguments: [true, false]) func aLogByAKeyThatTheCopyDoesNotKnowIsHeard(isTrustKnown: Bool) throws {
        _ = try seat.authority.rotateLogKey(in: .file(passphrase: Seat.passphrase), officer: "王", now: .noon + 3)
        try seat.publish(now: .noon + 3)
        let size = try seat.logHead().size
        unlink(home.published)
        if !isTrustKnown { unlink(home.publishedTrustList) }
        let restored = try putBack(older, now: .noon + 4)
        #expect(restored.remarks.contains { $0.contains("is revoked again") }, "\(restored.remarks)")
        if isTrustKnown {
            try publish(now: .noon + 5)
            #expect(try seat.logHead().size > size)
        } else {
            #expect(
                restored.remarks.contains { $0.contains("THE LOG THAT WAS HERE") && $0.contains("\(size) entries") }
            )
            // What readers saw is refused where it is.
            #expect(throws: AuthorityError.self) { try publish(now: .noon + 5) }
        }
        try publish(to: older, now: .noon + 5)
        #expect(try status(in: older) == ListedStatus.revoked.rawValue)
        try seat.tamper("SELECT 1")
    }

    /// All logs at hand are older than what the registry that is replaced has published.
    @Test func whatTheReplacedRegistryKnowsIsSaid() throws {
        let number = try number(in: home.log)
        unlink(home.published)
        try FileManager.default.removeItem(atPath: home.log)
        let restored = try putBack(older)
        #expect(
            restored.remarks.contains { $0.contains("\(path) WAS SIGNED AS NUMBER \(number)") },
            "\(restored.remarks)"
        )
        try seat.tamper("SELECT 1")
    }

    /// A restoration that breaks off forgets nothing that forbids.
    @Test func whereTheLogMustGoOnOutlivesARestorationThatBreaksOff() throws {
        try FileManager.default.removeItem(atPath: home.log)
        try FileManager.default.copyItem(atPath: "\(older)/log", toPath: home.log)
        try LastPublication.forget(at: home)
        #expect(LastPublication(at: home) == nil)
        let error = #expect(throws: AuthorityError.self) { try publish(to: seat.folder.file("else"), now: .noon + 4) }
        #expect(error?.code == .rolledBack, "\(error as Any)")
        try seat.tamper("SELECT 1")
    }

    /// The doctor is asked first.
    @Test func aSecondRestorationIsNoDifference() throws {
        _ = try putBack(seat.publication)
        try publish(now: .noon + 4)
        _ = try putBack(seat.publication, now: .noon + 5)
        #expect(try seat.differences(opened()).isEmpty)
        try publish(now: .noon + 6)
        #expect(try seat.differences(opened()).isEmpty)
    }

    /// The whole home of last night with the registry of this morning.
    @Test func aHomeThatIsOlderThanTheCopyIsSaidToBe() throws {
        let (night, files) = (seat.folder.file("night"), FileManager.default)
        try files.copyItem(atPath: home.path, toPath: night)
        _ = try seat.apply(.suspend, 2, now: .noon + 3)
        let morning = seat.folder.file("morning.sqlite")
        _ = try seat.authority.backUp(to: morning)
        try seat.publish(now: .noon + 3)
        try files.removeItem(atPath: home.path)
        try files.copyItem(atPath: night, toPath: home.path)
        let restored = try putBack(seat.publication, from: morning, now: .noon + 4)
        #expect(
            restored.remarks.contains { $0.contains("THIS HOME IS OLDER THAN THE REGISTRY") },
            "\(restored.remarks)"
        )
        try seat.tamper("SELECT 1")
    }

    /// What nobody has signed makes no lists.
    @Test func aTableThatNobodyHasSignedMakesNoLists() throws {
        var table = ListTable()
        for (number, sequence) in [(1, 1_000_000), (65_535, 3), (3_000, 3)] {
            let claims = ListClaims(
                subject: "https://lic.example.cn/x",
                issuedAt: .noon,
                expires: .noon + 60,
                timeToLive: 60,
                sequence: sequence,
                logIndex: 1
            )
            let entry = LogEntry(path: ListKind.status.path(of: seat.office.office, number), claims, signed: [1])
            guard case .list(let list) = entry.content else { continue }
            table.tell(list, at: 1)
        }
        let head = Digest(of: [])
        let file = table.file(endedBy: LogEntry(at: .noon, .registry(acts: 1, head: head, lists: table.digest)))
        for log in [home.log, "\(seat.publication)/log"] { try DurableFile.write(file, to: "\(log)/lists/99") }
        let restored = try putBack(seat.publication)
        #expect(restored.remarks.contains { $0.contains("is revoked again") }, "\(restored.remarks)")
        #expect(try opened().registry.read { try $0.statusLists() }.count == 2)
        try publish(now: .noon + 4)
        #expect(try status() == ListedStatus.revoked.rawValue)
    }

    /// What this home has published itself is no news to it.
    @Test func aKeyThatWasMadeSinceEndsNoLogThatIsWhole() throws {
        _ = try seat.authority.rotateListKey(Seat.key(), officer: "王", now: .noon + 3)
        try seat.publish(now: .noon + 3)
        try DurableFile.write([1], to: "\(seat.publication)/log/checkpoint")
        let restored = try putBack(seat.publication)
        #expect(restored.remarks.contains { $0.contains("NOBODY CAN SAY") }, "\(restored.remarks)")
        try publish(now: .noon + 4)
        #expect(try status() == ListedStatus.revoked.rawValue)
    }

    @Test func aTrustListThatIsDamagedIsNoReasonToHearNothing() throws {
        try DurableFile.write([1], to: "\(seat.publication)/trust-list")
        try FileManager.default.removeItem(atPath: home.log)
        let restored = try putBack(seat.publication)
        #expect(restored.remarks.contains { $0.contains("is missing or damaged") }, "\(restored.remarks)")
        try publish(now: .noon + 4)
        #expect(try status() == ListedStatus.revoked.rawValue)
    }

    /// Of two that tell, the one that came later.
    @Test(arguments: [true, false]) func theLastWordOnWhatCanEndCounts(isLogOlder: Bool) throws {
        _ = try seat.apply(.suspend, 2, now: .noon + 2)
        try seat.publish(now: .noon + 3)
        let (log, list) = (seat.folder.file("log-of-3"), "\(seat.publication)/\(path)")
        try FileManager.default.copyItem(atPath: home.log, toPath: log)
        let before = try DurableFile.read(list, limit: 1 << 24)
        _ = try seat.apply(.resume, 2, now: .noon + 4)
        try seat.publish(now: .noon + 5)
        try FileManager.default.removeItem(atPath: "\(seat.publication)/log")
        if isLogOlder {
            try FileManager.default.removeItem(atPath: home.log)
            try FileManager.default.copyItem(atPath: log, toPath: home.log)
        } else {
            unlink("\(home.log)/checkpoint")
            try DurableFile.write(before, to: list)
        }
        let restored = try putBack(seat.publication, isLost: true, now: .noon + 6)
        #expect(!restored.remarks.contains { $0.contains("suspended") }, "\(restored.remarks)")
        let licence = try #require(try opened().registry.read { try $0.licence(Sample.creditCode(2)) })
        #expect(licence.status == .valid)
    }

    /// A home whose log went another way than what the world has seen.
    @Test func aLogThatIsPutAsideIsHeardAndNamed() throws {
        // Elsewhere, from the same beginning, more was published.
        let (elsewhere, publication) = (seat.folder.file("elsewhere"), seat.folder.file("publication-of-all"))
        for path in [elsewhere, publication] {
            try FileManager.default.copyItem(atPath: seat.publication, toPath: path)
        }
        let twin = seat.folder.file("twin")
        try FileManager.default.copyItem(atPath: home.path, toPath: twin)
        _ = try seat.apply(.revoke, 2, now: .noon + 3)
        try seat.publish(now: .noon + 3)
        unlink("\(twin)/published")
        let other = try Authority(home: Home(path: twin), prompt: Seat.prompt)
        for step in 0..<2 {
            let act = step == 0 ? LicenceAct.suspend : .resume
            _ = try other.apply(act, to: Sample.creditCode(3), reason: "r", officer: "张", now: .noon + 3 + Int64(step))
            _ = try other.publish(to: elsewhere, on: Seat.publishTerms, now: .noon + 3 + Int64(step))
        }
        unlink(home.published)
        let restored = try putBack(elsewhere, now: .noon + 6)
        #expect(restored.remarks.contains { $0.contains("THE LOG THAT WAS HERE IS ANOTHER") }, "\(restored.remarks)")
        let licence = try #require(try opened().registry.read { try $0.licence(Sample.creditCode(2)) })
        #expect(licence.status == .revoked)
        try seat.tamper("SELECT 1")
    }
}
