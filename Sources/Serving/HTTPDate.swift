import Atomics
import Foundation

/// The time as HTTP writes it (RFC 9110, section 5.6.7), made anew once a second.
final class HTTPDate: Sendable {
    private let last = ManagedAtomic(Text(second: 0))

    private final class Text: AtomicReference, Sendable {
        let second: time_t
        let text: String

        init(second: time_t) {
            self.second = second
            var (time, fields) = (second, tm())
            gmtime_r(&time, &fields)
            func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
            let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            let clock = [fields.tm_hour, fields.tm_min, fields.tm_sec].map(two).joined(separator: ":")
            let day = "\(days[Int(fields.tm_wday)]), \(two(fields.tm_mday)) \(months[Int(fields.tm_mon)])"
            text = "\(day) \(fields.tm_year + 1_900) \(clock) GMT"
        }
    }

    var now: String {
        let second = time(nil)
        let known = last.load(ordering: .acquiring)
        if known.second == second { return known.text }
        let made = Text(second: second)
        last.store(made, ordering: .releasing)
        return made.text
    }
}
