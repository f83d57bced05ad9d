import HummingbirdCore
import NIOCore
import Synchronization

/// Whether the server accepts another connection: until the gate is closed, as long as fewer than the greatest number are open.
///
/// A connection that swift-nio accepts while its listening socket is being closed ends the process (its issue 2813), so a server must
/// have stopped to accept before it closes that socket.
package final class AcceptGate: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isClosed = false
        var listening: (any Channel)?
    }

    package init() {}

    var isOpen: Bool { state.withLock { !$0.isClosed } }

    /// Says which socket is listening.
    func guardListening(_ channel: any Channel) { state.withLock { $0.listening = channel } }

    /// Accepts nothing any more; returns when that is certain.
    package func close() async {
        let listening = state.withLock { state in
            state.isClosed = true
            return state.listening
        }
        // Takes back the read that waits for the next connection already.
        try? await listening?.setOption(.autoRead, value: false).get()
    }
}

/// Counts the connections that came through a gate.
struct GatedConnections: AvailableConnectionsDelegate {
    let gate: AcceptGate
    let maximum: Int
    private var open = 0

    init(gate: AcceptGate, maximum: Int) {
        self.gate = gate
        self.maximum = maximum
    }

    mutating func connectionOpened() { open += 1 }
    mutating func connectionClosed() { open -= 1 }
    func isAcceptingNewConnections() -> Bool { open < maximum && gate.isOpen }
}
