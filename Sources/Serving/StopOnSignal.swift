import Dispatch
import Glibc
import ServiceLifecycle
import UnixSignals

/// Ends on SIGTERM or SIGINT, with nothing being accepted any more; its end is what stops the daemon.
package struct StopOnSignal: Service {
    private let gate: AcceptGate

    /// How long connections that were accepted before may take to reach their handlers.
    private static let handover = Duration.milliseconds(100)

    /// When the process ends in any case: what hangs in the kernel, as a read from a file server that is gone, cannot be cancelled.
    private static let end = DispatchTimeInterval.milliseconds(9_500)

    package init(gate: AcceptGate) { self.gate = gate }

    package func run() async throws {
        // Threads of its own, since those of tasks may all be at work.
        let queue = DispatchQueue(label: "end", qos: .userInteractive)
        let signals = [SIGTERM, SIGINT].map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
        for signal in signals {
            signal.setEventHandler { queue.asyncAfter(deadline: .now() + Self.end) { _exit(EXIT_FAILURE) } }
            signal.activate()
        }
        defer { for signal in signals { signal.cancel() } }
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
            await gate.close()
            try await Task.sleep(for: Self.handover)
            return
        }
    }
}
