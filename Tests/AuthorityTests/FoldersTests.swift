import Foundation
import Licence
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Authority
@testable import Licensing

/// One authority that publishes to several folders: a web server's, and one that goes out on a stick.
@Suite struct FoldersTests {
    let seat: Seat
    private let lists = ["status/341181-1", "issued/341181-1"]
    private var web: String { seat.folder.file("web") }
    private var stick: String { seat.folder.file("stick") }

    init() throws {
        seat = try Seat()
        try seat.issue()
    }

    @discardableResult
    private func publish(to folder: String, now: Instant = .noon) throws -> Authority.PublishReport {
        try seat.authority.publish(to: folder, on: Seat.publishTerms, now: now)
    }

    private func contents(_ folder: String) throws -> [[UInt8]] {
        try (lists + ["trust-list", "log/checkpoint"]).map {
            try DurableFile.read("\(folder)/\($0)", limit: 1 << 20)
        }
    }

    /// As from a snapshot of the whole machine: what was published since tells that this home is an older one, wherever it publishes to.
    @Test func anOlderHomeIsNoticedAlsoWhereNothingWasPublishedYet() throws {
        try publish(to: web)
        let (home, kept) = (seat.authority.home, seat.folder.file("kept"))
        try FileManager.default.copyItem(atPath: home.path, toPath: kept)
        try seat.issue(2, now: .noon + 1)
        try publish(to: web, now: .noon + 2)
        try FileManager.default.removeItem(atPath: home.path)
        try FileManager.default.copyItem(atPath: kept, toPath: home.path)
        let older = try Authority(home: home, prompt: Seat.prompt)
        for folder in [stick, web] {
            let error = #expect(throws: AuthorityError.self) {
                try older.publish(to: folder, on: Seat.publishTerms, now: .noon + 3)
            }
            #expect(error?.code == .rolledBack, "\(error as Any)")
        }
        #expect(!FileManager.default.fileExists(atPath: "\(stick)/log/checkpoint"))
        try seat.tamper("SELECT 1")
    }

    @Test func theNextFolderGetsTheSameListsAndTheLogDoesNotGrow() throws {
        let first = try publish(to: web)
        let second = try publish(to: stick, now: .noon + 1)
        #expect(second.written == first.written)
        #expect(second.logSize == first.logSize)
        #expect(try contents(stick) == contents(web))
        for (folder, step) in [(web, 2), (stick, 3), (web, 4)] as [(String, Int64)] {
            #expect(try publish(to: folder, now: .noon + step).written.isEmpty)
        }
    }

    @Test func whatChangedIsSignedOnceAndComesToEachFolder() throws {
        for folder in [web, stick] { try publish(to: folder) }
        _ = try seat.apply(.revoke, now: .noon + 1)
        let first = try publish(to: stick, now: .noon + 2)
        #expect(first.written == ["status/341181-1", "log/checkpoint"])
        let second = try publish(to: web, now: .noon + 3)
        #expect(second.written == first.written)
        #expect(second.logSize == first.logSize)
        #expect(try contents(stick) == contents(web))
    }

    @Test func whereTheFolderBeforeIsGoneTheListsAreSignedAnew() throws {
        try publish(to: web)
        _ = try seat.apply(.revoke, now: .noon + 1)
        let lost = try publish(to: stick, now: .noon + 2)
        try FileManager.default.removeItem(atPath: stick)
        let report = try publish(to: web, now: .noon + 3)
        #expect(report.written == ["status/341181-1", "log/checkpoint"])
        #expect(try #require(report.logSize) > #require(lost.logSize))
        var seen = HighWater()
        let snapshot = PublicationReader(folder: web, root: seat.authority.root).snapshot(&seen, now: .noon + 4)
        #expect(try snapshot.lists(of: seat.office, 1).status.get().claims.sequence == 3)
    }

    @Test func aDamagedListIsCopiedAndNotSigned() throws {
        try publish(to: web)
        try publish(to: stick)
        try DurableFile.write([1, 2, 3], to: "\(web)/status/341181-1")
        #expect(try publish(to: web, now: .noon + 1).written == ["status/341181-1"])
        #expect(try contents(stick) == contents(web))
    }

    /// Else a registry that forgot something would lay its lists over those that tell of it.
    @Test func listsOfALogThatIsNotOursAreNotReplacedByACopy() throws {
        let (home, before) = (seat.authority.home, seat.folder.file("before"))
        try publish(to: stick)
        try FileManager.default.copyItem(atPath: home.path, toPath: before)
        _ = try seat.apply(.revoke, now: .noon + 1)
        try publish(to: web, now: .noon + 2)
        let older = try Authority(home: Home(path: before, keyCost: .none), prompt: Seat.prompt)
        // The log would tell at once.
        try FileManager.default.removeItem(atPath: "\(web)/log")
        let told = try lists.map { try DurableFile.read("\(web)/\($0)", limit: 1 << 20) }
        let error = #expect(throws: AuthorityError.self) {
            try older.publish(to: web, on: Seat.publishTerms, now: .noon + 3)
        }
        #expect(error?.code == .rolledBack, "\(String(describing: error))")
        #expect(try lists.map { try DurableFile.read("\(web)/\($0)", limit: 1 << 20) } == told)
    }

    @Test func nothingIsWrittenOverAnotherAuthority() throws {
        let other = try Seat()
        try other.issue()
        try other.publish()
        let told = try contents(other.publication)
        for step in 0..<2 {
            let error = #expect(throws: AuthorityError.self) { try publish(to: other.publication) }
            #expect(error?.code == .otherAuthority, "\(String(describing: error))")
            // The same once this one has a log of its own.
            if step == 0 { try publish(to: web) }
        }
        #expect(try contents(other.publication) == told)
        #expect(try publish(to: web, now: .noon + 1).written.isEmpty)
    }
}
