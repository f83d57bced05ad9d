import Licence
import Testing

@Suite struct CalendarDateTests {
    /// Walks the calendar day by day, by the rule of leap years alone.
    @Test func countsEveryDayFrom1800To2200() throws {
        var days = -62_091
        for year in 1800...2200 {
            let isLeap = year.isMultiple(of: 400) || (year.isMultiple(of: 4) && !year.isMultiple(of: 100))
            for (month, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...length {
                    let date = try CalendarDate(daysSince1970: days)
                    guard (date.year, date.month, date.day) == (year, month + 1, day), date.daysSince1970 == days,
                        try CalendarDate(date.description) == date
                    else {
                        Issue.record("day \(days) is \(date), not \(year)-\(month + 1)-\(day)")
                        return
                    }
                    days += 1
                }
            }
        }
        #expect(try CalendarDate("1970-01-01").daysSince1970 == 0)
        #expect(try CalendarDate("2200-12-31").daysSince1970 == days - 1)
    }

    @Test(arguments: [("1800-01-01", -62_091), ("9999-12-31", 2_932_896), ("2000-02-29", 11_016)])
    func knowsTheEndsOfItsCalendar(text: String, days: Int) throws {
        #expect(try CalendarDate(text).daysSince1970 == days)
        #expect(try CalendarDate(daysSince1970: days).description == text)
    }

    @Test(arguments: [-62_092, 2_932_897, .min, .max])
    func refusesDaysOutsideItsCalendar(days: Int) {
        let error = #expect(throws: LicenceError.self) { try CalendarDate(daysSince1970: days) }
        #expect(error?.code == .impossibleDate)
    }

    @Test(arguments: [
        "2019-02-29", "1900-02-29", "2100-02-29", "2019-02-30", "2019-04-31", "2019-00-10", "2019-13-01", "2019-01-00",
        "2019-01-32", "1799-12-31", "0000-01-01",
    ])
    func refusesDaysThatNeverWere(text: String) {
        let error = #expect(throws: LicenceError.self) { try CalendarDate(text) }
        #expect(error?.code == .impossibleDate)
    }

    @Test(arguments: [
        "", "2019-6-12", "2019/06/12", "20190612", "2019-06-12 ", "2019-06-1２", "+019-06-12", "2019-06-12T00:00:00Z",
        "2019年6月12日", "12019-06-12",
    ])
    func refusesOtherShapes(text: String) {
        let error = #expect(throws: LicenceError.self) { try CalendarDate(text) }
        #expect(error?.code == .malformedDate)
    }

    @Test func ordersDaysAsTheyCome() throws {
        #expect(try CalendarDate("2019-12-31") < CalendarDate("2020-01-01"))
        #expect(try CalendarDate("2020-01-31") < CalendarDate("2020-02-01"))
        #expect(try !(CalendarDate("2020-01-01") < CalendarDate("2020-01-01")))
    }

    /// A day in China begins at 16:00 UTC of the day before.
    @Test func beginsAndEndsByTheClocksOfItsPlace() throws {
        let day = try CalendarDate("2026-03-18")
        #expect(day.start(utcOffset: 480).description == "2026-03-17T16:00:00Z")
        #expect(day.end(utcOffset: 480).description == "2026-03-18T16:00:00Z")
        #expect(try CalendarDate(at: day.start(utcOffset: 480), utcOffset: 480) == day)
        #expect(try CalendarDate(at: day.end(utcOffset: 480).adding(seconds: -1), utcOffset: 480) == day)
        #expect(try CalendarDate(at: day.end(utcOffset: 480), utcOffset: 480) > day)
    }

    @Test func fallsOnTheRightDayBefore1970() throws {
        let day = try CalendarDate("1969-12-31")
        #expect(try CalendarDate(at: Instant(seconds: -1), utcOffset: 0) == day)
        #expect(try CalendarDate(at: Instant(seconds: -86_400), utcOffset: 0) == day)
        #expect(try CalendarDate(at: Instant(seconds: -86_401), utcOffset: 0) < day)
    }
}
