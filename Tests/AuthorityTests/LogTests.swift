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

    // MARK: - What is told

    @Test func everyActOnALicenceIsToldOnceAndEachListAfterIt() throws {
        try seat.publish()
        _ = try seat.apply(.suspend, now: .noon + 1)
        try seat.issue(2, now: .noon + 2)
        try seat.publish(now: .noon + 3)
        let (status, issued) = ("status/341181-1", "issued/341181-1")
        #expect(
            try seat.logKinds() == [
                "issue", status, issued, "registry", "suspend", "issue", status, issued, "registry",
            ]
        )
        #expect(try seat.differences().isEmpty)
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
        let told = try seat.logEntries().compactMap { entry -> LogEntry.ActOnLicence? in
            if case .act(let act) = entry.content { act } else { nil }
        }
        #expect(told.last?.effects.map(\.status) == [.dormant, .superseded])
        #expect(told.dropLast().last?.effects.map(\.status) == [.valid, .superseded])
        #expect(told.dropLast(2).last?.effects.map(\.status) == [.valid])
        let (replay, _) = try LogFolder(seat.authority.home.log).replay()
        let snapshot = seat.snapshot()
        #expect(try replay.lists["341181-1"]?.isSaid(by: snapshot.lists(of: seat.office, 1).status.get()) == true)
        #expect(try replay.lists["341181-1"]?.isSaid(by: snapshot.lists(of: seat.office, 1).issued.get()) == true)
        #expect(try seat.differences().isEmpty)
    }

    @Test func nothingIsDoneWhereNothingChanged() throws {
        try seat.publish()
        let before = try (seat.logHead(), DurableFile.read("\(seat.publication)/log/checkpoint", limit: 1 << 16))
        for step in 1...3 { #expect(try seat.publish(now: .noon + Int64(step) * 60).written.isEmpty) }
        #expect(try seat.logHead() == before.0)
        #expect(try DurableFile.read("\(seat.publication)/log/checkpoint", limit: 1 << 16) == before.1)
    }

    @Test func theCopyIsTheLogAndALogGoesOnForEver() throws {
        var heads: [TreeHead] = []
        let source = LogFolder(seat.authority.home.log)
        for round in 0..<12 {
            let now = Instant.noon + Int64(round) * 10
            for number in 0..<40 { try seat.issue(100 + round * 40 + number, now: now) }
            try seat.publish(now: now)
            heads.append(try seat.logHead())
            let (mine, copy) = (source, LogFolder("\(seat.publication)/log"))
            for tile in Tile.added(from: 0, to: try seat.logHead().size) {
                #expect(try copy.read(tile) == mine.read(tile))
            }
        }
        let tree = TileTree(try seat.logHead()) { tile throws(LogError) in try source.read(tile) }
        for old in heads { #expect(try tree.head.continues(old, by: tree.consistencyProof(from: old.size))) }
        #expect(try seat.differences().isEmpty)
        // Spent partial tiles are gone.
        #expect(!FileManager.default.fileExists(atPath: "\(seat.publication)/log/tile/entries/000.p"))
    }

    @Test func aSecondFolderGetsTheSameLog() throws {
        try seat.publish()
        let other = "\(seat.publication)-2"
        _ = try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 1)
        #expect(try seat.logHead("\(other)/log") == seat.logHead())
        var seen = HighWater()
        let reader = PublicationReader(folder: other, root: seat.authority.root)
        #expect(throws: Never.self) {
            try reader.snapshot(&seen, now: .noon + 2).lists(of: seat.office, 1).status.get()
        }
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
        let head = try seat.logHead()
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
        #expect(throws: Never.self) { try snapshot.lists(of: seat.office, 1).status.get() }
        #expect(try seat.differences().isEmpty)
    }

    @Test func theOnlyKeyOfTheLogIsNotRevoked() throws {
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.revoke(seat.authority.key("2"), asOf: .noon, reason: "lost", officer: "王", now: .noon)
        }
        #expect(error?.code == .illegalKeyChange)
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
        #expect(try seat.differences().isEmpty)
        try seat.tamper(sql)
        let differences = try seat.differences()
        #expect(differences.contains { $0.contains(found) }, "\(differences)")
    }

    @Test func findsEveryByteThatWasChangedInTheLog() throws {
        for number in 2..<280 { try seat.issue(number) }
        try seat.publish()
        let tiles = Tile.added(from: 0, to: try seat.logHead().size).map(\.path) + [Checkpoint.path]
        for path in tiles {
            let file = "\(seat.authority.home.log)/\(path)"
            let bytes = try DurableFile.read(file, limit: 1 << 20)
            for position in stride(from: 3, to: bytes.count, by: max(1, bytes.count / 3)) {
                var changed = bytes
                changed[position] ^= 1
                try DurableFile.write(changed, to: file)
                #expect(try !seat.differences().isEmpty, "\(path) byte \(position)")
            }
            try DurableFile.write(bytes, to: file)
        }
        #expect(try seat.differences().isEmpty)
    }

    @Test func findsAListThatIsNotTheOneThatWasTold() throws {
        try seat.publish()
        let old = try DurableFile.read("\(seat.publication)/status/341181-1", limit: 1 << 20)
        _ = try seat.apply(.revoke, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        try DurableFile.write(old, to: "\(seat.publication)/status/341181-1")
        #expect(try seat.differences() == ["publication: status/341181-1 is not the one that the log tells of last"])
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
        let faults = try seat.logEntries().flatMap { replay.apply($0) }
        let wasTold = try seat.logKinds().filter { $0 == "issue" }.count == 2
        #expect(!wasTold || faults.contains { $0.contains("has a licence already") })
    }
}
