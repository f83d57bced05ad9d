package import NIOCore
import Synchronization

/// How much each client may ask for: so much a second, and so much at once after a rest.
///
/// The generic cell rate algorithm (ITU-T I.371, annex A): of each client one number is kept, the time at which it will have rested. A table of
/// fixed size has these, without a lock; clients that fall on one place share what they may, and where they fall nobody can tell.
package final class RateLimit: Sendable {
    /// Nanoseconds that one unit costs; 0 where everything is allowed.
    package let price: UInt64
    /// How many units may be had at once.
    package let burst: Int
    /// Nanoseconds that may be used in advance.
    private let credit: UInt64
    private let seed = Int.random(in: .min ... .max)
    private let places: [Place]

    private final class Place: Sendable { let rested = Atomic<UInt64>(0) }

    /// Allows `perSecond` units a second and `burst` at once; 0 a second allows everything.
    package init(perSecond: Double, burst: Int, places count: Int = 16_384) {
        price = perSecond > 0 ? UInt64(1_000_000_000 / perSecond) : 0
        self.burst = max(burst, 1)
        credit = price * UInt64(self.burst)
        places = price > 0 ? (0..<count).map { _ in Place() } : []
    }

    /// Seconds until `cost` units are had; nil where they are had now, and taken.
    package func wait(of client: Client, cost: Int = 1, now: NIODeadline = .now()) -> Int? {
        shortage(of: client, cost: cost, leaving: 0, now).map { Int($0 / 1_000_000_000) + 1 }
    }

    /// How long until `cost` units are had and half of what may be used at once, or one unit, is left; nil where that is so now, and they are
    /// taken.
    ///
    /// For what is much and has time, and leaves the rest to what the same client asks for meanwhile. Where only one unit may be used at once,
    /// none is ever left.
    package func rest(of client: Client, cost: Int, now: NIODeadline = .now()) -> Duration? {
        guard price > 0, !client.isLocal else { return nil }
        guard burst > 1 else { return .nanoseconds(credit) }
        return shortage(of: client, cost: cost, leaving: max(credit / 2, price), now).map { .nanoseconds($0) }
    }

    /// Takes `cost` units, had or not yet; how long to wait until they are.
    package func debt(of client: Client, cost: Int, now: NIODeadline = .now()) -> Duration {
        guard price > 0, !client.isLocal else { return .zero }
        let place = place(of: client)
        let now = now.uptimeNanoseconds
        var rested = place.rested.load(ordering: .relaxed)
        while true {
            let end = max(rested, now) + price * UInt64(cost)
            let change = place.rested.compareExchange(expected: rested, desired: end, ordering: .relaxed)
            if change.exchanged { return .nanoseconds(end > now + credit ? end - now - credit : 0) }
            rested = change.original
        }
    }

    /// Nanoseconds until `cost` units are had and `reserve` nanoseconds' worth of others is left; nil where they are had now, and taken.
    private func shortage(of client: Client, cost: Int, leaving reserve: UInt64, _ now: NIODeadline) -> UInt64? {
        guard price > 0, !client.isLocal else { return nil }
        let place = place(of: client)
        let now = now.uptimeNanoseconds
        let most = credit - reserve
        // Whoever asks for more than is ever allowed at once has to have rested, and rests longer afterwards.
        let (total, advance) = (price * UInt64(cost), min(price * UInt64(cost), most))
        var rested = place.rested.load(ordering: .relaxed)
        while true {
            let start = max(rested, now)
            guard start + advance <= now + most else { return start + advance - now - most }
            let change = place.rested.compareExchange(expected: rested, desired: start + total, ordering: .relaxed)
            if change.exchanged { return nil }
            rested = change.original
        }
    }

    private func place(of client: Client) -> Place {
        var hasher = Hasher()
        hasher.combine(seed)
        hasher.combine(client)
        return places[Int(UInt(bitPattern: hasher.finalize()) % UInt(places.count))]
    }
}
