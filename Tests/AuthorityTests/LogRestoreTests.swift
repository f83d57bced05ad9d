import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import TransparencyLog

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// The log goes on where a registry from before was put back, and tells what was lost with it.
@Suite struct LogRestoreTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        for number in 1...4 { try seat.issue(number) }
        try seat.publish()
    }

    private func putBack(_ backup: String, now: Instant) throws -> Authority {
        unlink(seat.authority.home.registryLock)
        _ = try Authority.restore(
            backup,
            at: seat.authority.home,
            publication: seat.publication,
            reason: "disk lost",
            officer: "王",
            prompt: Seat.prompt,
            now: now
        )
        return try Authority(home: seat.authority.home, prompt: Seat.prompt)
    }

    private func replay() throws -> (LogReplay, faults: [String]) {
        let folder = LogFolder(seat.authority.home.log)
        let size = try Checkpoint(text: SignedNote(try #require(try folder.ifThere(Checkpoint.path))).text).head.size
        var replay = LogReplay()
        let faults = try (0..<size).flatMap { replay.apply(try folder.entry($0)) }
        return (replay, faults)
    }

    private func differences(_ authority: Authority) throws -> [String] {
        var found: [String] = []
        _ = try LogAudit(authority, publication: seat.publication).examine {
            found.append("\($0.subject): \($0.reason)")
        }
        return found
    }

    @Test func whatIsLostIsToldAndTheLogGoesOn() throws {
        let backup = seat.folder.file("backup.sqlite")
        _ = try seat.authority.backUp(to: backup)
        // Published, and lost with the registry.
        try seat.issue(5, now: .noon + 1)
        _ = try seat.apply(.revoke, 1, now: .noon + 1)
        _ = try seat.apply(.suspend, 2, now: .noon + 1)
        _ = try seat.authority.revise(
            Sample.creditCode(3),
            .change([.name: "新名"]),
            reason: "更名",
            on: Seat.terms(),
            now: .noon + 1
        )
        try seat.publish(now: .noon + 2)
        let before = try replay().0
        let authority = try putBack(backup, now: .noon + 3)
        #expect(try differences(authority).isEmpty, "what is not told yet is no difference")
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 4)
        let (after, faults) = try replay()
        #expect(faults.isEmpty, "\(faults)")
        #expect(after.notices.count == 2, "\(after.notices)")
        #expect(after.count > before.count)
        #expect(try differences(authority) == [])
        // Whoever was revoked is revoked, and what was lost is never issued.
        var seen = HighWater()
        let snapshot = PublicationReader(folder: seat.publication, root: authority.root).snapshot(&seen, now: .noon + 5)
        let status = try snapshot.lists(of: seat.office, 1).status.get()
        let revoked = try #require(try authority.registry.read { try $0.licence(Sample.creditCode(1)) })
        #expect(status.value(at: revoked.reference.index) == 1)
        #expect(after.lists["341181-1"]?.isSaid(by: status) == true)
    }

    @Test func workGoesOnAfterARestorationAndTheLogStaysInOrder() throws {
        let backup = seat.folder.file("backup.sqlite")
        _ = try seat.authority.backUp(to: backup)
        for number in 5...9 { try seat.issue(number, now: .noon + 1) }
        try seat.publish(now: .noon + 2)
        let authority = try putBack(backup, now: .noon + 3)
        for (step, number) in [5, 6, 20].enumerated() {
            let request = Authority.IssueRequest(particulars: try Sample.particulars(number), overrideReason: nil)
            _ = try authority.issue([request], on: Seat.terms(), now: .noon + 4 + Int64(step) * 2).map { try $0.get() }
            _ = try authority.apply(
                .suspend,
                to: Sample.creditCode(number),
                reason: "r",
                officer: "张",
                now: .noon + 4 + Int64(step) * 2
            )
            _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 5 + Int64(step) * 2)
        }
        let (_, faults) = try replay()
        #expect(faults.isEmpty, "\(faults)")
        #expect(try differences(authority) == [])
    }

    /// The wrong backup first, the right one after it, with publications between.
    @Test func aLaterBackupAfterAnEarlierOneAgrees() throws {
        let (first, second) = (seat.folder.file("first.sqlite"), seat.folder.file("second.sqlite"))
        _ = try seat.authority.backUp(to: first)
        _ = try seat.apply(.suspend, 1, now: .noon + 1)
        try seat.issue(5, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        _ = try seat.authority.backUp(to: second)
        let early = try putBack(first, now: .noon + 3)
        _ = try early.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 4)
        let late = try putBack(second, now: .noon + 5)
        _ = try late.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 6)
        let (_, faults) = try replay()
        #expect(faults.isEmpty, "\(faults)")
        #expect(try differences(late) == [])
    }

    @Test func twoRestorationsInARowAreToldAsOne() throws {
        let (first, second) = (seat.folder.file("first.sqlite"), seat.folder.file("second.sqlite"))
        _ = try seat.authority.backUp(to: first)
        try seat.issue(5, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        _ = try seat.authority.backUp(to: second)
        try seat.issue(6, now: .noon + 3)
        try seat.publish(now: .noon + 4)
        _ = try putBack(second, now: .noon + 5)
        let authority = try putBack(first, now: .noon + 6)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 7)
        let (_, faults) = try replay()
        #expect(faults.isEmpty, "\(faults)")
        #expect(try differences(authority) == [])
    }
}
