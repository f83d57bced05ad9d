import Dispatch
import Synchronization

/// A piece of work that goes on beside the rest, and what it came to.
final class Ahead<Value: Sendable>: Sendable {
    private let group = DispatchGroup()
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(_ work: @escaping @Sendable () throws -> Value) {
        DispatchQueue.global().async(group: group) {
            let made = Result { try work() }
            self.result.withLock { $0 = made }
        }
    }

    /// Waits for the end.
    func get() throws -> Value {
        group.wait()
        guard let made = result.withLock({ $0 }) else { fatalError("a work came to nothing") }
        return try made.get()
    }
}
