import NIOCore
import Serving

/// How fast the lines of one batch are taken from its client.
///
/// A request is worth ``linesOfRequest`` lines. What the client asks for singly meanwhile goes first, and half of what he may ask for at once is
/// left to it; but where he asks singly all the time, his batches have a third of his rate at least.
struct LinePace {
    /// How many lines may be waited for together, so that of a batch that has to wait something is answered all the time.
    let linesAtOnce: Int
    private let rate: RateLimit
    private let client: Client
    /// Of which this batch is one.
    private let batches: Shares
    /// Lines that were taken and are no whole request yet; the first ones are what the batch itself was counted for.
    private var uncounted = 0
    /// Requests' worth of lines that are waited for, and until when what is asked for singly goes first.
    private var asked: (cost: Int, end: NIODeadline)?

    /// How many lines of a batch count as one request.
    static let linesOfRequest = 20
    /// The most requests' worth of lines that are waited for together.
    private static let mostAtOnce = 5

    init(_ rate: RateLimit, of client: Client, batches: Shares) {
        self.rate = rate
        self.client = client
        self.batches = batches
        guard rate.price > 0 else {
            linesAtOnce = Self.linesOfRequest * Self.mostAtOnce
            return
        }
        // A second's worth at most, and what leaves half free.
        let requests = min(Self.mostAtOnce, Int(1_000_000_000 / rate.price), rate.burst / 2)
        linesAtOnce = Self.linesOfRequest * max(1, requests)
    }

    /// Waits until so many more lines may be checked, which are ``linesAtOnce`` at most.
    mutating func wait(for lines: Int) async throws {
        ask(for: lines, at: .now())
        while let pause = pause(at: .now()) { try await Task.sleep(for: pause) }
    }

    mutating func ask(for lines: Int, at now: NIODeadline) {
        uncounted += lines
        let cost = uncounted / Self.linesOfRequest
        uncounted %= Self.linesOfRequest
        guard cost > 0, rate.price > 0 else { return }
        // With that what he asks for singly, up to half of the rate, is had, but where hardly more than one may be had at once.
        let patience = Int64(rate.price) * Int64(2 * max(1, batches.count(of: client)) * cost)
        asked = (cost, now + .nanoseconds(patience))
    }

    /// How long to wait before asking again; nil where the lines may be checked now.
    mutating func pause(at now: NIODeadline) -> Duration? {
        guard let (cost, end) = asked else { return nil }
        let left = end - now
        if left > .zero {
            if let rest = rate.rest(of: client, cost: cost, now: now) {
                return min(max(.milliseconds(10), rest), .milliseconds(500), .nanoseconds(left.nanoseconds))
            }
            asked = nil
            return nil
        }
        asked = nil
        let debt = rate.debt(of: client, cost: cost, now: now)
        return debt > .zero ? debt : nil
    }
}
