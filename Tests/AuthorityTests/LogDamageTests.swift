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

/// A log that is damaged, gone or an older one, at home or where it is published: nothing is forked, and what can be put right is.
@Suite struct LogDamageTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        try seat.issue()
    }

    /// Readers cannot tell by a tile that is gone or damaged, and the publisher is the one who can put it right.
    @Test(arguments: [0, 300]) func whatReadersNeedOfThePublishedLogIsPutRight(more: Int) throws {
        for number in 2..<(2 + more) { try seat.issue(number) }
        try seat.publish()
        let log = "\(seat.publication)/log"
        let size = try seat.logHead().size
        let tiles = Tile.added(from: 0, to: size).map(\.path)
        #expect((tiles.count > 3) == (more > 0))
        var now = Instant.noon
        for path in tiles + [ListTable.path(ofLogOf: size)] {
            let whole = try DurableFile.read("\(log)/\(path)", limit: 1 << 24)
            for step in 0..<2 {
                if step == 0 {
                    try FileManager.default.removeItem(atPath: "\(log)/\(path)")
                } else {
                    try DurableFile.write(whole.map { $0 ^ 1 }, to: "\(log)/\(path)")
                }
                #expect(try seat.differences().contains { $0.contains("log/\(path) is") }, "\(path)")
                now = now + 1
                let report = try seat.publish(now: now)
                #expect(report.written == ["log/\(path)"], "\(path)")
                #expect(try DurableFile.read("\(log)/\(path)", limit: 1 << 24) == whole)
            }
        }
        #expect(try seat.differences().isEmpty)
        #expect(throws: Never.self) { try seat.snapshot().lists(of: seat.office, 1).status.get() }
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
        #expect(try seat.logHead() == seat.logHead("\(seat.publication)/log"))
        let other = seat.folder.file("other")
        #expect(throws: AuthorityError.self) {
            try seat.authority.publish(to: other, on: Seat.publishTerms, now: .noon + 5)
        }
        #expect(!FileManager.default.fileExists(atPath: "\(other)/log"))
    }

    @Test func withoutItsLogNothingIsPublishedOnceSomethingWas() throws {
        try seat.publish()
        try FileManager.default.removeItem(atPath: seat.authority.home.log)
        try seat.issue(2, now: .noon + 1)
        let error = #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 2) }
        #expect(error?.code == .rolledBack)
        let restored = try seat.restoreLog(now: .noon + 3)
        #expect(restored.remarks.contains { $0.contains("the log was taken over") })
        try seat.publish(now: .noon + 4)
        #expect(try seat.logKinds().filter { $0 == "issue" }.count == 2)
        #expect(try seat.differences(Authority(home: seat.authority.home, prompt: Seat.prompt)).isEmpty)
    }

    /// Readers have seen a log by this key: another one is begun by nobody who does not say that he knows.
    @Test(arguments: [true, false]) func noLogBeginsAnewBecauseTheOldOneIsGone(isDamaged: Bool) throws {
        try seat.publish()
        let home = seat.authority.home
        if isDamaged {
            try DurableFile.write([1, 2, 3], to: "\(home.log)/tile/0/000.p/4")
        } else {
            try FileManager.default.removeItem(atPath: home.log)
        }
        let kept = seat.folder.file("kept")
        try FileManager.default.copyItem(atPath: seat.publication, toPath: kept)
        unlink("\(seat.publication)/log/checkpoint")
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 1) }
        for now in [Instant.noon + 2, .noon + 3] {
            let error = #expect(throws: AuthorityError.self) { try seat.restoreLog(now: now) }
            #expect(
                error?.code == .request && error?.reason.contains("has no log/checkpoint") == true,
                "\(error as Any)"
            )
            #expect(throws: AuthorityError.self) { try seat.publish(now: now) }
        }
        try FileManager.default.removeItem(atPath: seat.publication)
        try FileManager.default.copyItem(atPath: kept, toPath: seat.publication)
        #expect(try seat.restoreLog(now: .noon + 4).remarks.contains { $0.contains("the log was taken over") })
        let authority = try Authority(home: home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 5)
        #expect(try seat.differences(authority).isEmpty)
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
        let published = try seat.logHead("\(seat.publication)/log")
        try FileManager.default.removeItem(atPath: home.log)
        try FileManager.default.copyItem(atPath: kept, toPath: home.log)
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 3) }
        #expect(try seat.logHead() != published, "and nothing was signed beside it")
        _ = try seat.restoreLog(now: .noon + 4)
        #expect(try seat.logHead() == published)
        let authority = try Authority(home: home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 5)
        #expect(try seat.differences(authority).isEmpty)
    }

    @Test(arguments: ["tile/0/000.p/4", "tile/entries/000.p/4", "checkpoint"])
    func aDamagedLogIsTakenOverFromThePublishedOne(path: String) throws {
        try seat.publish()
        try DurableFile.write([1, 2, 3], to: "\(seat.authority.home.log)/\(path)")
        try seat.issue(2, now: .noon + 1)
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 2) }
        _ = try seat.restoreLog(now: .noon + 3)
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 4)
        #expect(try seat.differences(authority).isEmpty)
    }

    @Test func whatWasBrokenOffBeforeTheCheckpointLeavesNoTrace() throws {
        try seat.publish()
        let head = try seat.logHead()
        // As by a publisher that was killed: tiles of a longer log, and no checkpoint.
        for tile in [Tile(level: 0, index: 0, width: head.size + 1), Tile(level: nil, index: 0, width: head.size + 1)] {
            try DurableFile.write([1, 2, 3], to: "\(seat.authority.home.log)/\(tile.path)")
        }
        _ = try seat.apply(.suspend, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        #expect(try seat.differences().isEmpty)
    }

    /// It can be made anew of the entries, and is.
    @Test func aTableThatIsDamagedOrGoneAtHomeIsMadeAnew() throws {
        try seat.publish()
        let table = "\(seat.authority.home.log)/\(ListTable.path(ofLogOf: try seat.logHead().size))"
        let whole = try DurableFile.read(table, limit: 1 << 20)
        for (step, bytes) in ([nil, [], [1, 2, 3], Array(whole.dropLast())] as [[UInt8]?]).enumerated() {
            if let bytes { try DurableFile.write(bytes, to: table) } else { unlink(table) }
            try seat.publish(now: .noon + Int64(step))
            #expect(try DurableFile.read(table, limit: 1 << 20) == whole)
        }
        unlink(table)
        _ = try seat.apply(.suspend, now: .noon + 8)
        try seat.publish(now: .noon + 9)
        #expect(throws: Never.self) { try seat.snapshot().lists(of: seat.office, 1).status.get() }
        #expect(try seat.differences().isEmpty)
    }

    /// Whoever has an older checkpoint in hand still finds its table; nothing grows for ever.
    @Test func tablesOfAWhileAreKeptAtHomeAndInThePublication() throws {
        var sizes: [Int] = []
        for step in 0..<20 {
            _ = try seat.apply(step % 2 == 0 ? .suspend : .resume, now: .noon + Int64(2 * step))
            try seat.publish(now: .noon + Int64(2 * step + 1))
            sizes.append(try seat.logHead().size)
        }
        for folder in [seat.authority.home.log, "\(seat.publication)/log"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/lists")
            #expect(names.compactMap { Int($0) }.sorted() == sizes.suffix(16), "\(names)")
        }
    }
}
