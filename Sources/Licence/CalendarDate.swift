/// A day of the Gregorian calendar, without a time zone, from 1800-01-01 to 9999-12-31.
package struct CalendarDate: Hashable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// - Throws: ``LicenceError/Code/malformedDate`` unless `text` has the shape `YYYY-MM-DD`,
    ///   ``LicenceError/Code/impossibleDate`` when there is no such day.
    package init(_ text: String) throws(LicenceError) {
        let bytes = Array(text.utf8)
        let shape = bytes.indices.allSatisfy { index in
            index == 4 || index == 7 ? bytes[index] == 0x2D : (0x30...0x39).contains(bytes[index])
        }
        guard bytes.count == 10, shape, let year = Int(text.prefix(4)), let month = Int(text.dropFirst(5).prefix(2)),
            let day = Int(text.suffix(2))
        else { throw LicenceError(.malformedDate, "a date is written YYYY-MM-DD, such as 2019-06-12") }
        try self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD` of a date as spreadsheets write it (2024/3/5, 2024.3.5, 2024年3月5日, with midnight behind it); nil for every other text.
    ///
    /// The year stands first and has four digits, so that no other day can be meant.
    static func rewritten(_ text: String) -> String? {
        var date = Substring(text)
        for midnight in [" 0:00:00", " 00:00:00", " 0:00", " 00:00"] where date.hasSuffix(midnight) {
            date = date.dropLast(midnight.count)
            break
        }
        if date.hasSuffix("日") { date = date.dropLast() }
        for separators in ["//", "..", "年月", "--"] {
            let parts = date.split(omittingEmptySubsequences: false) { separators.contains($0) }
            guard parts.count == 3, Array(separators) == date.filter({ separators.contains($0) }),
                parts[0].utf8.count == 4, (1...2).contains(parts[1].utf8.count), (1...2).contains(parts[2].utf8.count),
                parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
            else { continue }
            let padded = parts[1...].map { $0.utf8.count == 1 ? "0\($0)" : String($0) }
            let plain = "\(parts[0])-\(padded[0])-\(padded[1])"
            return plain == text ? nil : plain
        }
        return nil
    }

    /// Whether `text` says, in place of the last day of a term, that there is none.
    static func isWithoutEnd(_ text: String) -> Bool { ["长期", "长期有效", "永久", "无固定期限", "无"].contains(text) }

    package init(year: Int, month: Int, day: Int) throws(LicenceError) {
        guard (1800...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { throw LicenceError(.impossibleDate, "there is no such day between 1800-01-01 and 9999-12-31") }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that lies `days` after 1970-01-01 (before, when negative).
    package init(daysSince1970 days: Int) throws(LicenceError) {
        guard (-62_091...2_932_896).contains(days) else {
            throw LicenceError(.impossibleDate, "the day lies outside 1800-01-01 to 9999-12-31")
        }
        // Days from 0000-03-01, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The day that an instant falls on, where clocks are `utcOffset` minutes ahead of UTC.
    package init(at instant: Instant, utcOffset: Int) throws(LicenceError) {
        let seconds = instant.seconds + Int64(utcOffset) * 60
        try self.init(daysSince1970: Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
    }

    /// Days since 1970-01-01; negative before.
    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The first second of this day, where clocks are `utcOffset` minutes ahead of UTC.
    package func start(utcOffset: Int) -> Instant {
        Instant(seconds: Int64(daysSince1970) * 86_400 - Int64(utcOffset) * 60)
    }

    /// The first second after this day.
    package func end(utcOffset: Int) -> Instant { start(utcOffset: utcOffset).adding(seconds: 86_400) }

    /// ISO 8601: `2019-06-12`.
    package var description: String { "\(year)-\(month.padded())-\(day.padded())" }

    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int {
    /// Two digits at least.
    fileprivate func padded() -> String { self < 10 ? "0\(self)" : String(self) }
}
