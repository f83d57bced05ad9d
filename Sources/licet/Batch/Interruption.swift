import Foundation
import Synchronization

/// Ctrl-C and SIGTERM, which let what was begun come to its end; a second one stops at once.
final class Interruption: Sendable {
    private let received = Mutex<Int32?>(nil)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// The signal that came, if any.
    var signal: Int32? { received.withLock { $0 } }

    /// Begins to listen; before, a signal ends the program as ever, so that a prompt can be left.
    func listen() {
        sources.withLock { sources in
            guard sources.isEmpty else { return }
            for number in [SIGINT, SIGTERM] {
                Foundation.signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { self.receive(number) }
                source.resume()
                sources.append(source)
            }
        }
    }

    /// Lets a signal end the program again.
    func stopListening() {
        sources.withLock { sources in
            guard !sources.isEmpty else { return }
            for source in sources { source.cancel() }
            sources = []
            for number in [SIGINT, SIGTERM] { Foundation.signal(number, SIG_DFL) }
        }
    }

    private func receive(_ number: Int32) {
        let isFirst = received.withLock { received in
            defer { received = number }
            return received == nil
        }
        guard !isFirst else {
            Console.tell("\n")
            return standardError("stopping when what was begun is recorded; once more stops at once")
        }
        Foundation.signal(number, SIG_DFL)
        raise(number)
    }
}
