import Foundation
import Licence
import Publication
import TestSupport
import Testing

@testable import Authority
@testable import Licensing
@testable import Registry

/// TARGETS row 8: the numbers of lists only rise, and no licence that had ended is valid again; what an accident emptied is not published.
@Suite struct NeverBackTests {
    private let lists = ["status/341181-1", "issued/341181-1"]

    /// An office's acts as they come, legal or not, published now and then, and read by somebody who remembers.
    @Test(arguments: 1...3 as ClosedRange<UInt64>) func aWholeLifeOfPublicationsOnlyGoesForward(seed: UInt64) throws {
        let seat = try Seat()
        var generator = SeededGenerator(seed: seed)
        var (seen, now, ended) = (HighWater(), Instant.noon, Set<Int>())
        var (numbers, bytes): ([String: Int], [String: [UInt8]]) = ([:], [:])
        var issued = 0
        for step in 0..<160 {
            now = now.adding(seconds: Int64.random(in: 1...100_000, using: &generator))
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...2:
                issued += 1
                try seat.issue(issued, now: now)
            case 3...6 where issued > 0:
                let act = LicenceAct.allCases.filter { !$0.makesVersion }.randomElement(using: &generator)
                let number = Int.random(in: 1...issued, using: &generator)
                // What the table of acts forbids is refused, and here nothing.
                if let act { _ = try? seat.apply(act, number, now: now) }
            default: break
            }
            guard step % 4 == 3, issued > 0 else { continue }
            try seat.publish(now: now)
            let snapshot = PublicationReader(folder: seat.publication, root: seat.authority.root)
                .snapshot(&seen, now: now)
            let (status, list) = (
                try snapshot.lists(of: seat.office, 1).status.get(), try snapshot.lists(of: seat.office, 1).issued.get()
            )
            for (path, claims) in zip(lists, [status.claims, list.claims]) {
                let present = try DurableFile.read("\(seat.publication)/\(path)", limit: 1 << 20)
                let before = numbers[path] ?? 0
                #expect(bytes[path] == present ? claims.sequence == before : claims.sequence > before, "step \(step)")
                (numbers[path], bytes[path]) = (claims.sequence, present)
            }
            #expect(list.count == issued)
            for index in 0..<status.count {
                guard let value = status.value(at: index).flatMap(ListedStatus.init), value != .neverIssued else {
                    #expect(!ended.contains(index), "step \(step): entry \(index) vanished")
                    continue
                }
                if value.isEnd { ended.insert(index) }
                #expect(value.isEnd || !ended.contains(index), "step \(step): entry \(index) is \(value)")
            }
        }
        #expect(ended.count > 3)
    }

    /// By an accident, and not by somebody who knows how to hide it.
    @Test(arguments: [
        "DELETE FROM licence", "DELETE FROM licence WHERE id > 1", "DELETE FROM statusList",
        "UPDATE statusList SET used = 0; DELETE FROM licence", "UPDATE licence SET status = 'valid'",
        "DELETE FROM licence; DELETE FROM act WHERE licence IS NOT NULL", "UPDATE statusList SET size = 1024",
    ])
    func whatAnAccidentEmptiedIsNotPublished(sql: String) throws {
        let seat = try Seat()
        for number in 1...6 { try seat.issue(number) }
        for number in 1...3 { _ = try seat.apply(.revoke, number) }
        try seat.publish()
        let before = try contents(seat)
        try seat.tamper("\(sql); UPDATE statusList SET revision = revision + 1")
        #expect(throws: (any Error).self) { try seat.publish(now: .noon + 1) }
        // Nor later, nor where nothing lies yet, nor when the list would have ended.
        for (folder, later) in [(seat.folder.file("other"), 2), (seat.publication, 6 * .day)] as [(String, Int64)] {
            #expect(throws: (any Error).self) {
                try seat.authority.publish(to: folder, on: Seat.publishTerms, now: .noon + later)
            }
        }
        #expect(try contents(seat) == before)
    }

    private func contents(_ seat: Seat) throws -> [[UInt8]] {
        try (lists + ["log/checkpoint", "trust-list"]).map {
            try DurableFile.read("\(seat.publication)/\($0)", limit: 1 << 20)
        }
    }
}
