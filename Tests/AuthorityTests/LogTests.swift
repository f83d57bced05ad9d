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

/// The public log of an authority: what publishing tells in it, and what an audit finds.
@Suite struct LogTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        try seat.issue()
    }

    private var home: LogFolder { LogFolder(seat.authority.home.log) }

    private func head(_ folder: String? = nil) throws -> TreeHead {
        let bytes = try #require(try LogFolder(folder ?? seat.authority.home.log).ifThere(Checkpoint.path))
        return try Checkpoint(text: SignedNote(bytes).text).head
    }

    private func entries() throws -> [LogEntry] {
        try (0..<head().size).map { try home.entry($0) }
    }

    private func kinds() throws -> [String] {
        try entries().map { entry in
            switch entry.content {
            case .act(let act): act.kind.rawValue
            case .list(let list): list.path
            case .registry: "registry"
            case .restore: "restore"
            case .loss: "loss"
            }
        }
    }

    /// What an audit says is wrong.
    private func differences(_ authority: Authority? = nil) throws -> [String] {
        var found: [String] = []
        _ = try LogAudit(authority ?? seat.authority, publication: seat.publication).examine {
            found.append("\($0.subject): \($0.reason)")
        }
        return found
    }

    // MARK: - What is told

    @Test func everyActOnALicenceIsToldOnceAndEachListAfterIt() throws {
        try seat.publish()
        _ = try seat.apply(.suspend, now: .noon + 1)
        try seat.issue(2, now: .noon + 2)
        try seat.publish(now: .noon + 3)
        let (status, issued) = ("status/341181-1", "issued/341181-1")
        #expect(try kinds() == ["issue", status, issued, "registry", "suspend", "issue", status, issued, "registry"])
        #expect(try differences().isEmpty)
    }

    @Test func everyActIsToldWithWhatBecameOfEachVersion() throws {
        let changes: [LicenceAct] = [.suspend, .dormant, .revoke, .cancel, .annul]
        for (number, change) in changes.enumerated() {
            try seat.issue(10 + number)
            _ = try seat.apply(change, 10 + number)
        }
        _ = try seat.apply(.resume, 10)
        _ = try seat.authority.revise(
            Sample.creditCode(1),
            .change([.name: "新名"]),
            reason: "更名",
            on: Seat.terms(),
            now: .noon
        )
        _ = try seat.authority.revise(Sample.creditCode(11), .replace, reason: "遗失", on: Seat.terms(), now: .noon)
        try seat.publish()
        let told = try entries().compactMap { entry -> LogEntry.ActOnLicence? in
            if case .act(let act) = entry.content { act } else { nil }
        }
        #expect(told.last?.effects.map(\.status) == [.dormant, .superseded])
        #expect(told.dropLast().last?.effects.map(\.status) == [.valid, .superseded])
        #expect(told.dropLast(2).last?.effects.map(\.status) == [.valid])
        let (replay, _) = try home.replay()
        let snapshot = seat.snapshot()
        #expect(try replay.lists["341181-1"]?.isSaid(by: snapshot.statusList(of: seat.office, 1).get()) == true)
        #expect(try replay.lists["341181-1"]?.isSaid(by: snapshot.issuedList(of: seat.office, 1).get()) == true)
        #expect(try differences().isEmpty)
    }

    @Test func nothingIsDoneWhereNothingChanged() throws {
        try seat.publish()
        let before = try (head(), DurableFile.read("\(seat.publication)/log/checkpoint", limit: 1 << 16))
        for step in 1...3 { #expect(try seat.publish(now: .noon + Int64(step) * 60).written.isEmpty) }
        #expect(try head() == before.0)
        #expect(try DurableFile.read("\(seat.publication)/log/checkpoint", limit: 1 << 16) == before.1)
    }

    @Test func theCopyIsTheLogAndALogGoesOnForEver() throws {
        var heads: [TreeHead] = []
        for round in 0..<12 {
            let now = Instant.noon + Int64(round) * 10
            for number in 0..<40 { try seat.issue(100 + round * 40 + number, now: now) }
            try seat.publish(now: now)
            heads.append(try head())
            let (mine, copy) = (home, LogFolder("\(seat.publication)/log"))
            for tile in Tile.added(from: 0, to: try head().size) { #expect(try copy.read(tile) == mine.read(tile)) }
        }
        let source = home
        let tree = TileTree(try head()) { tile throws(LogError) in try source.read(tile) }
        for old in heads { #expect(try tree.head.continues(old, by: tree.consistencyProof(from: old.size))) }
        #expect(try differences().isEmpty)
        // Spent partial tiles are gone.
        #expect(!FileManager.default.fileExists(atPath: "\(seat.publication)/log/tile/entries/000.p"))
    }

    @Test func aSecondFolderGetsTheSameLog() throws {
        try seat.publish()
        let other = "\(seat.publication)-2"
        _ = try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 1)
        #expect(try head("\(other)/log") == head())
        var seen = HighWater()
        let reader = PublicationReader(folder: other, root: seat.authority.root)
        #expect(throws: Never.self) { try reader.snapshot(&seen, now: .noon + 2).statusList(of: seat.office, 1).get() }
    }

    /// Readers cannot tell by a tile that is gone or damaged, and the publisher is the one who can put it right.
    @Test(arguments: [0, 300]) func whatReadersNeedOfThePublishedLogIsPutRight(more: Int) throws {
        for number in 2..<(2 + more) { try seat.issue(number) }
        try seat.publish()
        let log = "\(seat.publication)/log"
        let tiles = Tile.added(from: 0, to: try head().size)
        #expect((tiles.count > 3) == (more > 0))
        var now = Instant.noon
        for tile in tiles {
            let whole = try DurableFile.read("\(log)/\(tile.path)", limit: 1 << 24)
            for step in 0..<(tile.level == nil ? 1 : 2) {
                if step == 0 {
                    try FileManager.default.removeItem(atPath: "\(log)/\(tile.path)")
                } else {
                    try DurableFile.write(whole.map { $0 ^ 1 }, to: "\(log)/\(tile.path)")
                }
                #expect(try differences().contains { $0.contains("log/\(tile.path) is") }, "\(tile.path)")
                now = now + 1
                let report = try seat.publish(now: now)
                #expect(report.written == ["log/\(tile.path)"], "\(tile.path)")
                #expect(try DurableFile.read("\(log)/\(tile.path)", limit: 1 << 24) == whole)
            }
        }
        #expect(try differences().isEmpty)
        #expect(throws: Never.self) { try seat.snapshot().statusList(of: seat.office, 1).get() }
    }

    /// What is published may be the only whole one: it is kept, and the authority goes on from it.
    @Test(arguments: ["tile/entries/000", "tile/0/000"]) func whatIsDamagedAtHomeIsNotLaidOverWhatIsWhole(path: String)
        throws
    {
        for number in 2..<300 { try seat.issue(number) }
        try seat.publish()
        let published = try DurableFile.read("\(seat.publication)/log/\(path)", limit: 1 << 24)
        let file = "\(seat.authority.home.log)/\(path)"
        var bytes = try DurableFile.read(file, limit: 1 << 24)
        bytes[400] ^= 1
        try seat.tamper("SELECT 1")
        try DurableFile.write(bytes, to: file)
        for step in 1...2 {
            if step == 2 { _ = try seat.apply(.suspend, now: .noon + 1) }
            let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + Int64(step)) }
            #expect(
                error?.code == .storage && error?.reason.contains("damaged") == true,
                "\(String(describing: error))"
            )
            #expect(try DurableFile.read("\(seat.publication)/log/\(path)", limit: 1 << 24) == published)
        }
        // Nothing was signed beside it, and nothing of it goes anywhere else.
        #expect(try head() == head("\(seat.publication)/log"))
        let other = seat.folder.file("other")
        #expect(throws: AuthorityError.self) {
            try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 5)
        }
        #expect(!FileManager.default.fileExists(atPath: "\(other)/log"))
    }

    @Test func everyVersionIsProvedInTheLog() throws {
        for number in 2..<300 { try seat.issue(number) }
        _ = try seat.authority.revise(
            Sample.creditCode(1),
            .change([.name: "新名"]),
            reason: "更名",
            on: Seat.terms(),
            now: .noon
        )
        try seat.publish()
        let head = try head()
        for (number, version) in [(1, 1), (1, 2), (2, 1), (150, 1), (299, 1)] {
            let proved = try seat.authority.logProof(of: Sample.creditCode(number), version: version)
            #expect(proved.version == version)
            #expect(try LogProof(proved.proof.bytes).holds(proved.entry.encoded, in: head))
        }
        try seat.issue(400, now: .noon + 1)
        let error = #expect(throws: AuthorityError.self) { try seat.authority.logProof(of: Sample.creditCode(400)) }
        #expect(error?.reason.contains("not in the log yet") == true)
    }

    // MARK: - Keys

    @Test func aNewKeySignsTheLogAndTheOldOneMayBeRevoked() throws {
        try seat.publish()
        _ = try seat.authority.rotateLogKey(in: .file(passphrase: Seat.passphrase), officer: "王", now: .noon + 1)
        try seat.authority.revoke(seat.authority.key("2"), asOf: .noon, reason: "lost", officer: "王", now: .noon + 1)
        #expect(try seat.publish(now: .noon + 2).written.contains("log/checkpoint"))
        let snapshot = seat.snapshot()
        #expect(throws: Never.self) { try snapshot.log?.get() }
        #expect(throws: Never.self) { try snapshot.statusList(of: seat.office, 1).get() }
        #expect(try differences().isEmpty)
    }

    @Test func theOnlyKeyOfTheLogIsNotRevoked() throws {
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.revoke(seat.authority.key("2"), asOf: .noon, reason: "lost", officer: "王", now: .noon)
        }
        #expect(error?.code == .illegalKeyChange)
    }

    // MARK: - Nothing is forked

    @Test func withoutItsLogNothingIsPublishedOnceSomethingWas() throws {
        try seat.publish()
        try FileManager.default.removeItem(atPath: seat.authority.home.log)
        try seat.issue(2, now: .noon + 1)
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 2) }
        #expect(error?.code == .rolledBack)
        let restored = try restore(now: .noon + 3)
        #expect(restored.remarks.contains { $0.contains("the log was taken over") })
        try seat.publish(now: .noon + 4)
        #expect(try kinds().filter { $0 == "issue" }.count == 2)
        #expect(try differences(Authority(home: seat.authority.home, prompt: Seat.prompt)).isEmpty)
    }

    private func restore(now: Instant) throws -> Authority.Restored {
        unlink(seat.authority.home.registryLock)
        return try Authority.restore(
            nil,
            at: seat.authority.home,
            publication: seat.publication,
            reason: "log lost",
            officer: "王",
            prompt: Seat.prompt,
            now: now
        )
    }

    @Test func anOlderLogPutIntoTheHomeIsNotGoneOnFrom() throws {
        try seat.publish()
        let kept = seat.folder.file("kept")
        try FileManager.default.copyItem(atPath: seat.authority.home.log, toPath: kept)
        try seat.issue(2, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        try FileManager.default.removeItem(atPath: seat.authority.home.log)
        try FileManager.default.copyItem(atPath: kept, toPath: seat.authority.home.log)
        try seat.issue(3, now: .noon + 3)
        let before = try DurableFile.read("\(seat.publication)/log/checkpoint", limit: 1 << 16)
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 4) }
        #expect(error?.code == .rolledBack, "\(String(describing: error))")
        #expect(try DurableFile.read("\(seat.publication)/log/checkpoint", limit: 1 << 16) == before)
        try seat.tamper("SELECT 1")
    }

    /// What nobody has published yet may be gone, and what was published counts.
    @Test func aLogThatWentAnotherWayIsPutAsideForThePublishedOne() throws {
        try seat.publish()
        let home = seat.authority.home
        let kept = seat.folder.file("kept")
        try FileManager.default.copyItem(atPath: home.log, toPath: kept)
        try seat.issue(2, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        let published = try head("\(seat.publication)/log")
        try FileManager.default.removeItem(atPath: home.log)
        try FileManager.default.copyItem(atPath: kept, toPath: home.log)
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 3) }
        #expect(try head() != published, "and nothing was signed beside it")
        _ = try restore(now: .noon + 4)
        #expect(try head() == published)
        let authority = try Authority(home: home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 5)
        #expect(try differences(authority).isEmpty)
    }

    @Test(arguments: ["tile/0/000.p/4", "tile/entries/000.p/4", "checkpoint"])
    func aDamagedLogIsTakenOverFromThePublishedOne(path: String) throws {
        try seat.publish()
        try DurableFile.write([1, 2, 3], to: "\(seat.authority.home.log)/\(path)")
        try seat.issue(2, now: .noon + 1)
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 2) }
        _ = try restore(now: .noon + 3)
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 4)
        #expect(try differences(authority).isEmpty)
    }

    @Test func whatWasBrokenOffBeforeTheCheckpointLeavesNoTrace() throws {
        try seat.publish()
        let head = try head()
        // As by a publisher that was killed: tiles of a longer log, and no checkpoint.
        for tile in [Tile(level: 0, index: 0, width: head.size + 1), Tile(level: nil, index: 0, width: head.size + 1)] {
            try DurableFile.write([1, 2, 3], to: "\(seat.authority.home.log)/\(tile.path)")
        }
        _ = try seat.apply(.suspend, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        #expect(try differences().isEmpty)
    }

    // MARK: - An audit

    @Test(arguments: [
        ("UPDATE licence SET status = 'revoked' WHERE id = 2", "is valid in the log"),
        ("DELETE FROM act WHERE id = (SELECT max(id) FROM act)", "the registry has others"),
        ("UPDATE act SET digest = randomblob(32) WHERE kind = 'suspend'", "act"),
        ("UPDATE act SET kind = 'dormant' WHERE kind = 'suspend'", "act"),
        ("DELETE FROM licence WHERE id = 2", "here"), ("UPDATE licence SET entry = 7 WHERE id = 2", "the log"),
    ])
    func findsWhatTheRegistrySaysOtherwise(sql: String, found: String) throws {
        try seat.issue(2)
        _ = try seat.apply(.suspend)
        try seat.publish()
        #expect(try differences().isEmpty)
        try seat.tamper(sql)
        let differences = try differences()
        #expect(differences.contains { $0.contains(found) }, "\(differences)")
    }

    @Test func findsEveryByteThatWasChangedInTheLog() throws {
        for number in 2..<280 { try seat.issue(number) }
        try seat.publish()
        let tiles = Tile.added(from: 0, to: try head().size).map(\.path) + [Checkpoint.path]
        for path in tiles {
            let file = "\(seat.authority.home.log)/\(path)"
            let bytes = try DurableFile.read(file, limit: 1 << 20)
            for position in stride(from: 3, to: bytes.count, by: max(1, bytes.count / 3)) {
                var changed = bytes
                changed[position] ^= 1
                try DurableFile.write(changed, to: file)
                #expect(try !differences().isEmpty, "\(path) byte \(position)")
            }
            try DurableFile.write(bytes, to: file)
        }
        #expect(try differences().isEmpty)
    }

    @Test func findsAListThatIsNotTheOneThatWasTold() throws {
        try seat.publish()
        let old = try DurableFile.read("\(seat.publication)/status/341181-1", limit: 1 << 20)
        _ = try seat.apply(.revoke, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        try DurableFile.write(old, to: "\(seat.publication)/status/341181-1")
        #expect(try differences() == ["publication: status/341181-1 is not the one that the log tells of last"])
    }

    @Test func saysHowManyActsWaitForThePublication() throws {
        try seat.publish()
        try seat.issue(2, now: .noon + 1)
        _ = try seat.apply(.suspend, now: .noon + 1)
        let report = try LogAudit(seat.authority, publication: seat.publication).examine { _ in }
        #expect(report.told == 1 && report.waiting == 2 && report.findings == 0)
    }

    /// Found by nobody but the doctor before: a row is given another credit code, and the business is licensed anew beside it.
    @Test func aBusinessThatIsLicensedTwiceIsSeenByWhoeverReadsTheLog() throws {
        try seat.publish()
        let other = try Sample.creditCode(77).text
        try seat.tamper("UPDATE licence SET creditCode = '\(other)' WHERE id = 1")
        _ = try? seat.issue(1, now: .noon + 1)
        _ = try? seat.publish(now: .noon + 2)
        var replay = LogReplay()
        let faults = try entries().flatMap { replay.apply($0) }
        let wasTold = try kinds().filter { $0 == "issue" }.count == 2
        #expect(!wasTold || faults.contains { $0.contains("has a licence already") })
    }
}
