/// How long the parts of a transfer may last.
package struct Deadlines: Hashable, Sendable {
    /// Until a connection stands: the name found, the server reached, TLS agreed on.
    package var connecting: Duration
    /// How long fewer than ``slowest`` bytes a second may come; counted in whole seconds.
    package var stalling: Duration
    /// Until the last byte has come, over all redirects.
    package var whole: Duration

    /// Bytes a second.
    package static let slowest = 1_024

    package init(
        connecting: Duration = .seconds(10),
        stalling: Duration = .seconds(15),
        whole: Duration = .seconds(300)
    ) {
        self.connecting = connecting
        self.stalling = stalling
        self.whole = whole
    }
}
