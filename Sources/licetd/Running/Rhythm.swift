import Synchronization

/// The pauses between what is done again and again, which somebody may cut short.
final class Rhythm: Sendable {
    private let interval: Duration
    private let state = Mutex(State())

    private struct State {
        /// Somebody wants the next one now.
        var isHurried = false
        /// Ends the pause that goes on.
        var waker: AsyncStream<Void>.Continuation?
    }

    /// Between two in any case, so that no fault of a clock or a caller makes a flood.
    static let least = Duration.seconds(1)

    /// A pause takes `interval`, give or take a tenth: many that were started together must not ask together for ever.
    init(every interval: Duration) { self.interval = interval }

    /// Ends the pause that goes on, or the next one.
    func hurry() {
        let waker = state.withLock { state in
            state.isHurried = true
            return state.waker
        }
        waker?.finish()
    }

    /// Waits until the next time; ends at once when the task is cancelled.
    func pause() async {
        let least = min(interval, Self.least)
        try? await Task.sleep(for: least)
        // A stream of its own for each pause: one whose reader was cancelled has ended for good.
        let (wake, waker) = AsyncStream<Void>.makeStream()
        let isHurried = state.withLock { state in
            state.waker = waker
            return state.isHurried
        }
        if !isHurried {
            let rest = interval * Double.random(in: 0.9...1.1) - least
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await Task.sleep(for: max(.zero, rest)) }
                group.addTask { for await _ in wake {} }
                await group.next()
                group.cancelAll()
            }
        }
        state.withLock { $0 = State() }
    }
}
