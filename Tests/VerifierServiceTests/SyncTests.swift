import Licence
import Publication
import Testing

@testable import licetd

/// A publication that is fetched from an address: how often, and what readiness says when it does not come.
@Suite struct SyncTests {
    private static let noon = Instant(seconds: 1_784_000_000)
    private let unreachable = PublicationError(.unreadable, file: "trust-list", "connection refused")
    private let older = PublicationError(.rolledBack, file: "trust-list", "is older than one that was accepted before")

    @Test func pausesAsLongEachTime() async {
        let rhythm = Rhythm(every: .milliseconds(200))
        for _ in 0..<4 {
            let taken = await ContinuousClock().measure { await rhythm.pause() }
            #expect(taken >= .milliseconds(180))
        }
    }

    /// Two pauses of an hour would show that the hurry is not kept.
    @Test func isHurriedOnceDuringAPauseAndOnceBefore() async {
        let rhythm = Rhythm(every: .seconds(3_600))
        rhythm.hurry()
        await rhythm.pause()
        async let pause: Void = rhythm.pause()
        try? await Task.sleep(for: .milliseconds(1_500))
        rhythm.hurry()
        await pause
    }

    @Test func aRefusalIsAFaultAtOnceAndUntilTheNextSuccess() {
        var tally = SyncTally(startedAt: Self.noon)
        tally.note([], at: Self.noon)
        tally.note([unreachable, older], at: Self.noon + 5)
        #expect(tally.failures == 1)
        #expect(
            tally.fault(at: Self.noon + 5, patience: 60)
                == "not synchronised since \(Self.noon): trust-list: is older than one that was accepted before"
        )
        tally.note([], at: Self.noon + 10)
        #expect(tally.fault(at: Self.noon + 60, patience: 60) == nil)
        #expect(tally.failures == 0)
        #expect(tally.syncedAt == Self.noon + 10)
    }

    @Test func whatCannotBeHadIsAFaultAfterAWhile() {
        var tally = SyncTally(startedAt: Self.noon)
        tally.note([], at: Self.noon + 10)
        tally.note([unreachable], at: Self.noon + 20)
        #expect(tally.fault(at: Self.noon + 69, patience: 60) == nil)
        #expect(tally.fault(at: Self.noon + 70, patience: 60) != nil)
    }

    /// A transfer that drips may hold one up for minutes, in which no revocation arrives.
    @Test func whatHasNotEndedIsAFaultAfterAWhile() {
        var tally = SyncTally(startedAt: Self.noon)
        tally.note([], at: Self.noon + 10)
        #expect(tally.fault(at: Self.noon + 69, patience: 60) == nil)
        #expect(
            tally.fault(at: Self.noon + 70, patience: 60)
                == "not synchronised since \(Self.noon + 10): the last time has not ended yet"
        )
    }

    @Test func whatNeverCameIsAFaultAsWell() {
        var tally = SyncTally(startedAt: Self.noon)
        tally.note([unreachable], at: Self.noon + 1)
        #expect(tally.syncedAt == nil)
        #expect(tally.fault(at: Self.noon + 60, patience: 60) != nil)
    }
}

extension Instant {
    fileprivate static func + (instant: Instant, seconds: Int64) -> Instant { instant.adding(seconds: seconds) }
}
