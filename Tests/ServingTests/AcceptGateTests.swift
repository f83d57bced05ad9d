import Testing

@testable import Serving

@Suite struct AcceptGateTests {
    @Test func acceptsUntilTheGreatestNumberIsOpen() {
        var connections = GatedConnections(gate: AcceptGate(), maximum: 2)
        connections.connectionOpened()
        #expect(connections.isAcceptingNewConnections())
        connections.connectionOpened()
        #expect(!connections.isAcceptingNewConnections())
        connections.connectionClosed()
        #expect(connections.isAcceptingNewConnections())
    }

    @Test func acceptsNothingOnceClosed() async {
        let gate = AcceptGate()
        let connections = GatedConnections(gate: gate, maximum: 2)
        await gate.close()
        #expect(!connections.isAcceptingNewConnections())
    }
}
