import NIOCore
import Testing

@testable import Serving

@Suite struct RateLimitTests {
    private let limit = RateLimit(perSecond: 10, burst: 5)
    private let client: Client
    private let other: Client

    init() throws {
        client = Client(try #require(IPAddress("192.0.2.1")))
        other = Client(try #require(IPAddress("192.0.2.2")))
    }

    private func wait(_ client: Client, cost: Int = 1, at seconds: Double) -> Int? {
        limit.wait(of: client, cost: cost, now: .uptimeNanoseconds(UInt64((1_000 + seconds) * 1e9)))
    }

    @Test func allowsABurstAndThenSoManyASecond() {
        for _ in 0..<5 { #expect(wait(client, at: 0) == nil) }
        #expect(wait(client, at: 0) == 1)
        #expect(wait(client, at: 0.09) == 1)
        #expect(wait(client, at: 0.11) == nil)
        #expect(wait(client, at: 0.11) == 1)
        let had = (0..<1_000).count { wait(client, at: 1 + Double($0) / 100) == nil }
        #expect((95...110).contains(had))
    }

    @Test func isOfEachClientItsOwn() {
        for _ in 0..<5 { _ = wait(client, at: 0) }
        #expect(wait(client, at: 0) != nil)
        #expect(wait(other, at: 0) == nil)
    }

    @Test func whatCostsMoreThanABurstTakesARestBeforeAndALongerOneAfter() {
        #expect(wait(client, cost: 50, at: 0) == nil)
        #expect(wait(client, at: 1) == 4)
        #expect(wait(client, at: 4.61) == nil)
    }

    @Test func whoWasRefusedPaysNothing() {
        for _ in 0..<100 { _ = wait(client, at: 0) }
        #expect(wait(client, at: 0.51) == nil)
    }

    @Test func doesNotLimitThisMachineNorAnybodyWhereNothingIsSet() {
        #expect((0..<100).allSatisfy { _ in wait(Client(nil), at: 0) == nil })
        let none = RateLimit(perSecond: 0, burst: 1)
        #expect((0..<100).allSatisfy { _ in none.wait(of: client) == nil })
    }

    @Test func whatHasTimeLeavesHalfToTheRest() {
        let limit = RateLimit(perSecond: 10, burst: 20)
        func rest(_ cost: Int, at seconds: Double) -> Duration? {
            limit.rest(of: client, cost: cost, now: .uptimeNanoseconds(UInt64((1_000 + seconds) * 1e9)))
        }
        #expect(rest(10, at: 0) == nil)
        #expect(rest(5, at: 0) == .milliseconds(500))
        for _ in 0..<10 {
            #expect(limit.wait(of: client, now: .uptimeNanoseconds(1_000_000_000_000)) == nil)
        }
        #expect(limit.wait(of: client, now: .uptimeNanoseconds(1_000_000_000_000)) == 1)
        #expect(rest(5, at: 1.5) == nil)
        #expect(limit.rest(of: Client(nil), cost: 1_000) == nil)
    }

    @Test func whereOnlyOneMayBeHadAtOnceWhatHasTimeIsLeftNothing() {
        let limit = RateLimit(perSecond: 10, burst: 1)
        #expect(limit.rest(of: client, cost: 1) == .milliseconds(100))
        #expect(limit.wait(of: client) == nil)
    }

    /// Whoever else asks for the same client cannot keep it waiting for ever.
    @Test func aDebtIsWaitedForOnceAndHoldsUpWhoComesLater() {
        func debt(_ cost: Int, at seconds: Double) -> Duration {
            limit.debt(of: client, cost: cost, now: .uptimeNanoseconds(UInt64((1_000 + seconds) * 1e9)))
        }
        #expect(debt(5, at: 0) == .zero)
        #expect(debt(10, at: 0) == .seconds(1))
        #expect(wait(client, at: 0.5) == 1)
        #expect(debt(10, at: 1) == .seconds(1))
        #expect(wait(client, at: 2.11) == nil)
        #expect(limit.debt(of: Client(nil), cost: 1_000) == .zero)
        #expect(RateLimit(perSecond: 0, burst: 1).debt(of: client, cost: 1_000) == .zero)
    }

    @Test func neverGivesMoreToManyThreads() async {
        let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        let limit = RateLimit(perSecond: 10, burst: 500)
        let client = client
        let had = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1_000).count { _ in limit.wait(of: client, now: now) == nil } }
            }
            return await group.reduce(0, +)
        }
        #expect(had == 500)
    }
}
