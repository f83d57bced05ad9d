import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct PublishingTests {
    let seat: Seat
    let status = "status/341181-1"
    let issued = "issued/341181-1"

    init() throws {
        seat = try Seat()
        try seat.issue()
    }

    @Test func writesTheListsAndTheTrustListLast() throws {
        #expect(try seat.publish().written == [status, issued, "trust-list", "log/checkpoint"])
        let snapshot = seat.snapshot()
        #expect(try snapshot.trust.get().sequence == 2)
        let list = try snapshot.lists(of: seat.office, 1).status.get()
        #expect(list.claims.sequence == 1)
        #expect(list.claims.issuedAt == .noon)
        #expect(list.claims.expires == .noon + 7 * .day)
        #expect(list.claims.timeToLive == 600)
        #expect(list.bitsPerEntry == 4)
        #expect(list.count == Registry.Session.listSize)
    }

    @Test func saysOfEveryEntryWhatTheRegistrySays() throws {
        let changes: [LicenceAct] = [.suspend, .dormant, .revoke, .cancel, .annul]
        for (number, change) in changes.enumerated() {
            try seat.issue(10 + number)
            _ = try seat.apply(change, 10 + number)
        }
        _ = try seat.authority.revise(
            Sample.creditCode(1),
            .change([.name: "新名"]),
            reason: "更名",
            on: Seat.terms(),
            now: .noon
        )
        try seat.publish()
        let list = try seat.snapshot().lists(of: seat.office, 1).status.get()
        let records = try seat.authority.registry.read { session in
            try session.licences(LicenceFilter(today: CalendarDate("2026-03-18"))).records
        }
        #expect(records.count == 7)
        for record in records {
            #expect(list.value(at: record.reference.index) == ListedStatus(record.status).rawValue)
        }
        let used = (0..<list.count).count { list.value(at: $0) != ListedStatus.neverIssued.rawValue }
        #expect(used == 7)
    }

    @Test func leavesAloneWhatDidNotChange() throws {
        try seat.publish()
        let before = try contents()
        let report = try seat.publish(now: .noon + 60)
        #expect(report.written.isEmpty)
        #expect(report.unchanged == [status, issued, "trust-list", "log/checkpoint"])
        #expect(try contents() == before)
    }

    @Test(arguments: [(-1, 0), (0, 3), (1, 3)] as [(Int64, Int)])
    func signsListsAnewWhenHalfOfTheirLifeIsOver(seconds: Int64, count: Int) throws {
        try seat.publish()
        let half = Instant.noon + 7 * .day / 2
        #expect(try seat.publish(now: half + seconds).written.count == count)
    }

    @Test func raisesTheNumberOfAListWithEachSignature() throws {
        try seat.publish()
        _ = try seat.apply(.suspend, now: .noon + 1)
        // That it was issued has not changed.
        #expect(try seat.publish(now: .noon + 2).written == [status, "log/checkpoint"])
        _ = try seat.apply(.resume, now: .noon + 3)
        try seat.publish(now: .noon + 4)
        let list = try seat.snapshot().lists(of: seat.office, 1).status.get()
        #expect(list.claims.sequence == 3)
        #expect(list.claims.issuedAt == .noon + 4)
    }

    @Test func isAcceptedByAReaderThatSawEveryEditionBefore() throws {
        var seen = HighWater()
        for step in 0..<4 {
            let now = Instant.noon + Int64(step) * 100
            try seat.issue(10 + step, now: now)
            try seat.publish(now: now)
            let snapshot = PublicationReader(folder: seat.publication, root: seat.authority.root).snapshot(
                &seen,
                now: now
            )
            #expect(throws: Never.self) { try snapshot.lists(of: seat.office, 1).status.get() }
            #expect(throws: Never.self) { try snapshot.lists(of: seat.office, 1).issued.get() }
        }
        #expect(seen.marks[status]?.sequence == 4)
    }

    @Test(arguments: ["status/341181-1", "issued/341181-1", "trust-list"])
    func writesAnewAFileThatWasDamagedOrRemoved(path: String) throws {
        try seat.publish()
        let written = path == "trust-list" ? [path] : [path, "log/checkpoint"]
        try DurableFile.write([1, 2, 3], to: "\(seat.publication)/\(path)")
        #expect(try seat.publish(now: .noon + 1).written == written)
        try FileManager.default.removeItem(atPath: "\(seat.publication)/\(path)")
        #expect(try seat.publish(now: .noon + 2).written == written)
        let snapshot = seat.snapshot()
        #expect(throws: Never.self) { try snapshot.trust.get() }
        #expect(throws: Never.self) { try snapshot.lists(of: seat.office, 1).status.get() }
        #expect(throws: Never.self) { try snapshot.lists(of: seat.office, 1).issued.get() }
    }

    @Test func publishesWhatActsHaveBroughtBack() throws {
        _ = try seat.apply(.suspend)
        try seat.publish()
        _ = try seat.apply(.resume, now: .noon + 1)
        #expect(try seat.publish(now: .noon + 2).written == [status, "log/checkpoint"])
    }

    /// The trust list lives for 90 days and is renewed when 30 are left.
    @Test(arguments: [(-1, 2), (0, 3), (1, 3)] as [(Int64, Int)])
    func renewsTheTrustListNearItsEnd(seconds: Int64, sequence: Int) throws {
        let now = Instant.noon + 60 * .day + seconds
        try seat.publish(now: now)
        let trust = try seat.snapshot().trust.get()
        #expect(trust.sequence == sequence)
        #expect(trust.nextUpdate == (sequence == 3 ? now + 90 * .day : .noon + 90 * .day))
    }

    @Test func signsNothingWithAClockBehindWhatWasPublished() throws {
        try seat.publish(now: .noon + 100)
        try seat.tamper("UPDATE licence SET status = 'revoked'")
        let before = try contents()
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 99) }
        #expect(error?.code == .clock)
        #expect(try contents() == before)
    }

    @Test func asksForNoKeyWithoutAList() throws {
        struct Asked: Error {}
        let seat = try Seat()
        let authority = try Authority(home: seat.authority.home, prompt: { _ in throw Asked() })
        let report = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon)
        #expect(report.written == ["trust-list"])
    }

    // MARK: - The key for lists

    @Test func signsEverythingAnewWithANewKeyForLists() throws {
        try seat.publish()
        _ = try seat.authority.rotateListKey(Seat.key(), officer: "王", now: .noon)
        let old = try seat.authority.key("1")
        try seat.authority.revoke(old, asOf: .noon, reason: "lost", officer: "王", now: .noon)
        #expect(try seat.publish(now: .noon + 1).written == [status, issued, "trust-list", "log/checkpoint"])
        let snapshot = seat.snapshot()
        #expect(try snapshot.lists(of: seat.office, 1).status.get().claims.sequence == 2)
        #expect(throws: Never.self) { try snapshot.lists(of: seat.office, 1).issued.get() }
    }

    @Test func makesNoListThatOutlivesItsKey() throws {
        let end = try #require(try seat.snapshotOfKeys().first { $0.purpose == .lists }).validity.upperBound
        try seat.tamper("DELETE FROM trustList WHERE sequence < 2")
        try seat.publish(now: end - .day)
        let list = try seat.snapshot().lists(of: seat.office, 1).status.get()
        #expect(list.claims.expires == end)
    }

    @Test func signsNoListWithARevokedKey() throws {
        try seat.tamper("UPDATE issuingKey SET revokedAt = 0 WHERE purpose = 2")
        let error = #expect(throws: AuthorityError.self) { try seat.publish() }
        #expect(error?.code == .rolledBack)
        #expect(!FileManager.default.fileExists(atPath: "\(seat.publication)/trust-list"))
    }

    func contents() throws -> [[UInt8]] {
        try [status, issued, "trust-list"].map {
            try DurableFile.read("\(seat.publication)/\($0)", limit: 1 << 20)
        }
    }
}

extension Seat {
    func snapshotOfKeys() throws -> [TrustedKey] {
        try authority.registry.read { try $0.keys(of: authority.record) }
    }
}
