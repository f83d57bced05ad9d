import Synchronization
import Verification

/// What the daemon counts of itself, without a lock where requests are many.
package final class Metrics: Sendable {
    private let verdicts: [Counter] = VerdictWord.allCases.map { _ in Counter() }
    private let routes = Mutex<[Route: Histogram]>([:])
    /// Verdicts that never came to the router.
    let quick = Histogram()
    /// Publications that were put in force, and looks at the folder that found something to refuse.
    package let loads = Counter()
    package let refusedLoads = Counter()
    /// Requests that were refused because their client had its share.
    let limited = Counter()
    /// Requests that were refused because everybody together had all that there is.
    let busy = Counter()

    package init() {}

    private struct Route: Hashable {
        let name: String
        let status: Int
    }

    func count(_ word: VerdictWord) { verdicts[word.place].add() }

    /// Counts a request that was answered after `nanoseconds`; `route` is a pattern and nothing that a client chose.
    func count(_ route: String, status: Int, nanoseconds: UInt64) {
        let histogram = routes.withLock { routes in
            let key = Route(name: route, status: status)
            if let found = routes[key] { return found }
            let made = Histogram()
            routes[key] = made
            return made
        }
        histogram.add(nanoseconds)
    }

    /// How many verdicts were given, by word.
    var byVerdict: [(word: VerdictWord, count: Int)] {
        VerdictWord.allCases.map { ($0, verdicts[$0.place].value) }
    }

    /// How long answers took, by the pattern of the route and the status.
    var byRoute: [(route: String, status: Int, histogram: Histogram)] {
        let routes = routes.withLock { $0 }
        return routes.map { ($0.key.name, $0.key.status, $0.value) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }
}

extension VerdictWord {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A number that only rises.
package final class Counter: Sendable {
    private let number = Atomic(0)

    func add(_ more: Int = 1) { number.add(more, ordering: .relaxed) }

    package var value: Int { number.load(ordering: .relaxed) }
}

/// How many things took how long.
final class Histogram: Sendable {
    /// Seconds, rising; a cumulative bucket each.
    static let bounds = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]
    private static let limits = bounds.map { UInt64($0 * 1e9) }

    private let counts = (0...bounds.count).map { _ in Counter() }
    private let total = Counter()

    func add(_ nanoseconds: UInt64) {
        let place = Self.limits.firstIndex { nanoseconds <= $0 } ?? Self.limits.count
        counts[place].add()
        total.add(Int(clamping: nanoseconds))
    }

    /// By ``bounds``, and one for what is beyond all of them; not cumulative.
    var buckets: [Int] { counts.map(\.value) }
    var seconds: Double { Double(total.value) / 1e9 }
}
