import Licence
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("2026-03-18T08:00:00Z", 1_773_820_800),
        ("2026-03-18T16:00:00+08:00", 1_773_820_800), ("2026-03-18t08:00:00z", 1_773_820_800),
        ("2026-03-18 08:00:00.999Z", 1_773_820_800), ("2026-03-18T03:30:00-04:30", 1_773_820_800),
        ("1969-12-31T23:59:59Z", -1), ("2000-02-29T23:59:59Z", 951_868_799),
    ])
    func readsRFC3339(text: String, seconds: Int64) throws {
        #expect(try #require(Instant(rfc3339: text)).seconds == seconds)
    }

    @Test(arguments: [
        "", "2026-03-18T", "2026-03-18T08:00Z", "2026-03-18T08:00:00", "2026-03-18T24:00:00Z", "2026-03-18T08:60:00Z",
        "2026-03-18T08:00:60Z", "2026-03-18T08:00:00.Z", "2026-03-18T08:00:00+8:00", "2026-03-18T08:00:00+0800",
        "2026-03-18T08:00:00+24:00", "2026-03-18T08:00:00+08:60", "2026-02-30T08:00:00Z", "2026-03-18T08:00:00Z ",
        "2026-03-18X08:00:00Z", "2026-03-18T0８:00:00Z", "2026-03-18T+8:00:00Z", "2026-03-18T08:00:00\u{2212}08:00",
    ])
    func refusesOtherText(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(arguments: [0, -1, 1_773_820_800, 86_399, -86_401, 253_402_300_799, -5_364_662_400])
    func isReadBackFromItsDescription(seconds: Int64) {
        let instant = Instant(seconds: seconds)
        #expect(Instant(rfc3339: instant.description) == instant)
        #expect(instant.seconds == seconds)
    }

    @Test func staysInsideItsCalendarWithoutOverflow() {
        #expect(Instant(seconds: .max).description == "9999-12-31T23:59:59Z")
        #expect(Instant(seconds: .min).description == "1800-01-01T00:00:00Z")
        #expect(Instant(seconds: 1).adding(seconds: .max) == Instant(seconds: .max))
        #expect(Instant(seconds: -1).adding(seconds: .min) == Instant(seconds: .min))
    }

    @Test func countsSecondsBetween() {
        #expect(Instant(seconds: 100).since(Instant(seconds: -20)) == 120)
        #expect(Instant(seconds: 100) > Instant(seconds: 99))
    }

    @Test(arguments: [
        ("2026-03-18T08:00:00Z", 30, "2056-03-18T08:00:00Z"), ("2024-02-29T23:59:59Z", 1, "2025-02-28T23:59:59Z"),
        ("2024-02-29T00:00:00Z", 4, "2028-02-29T00:00:00Z"), ("2026-12-31T23:59:59Z", 0, "2026-12-31T23:59:59Z"),
        ("9999-01-01T00:00:00Z", 1, "9999-12-31T23:59:59Z"),
    ])
    func addsYearsByTheCalendar(from: String, years: Int, to: String) throws {
        #expect(try #require(Instant(rfc3339: from)).adding(years: years).description == to)
    }
}
