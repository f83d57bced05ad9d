import Dispatch
import Synchronization

/// Work that is spread over all cores.
enum ParallelMap {
    /// Maps each element, in any order of time, into the same order of place.
    static func map<Element: Sendable, Value: Sendable>(
        _ elements: [Element],
        _ transform: @Sendable (Element) -> Value
    ) -> [Value] {
        let values = Mutex([Value?](repeating: nil, count: elements.count))
        DispatchQueue.concurrentPerform(iterations: elements.count) { index in
            let value = transform(elements[index])
            values.withLock { $0[index] = value }
        }
        return values.withLock { $0.compactMap(\.self) }
    }
}
