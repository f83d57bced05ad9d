/// A second in time (Unix time, UTC, leap seconds not counted).
package struct Instant: Hashable, Comparable, CustomStringConvertible {
    package let seconds: Int64

    /// Instants from 1800-01-01 to 9999-12-31; what lies outside is brought to the nearest of the two.
    package init(seconds: Int64) {
        self.seconds = min(max(seconds, Self.earliest), Self.latest)
    }

    private static let earliest: Int64 = -62_091 * 86_400
    private static let latest: Int64 = 2_932_897 * 86_400 - 1

    /// Reads RFC 3339 (`2026-03-18T08:00:00Z`, `…+08:00`, fractions dropped) or a date, which is its first second in UTC.
    package init?(rfc3339 text: String) {
        guard let day = try? CalendarDate(String(text.prefix(10))) else { return nil }
        let midnight = day.start(utcOffset: 0)
        var rest = text.dropFirst(10)
        if rest.isEmpty {
            self = midnight
            return
        }
        guard let separator = rest.popFirst(), "Tt ".contains(separator), let clock = Self.clock(&rest),
            let offset = Self.offset(rest)
        else { return nil }
        self = midnight.adding(seconds: Int64(clock - offset * 60))
    }

    package func adding(seconds more: Int64) -> Instant {
        let (sum, overflow) = seconds.addingReportingOverflow(more)
        return Instant(seconds: overflow ? (more > 0 ? Self.latest : Self.earliest) : sum)
    }

    /// The same time of day in UTC on the same day of the year, so many years later; of 29 February the day before, where there is none.
    package func adding(years: Int) -> Instant {
        guard let day = try? CalendarDate(at: self, utcOffset: 0) else { return self }
        let later =
            (try? CalendarDate(year: day.year + years, month: day.month, day: day.day))
            ?? (try? CalendarDate(year: day.year + years, month: day.month, day: day.day - 1))
        guard let later else { return years > 0 ? Instant(seconds: .max) : Instant(seconds: .min) }
        return later.start(utcOffset: 0).adding(seconds: since(day.start(utcOffset: 0)))
    }

    /// Seconds from `earlier` to this.
    package func since(_ earlier: Instant) -> Int64 { seconds - earlier.seconds }

    /// RFC 3339 in UTC: `2026-03-18T00:00:00Z`.
    package var description: String {
        guard let day = try? CalendarDate(at: self, utcOffset: 0) else { return "\(seconds)" }
        let ofDay = Int(since(day.start(utcOffset: 0)))
        let parts = [ofDay / 3_600, ofDay / 60 % 60, ofDay % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(day)T\(parts.joined(separator: ":"))Z"
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }

    /// Takes `HH:MM:SS[.fraction]` off the front; seconds of the day.
    private static func clock(_ text: inout Substring) -> Int? {
        let parts = text.prefix(8).split(separator: ":", omittingEmptySubsequences: false)
        guard text.prefix(8).utf8.count == 8, parts.count == 3, let hour = twoDigits(parts[0], below: 24),
            let minute = twoDigits(parts[1], below: 60), let second = twoDigits(parts[2], below: 60)
        else { return nil }
        text = text.dropFirst(8)
        if text.first == "." {
            let fraction = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard !fraction.isEmpty else { return nil }
            text = text.dropFirst(1 + fraction.count)
        }
        return hour * 3_600 + minute * 60 + second
    }

    /// Reads `Z` or `±HH:MM`; minutes.
    private static func offset(_ text: Substring) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard let sign = text.first, sign == "+" || sign == "-", parts.count == 2,
            let hour = twoDigits(parts[0], below: 24), let minute = twoDigits(parts[1], below: 60)
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hour * 60 + minute)
    }

    private static func twoDigits(_ text: Substring, below limit: Int) -> Int? {
        guard text.utf8.count == 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
            value < limit
        else { return nil }
        return value
    }
}
