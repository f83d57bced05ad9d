import NIOCore
import Serving
import Testing

@testable import VerifierService

@Suite struct LinePaceTests {
    private let client: Client

    init() throws { client = Client(try #require(IPAddress("192.0.2.1"))) }

    private func pace(_ rate: RateLimit, batches: Shares = Shares(most: 2)) -> LinePace {
        LinePace(rate, of: client, batches: batches)
    }

    /// How many requests the client still may ask singly; asks them.
    private func left(of rate: RateLimit) -> Int { (0..<1_000).prefix { _ in rate.wait(of: client) == nil }.count }

    @Test(arguments: [1, 3, 7, 100]) func aRequestIsWorthTwentyLinesHoweverTheyArrive(atOnce: Int) async throws {
        // So slow that nothing is had back in this test.
        let rate = RateLimit(perSecond: 0.001, burst: 40)
        var pace = pace(rate)
        var lines = 0
        while lines + atOnce <= 300 {
            try await pace.wait(for: atOnce)
            lines += atOnce
        }
        #expect(left(of: rate) == 40 - lines / 20)
    }

    @Test(arguments: [
        (rate: 100.0, burst: 1_000, lines: 100), (1, 1_000, 20), (3, 1_000, 60), (100, 4, 40), (100, 1, 20),
        (0, 1, 100),
    ])
    func waitsForNoMoreThanASecondsWorthNorThanHalfOfWhatMayBeAskedAtOnce(rate: Double, burst: Int, lines: Int) {
        #expect(pace(RateLimit(perSecond: rate, burst: burst)).linesAtOnce == lines)
    }

    /// A batch with no end.
    private struct Batch {
        var pace: LinePace
        var lines = 0
        private var wakesAt: UInt64 = 0

        init(_ pace: LinePace) { self.pace = pace }

        mutating func run(at now: UInt64) {
            while wakesAt <= now {
                if let pause = pace.pause(at: LinePaceTests.time(now)) {
                    wakesAt = now + UInt64(pause / .milliseconds(1)) + 1
                } else {
                    if now > 0 { lines += pace.linesAtOnce }
                    pace.ask(for: pace.linesAtOnce, at: LinePaceTests.time(now))
                    if now == 0 { wakesAt = 1 }
                }
            }
        }
    }

    private static func time(_ milliseconds: UInt64) -> NIODeadline {
        .uptimeNanoseconds((1_000_000 + milliseconds) * 1_000_000)
    }

    /// What batches of one client, and his single requests so many milliseconds apart, get in 200 seconds by the clock of this test.
    private func shares(
        of rate: RateLimit,
        batches count: Int,
        singleEvery interval: UInt64
    ) throws -> (lines: [Int], single: Int, asked: Int) {
        let shares = Shares(most: 0)
        let held = try (0..<count).map { _ in try shares.take(for: client) }
        defer { withExtendedLifetime(held) {} }
        var batches = held.map { _ in Batch(pace(rate, batches: shares)) }
        var (single, asked) = (0, 0)
        for now in 0..<UInt64(200_000) {
            for place in batches.indices { batches[place].run(at: now) }
            guard now % interval == interval / 2 else { continue }
            asked += 1
            if rate.wait(of: client, now: Self.time(now)) == nil { single += 1 }
        }
        return (batches.map(\.lines), single, asked)
    }

    private static let limits = [(1, 1), (1, 10), (3, 10), (10, 20), (100, 1_000), (1_000, 50)]

    @Test(arguments: limits, [1, 2, 5])
    func whereSomebodyAsksSinglyAllTheTimeHisBatchesHaveAThirdAtLeast(limit: (Int, Int), batches: Int) throws {
        let (rate, burst) = limit
        let found = try shares(
            of: RateLimit(perSecond: Double(rate), burst: burst),
            batches: batches,
            singleEvery: UInt64(max(2, 300 / rate))
        )
        let whole = Double(200 * min(rate, 500))
        #expect(Double(found.single) > 0.4 * whole, "\(found)")
        let lines = found.lines.reduce(0, +)
        #expect(Double(lines) > 0.3 * whole * Double(LinePace.linesOfRequest), "\(found)")
        for one in found.lines { #expect(Double(one) > 0.5 * Double(lines) / Double(batches), "\(found)") }
    }

    @Test(arguments: [(1, 4), (1, 10), (5, 10), (20, 40), (100, 1_000)], [1, 2])
    func whoAsksSinglyLessThanHalfOfWhatHeMayIsAlwaysAnswered(limit: (Int, Int), batches: Int) throws {
        let (rate, burst) = limit
        let found = try shares(
            of: RateLimit(perSecond: Double(rate), burst: burst),
            batches: batches,
            singleEvery: UInt64(2_500 / rate)
        )
        #expect(found.single == found.asked, "\(found)")
        #expect(Double(found.lines.reduce(0, +)) > 0.5 * Double(200 * rate) * 20, "\(found)")
    }

    @Test func whoIsCancelledWaitsForNothing() async throws {
        let rate = RateLimit(perSecond: 0.001, burst: 2)
        let waiting = Task { [pace = pace(rate)] in
            var pace = pace
            for _ in 0..<10 { try await pace.wait(for: 20) }
        }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
