import Foundation
package import Hummingbird
import NIOCore
import Synchronization
import Verification

/// What goes with a request besides itself: who is at the other end of its connection, and what it was told.
package struct VerifierContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The other end of the connection, which may be a proxy; nil where there is no socket.
    let peer: SocketAddress?
    let channel: any Channel
    let told = Told()

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress
        channel = source.channel
    }

    /// A part of the path; a letter or digit means the same, percent-encoded or not (RFC 3986, section 6.2.2.2).
    func decoded(_ name: String) throws -> String {
        let text = try parameters.require(name)
        return text.removingPercentEncoding ?? text
    }

    /// The verdict that was given, for the log.
    final class Told: Sendable {
        private let held = Mutex<Verdict?>(nil)

        var verdict: Verdict? {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }
    }
}
