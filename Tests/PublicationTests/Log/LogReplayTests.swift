import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// What a stranger who replays a log finds in it.
@Suite struct LogReplayTests {
    private var replay = LogReplay()
    private var number = 0

    private static let code = "91341181MA2QW7K3XM"

    private func effect(_ index: Int, _ status: ListedStatus, list: String = "341181-1") -> LogEntry.Effect {
        LogEntry.Effect(
            list: list,
            index: index,
            digest: digest(UInt8(truncatingIfNeeded: index)).bytes,
            status: status
        )
    }

    private mutating func act(
        _ kind: LicenceAct,
        _ effects: [LogEntry.Effect],
        on code: String = code,
        at: Instant = .noon
    ) -> [String] {
        number += 1
        let act = LogEntry.ActOnLicence(kind: kind, number: number, subject: LogEntry.Subject(code), effects: effects)
        return replay.apply(LogEntry(at: at, .act(act)))
    }

    @Test mutating func aWholeLifeIsInOrder() {
        #expect(act(.issue, [effect(1, .valid)]).isEmpty)
        #expect(act(.suspend, [effect(1, .suspended)]).isEmpty)
        #expect(act(.replace, [effect(2, .suspended), effect(1, .superseded)]).isEmpty)
        #expect(act(.resume, [effect(2, .valid)]).isEmpty)
        #expect(act(.change, [effect(3, .valid), effect(2, .superseded)]).isEmpty)
        #expect(act(.relocate, [effect(3, .superseded)]).isEmpty)
        #expect(act(.issue, [effect(1, .valid, list: "341182-1")]).isEmpty)
        #expect(act(.revoke, [effect(1, .revoked, list: "341182-1")]).isEmpty)
        #expect(act(.cancel, [effect(1, .cancelled, list: "341182-1")]).isEmpty)
        #expect(replay.lists["341181-1"]?.used == 3)
    }

    @Test mutating func anIndexIsGivenAwayOnce() {
        _ = act(.issue, [effect(1, .valid)])
        #expect(act(.issue, [effect(1, .valid)], on: "other").first?.contains("given away before") == true)
    }

    /// Else a log of a few lines, or a country's own with its random indices, would take gigabytes.
    @Test mutating func entriesTakeMemoryByTheirNumberAndNotByTheirPlace() throws {
        let before = try pages()
        for number in 1...300 {
            #expect(
                act(
                    .issue,
                    [effect(ListReference.maximumEntries - 1, .valid, list: "341181-\(number)")],
                    on: "\(number)"
                ).isEmpty
            )
        }
        // Other tests take some as well; by their place these would take 50 GiB.
        #expect(try pages() - before < 1 << 19)
    }

    /// How much memory this process has, in pages.
    private func pages() throws -> Int {
        let numbers = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(numbers[1]))
    }

    @Test mutating func aBusinessIsLicensedOnce() {
        _ = act(.issue, [effect(1, .valid)])
        #expect(act(.issue, [effect(2, .valid)]).first?.contains("has a licence already") == true)
    }

    @Test mutating func noActTakesAnEndBack() {
        _ = act(.issue, [effect(1, .valid)])
        _ = act(.revoke, [effect(1, .revoked)])
        for (kind, status) in [(LicenceAct.resume, ListedStatus.valid), (.suspend, .suspended), (.annul, .annulled)] {
            var next = self
            let faults = next.act(kind, [effect(1, status)])
            #expect(!faults.isEmpty, "\(kind)")
        }
    }

    @Test mutating func anActDoesWhatItsNameSays() {
        _ = act(.issue, [effect(1, .valid)])
        #expect(!act(.suspend, [effect(1, .revoked)]).isEmpty)
        #expect(!act(.change, [effect(2, .valid)]).isEmpty, "the version before stays valid")
        #expect(!act(.issue, [effect(3, .valid), effect(1, .superseded)], on: "other").isEmpty)
        #expect(!act(.issue, [effect(4, .revoked)], on: "third").isEmpty)
    }

    @Test mutating func anActOnAnotherCodeOrAnOlderVersionIsFound() {
        _ = act(.issue, [effect(1, .valid)])
        let other = LogEntry.Effect(list: "341181-1", index: 1, digest: digest(9).bytes, status: .revoked)
        #expect(act(.revoke, [other]).first?.contains("another code") == true)
        _ = act(.issue, [effect(5, .valid)], on: "other")
        #expect(!act(.revoke, [effect(1, .revoked)], on: "other").isEmpty)
    }

    @Test mutating func actsRiseInNumberAndTime() {
        _ = act(.issue, [effect(1, .valid)])
        number = 0
        #expect(act(.suspend, [effect(1, .suspended)]).first?.contains("comes after act") == true)
        number = 5
        #expect(act(.resume, [effect(1, .valid)], at: .noon - 1).first?.contains("one before") == true)
    }

    @Test mutating func listsRiseInNumber() {
        func list(_ sequence: Int) -> LogEntry {
            LogEntry(
                at: .noon,
                .list(LogEntry.SignedList(path: "status/341181-1", sequence: sequence, digest: digest(1)))
            )
        }
        #expect(replay.apply(list(4)).isEmpty)
        #expect(replay.apply(list(6)).isEmpty)
        #expect(!replay.apply(list(6)).isEmpty)
    }

    @Test mutating func whatIsLostIsToldWhereARegistryWasPutBackAndNowhereElse() {
        _ = act(.issue, [effect(1, .valid)])
        _ = act(.issue, [effect(2, .valid)], on: "other")
        _ = act(.revoke, [effect(1, .revoked)])
        let loss = LogEntry(at: .noon, .loss([effect(1, .valid), effect(2, .neverIssued)]))
        var other = replay
        #expect(!other.apply(loss).isEmpty)
        #expect(replay.apply(LogEntry(at: .noon, .restore(act: 2, from: digest(0)))).isEmpty)
        #expect(replay.apply(loss).isEmpty)
        number = 1
        #expect(act(.revoke, [effect(1, .revoked)]).isEmpty, "done again")
        #expect(act(.issue, [effect(7, .valid)], on: "other").isEmpty, "the lost one is licensed anew")
        #expect(replay.notices.count == 2)
        #expect(replay.lists["341181-1"]?.used == 2)
    }

    @Test mutating func anotherRegistryOfTheSameLengthIsFound() {
        let none = ListTable().digest
        _ = replay.apply(LogEntry(at: .noon, .registry(acts: 4, head: digest(1), lists: none)))
        #expect(replay.apply(LogEntry(at: .noon, .registry(acts: 4, head: digest(1), lists: none))).isEmpty)
        #expect(!replay.apply(LogEntry(at: .noon, .registry(acts: 4, head: digest(2), lists: none))).isEmpty)
        #expect(!replay.apply(LogEntry(at: .noon, .registry(acts: 3, head: digest(1), lists: none))).isEmpty)
    }

    /// Others are at work while lists are signed one after another.
    @Test mutating func aListIsHeldAgainstWhatWasToldBeforeIt() {
        _ = act(.issue, [effect(1, .valid)])
        let list = LogEntry.SignedList(path: "status/341181-1", sequence: 1, digest: digest(1))
        _ = replay.apply(LogEntry(at: .noon, .list(list)))
        _ = act(.suspend, [effect(1, .suspended)])
        _ = act(.issue, [effect(6, .valid)], on: "other")
        let said = replay.lists["341181-1"] ?? LogReplay.List()
        func status(_ entries: [(Int, ListedStatus)]) -> StatusList {
            StatusList(claims: Issuer.claims(), size: 8, entries: entries.map { (index: $0.0, status: $0.1) })
        }
        #expect(said.isSaid(by: status([(1, .valid)])))
        #expect(!said.isSaid(by: status([(1, .suspended), (6, .valid)])))
        let next = LogEntry.SignedList(path: "status/341181-1", sequence: 2, digest: digest(2))
        _ = replay.apply(LogEntry(at: .noon, .list(next)))
        #expect(replay.lists["341181-1"]?.isSaid(by: status([(1, .suspended), (6, .valid)])) == true)
    }

    @Test mutating func listsAreHeldAgainstWhatWasTold() {
        _ = act(.issue, [effect(1, .valid)])
        _ = act(.issue, [effect(6, .valid)], on: "other")
        _ = act(.suspend, [effect(6, .suspended)], on: "other")
        for path in [statusPath, issuedPath] {
            let list = LogEntry.SignedList(path: path, sequence: 1, digest: digest(1))
            _ = replay.apply(LogEntry(at: .noon, .list(list)))
        }
        let said = replay.lists["341181-1"] ?? LogReplay.List()
        func status(_ entries: [(Int, ListedStatus)], size: Int = 8) -> StatusList {
            StatusList(claims: Issuer.claims(), size: size, entries: entries.map { (index: $0.0, status: $0.1) })
        }
        func issued(_ entries: [(Int, UInt8)]) -> IssuedList {
            IssuedList(claims: Issuer.claims(issuedPath), entries: entries.map { (index: $0.0, digest: digest($0.1)) })
        }
        #expect(said.isSaid(by: status([(1, .valid), (6, .suspended)])))
        #expect(said.isSaid(by: status([(1, .valid), (6, .suspended)], size: 4_096)))
        #expect(!said.isSaid(by: status([(1, .valid), (6, .valid)])))
        #expect(!said.isSaid(by: status([(1, .valid)])))
        #expect(!said.isSaid(by: status([(1, .valid), (6, .suspended), (7, .valid)])))
        #expect(!said.isSaid(by: status([(1, .valid), (6, .suspended), (3_000, .valid)], size: 4_096)))
        #expect(said.isSaid(by: issued([(1, 1), (6, 6)])))
        #expect(!said.isSaid(by: issued([(1, 1), (6, 7)])))
        #expect(!said.isSaid(by: issued([(1, 1)])))
        #expect(!said.isSaid(by: issued([(1, 1), (6, 6), (7, 7)])))
    }
}
