import ServiceLifecycle
import UnixSignals

/// Ends on SIGTERM or SIGINT, with nothing being accepted any more; its end is what stops the daemon.
package struct StopOnSignal: Service {
    private let gate: AcceptGate

    /// How long connections that were accepted before may take to reach their handlers.
    private static let handover = Duration.milliseconds(100)

    package init(gate: AcceptGate) { self.gate = gate }

    package func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
            await gate.close()
            try await Task.sleep(for: Self.handover)
            return
        }
    }
}
