import Licence
import LicenceCode
import TestSupport
import Testing

@testable import Registry

/// Licence n has status n of all, first with a term that ends on 2026-03-18, then (10 more) with none.
@Suite struct LicenceFilterTests {
    let books: Books
    static let statuses = LicenceStatus.allCases.filter { $0 != .expired }

    init() throws {
        books = try Books()
        let books = books
        try books.registry.write { session in
            for (number, status) in Self.statuses.enumerated() {
                let ending = try Sample.particulars(number, changing: [.termTo: "2026-03-18"])
                let endless = try Sample.particulars(100 + number, changing: [.termFrom: nil, .termTo: nil])
                try books.insert(ending, status: status, in: session)
                try books.insert(endless, status: status, in: session)
            }
        }
    }

    @Test func showsAllInTheOrderOfIssue() throws {
        let rows = try licences { _ in }
        #expect(rows.count == Self.statuses.count * 2)
        #expect(rows.map(\.id) == rows.map(\.id).sorted())
    }

    @Test(arguments: LicenceStatus.allCases, ["2026-03-18", "2026-03-19"])
    func showsALicenceUnderTheStatusThatItHasOnTheDay(status: LicenceStatus, day: String) throws {
        let today = try CalendarDate(day)
        let all = try licences { _ in }
        let wanted = all.filter { $0.record.status(on: today) == status }.map(\.id)
        let shown = try licences {
            $0.status = status
            $0.today = today
        }
        #expect(shown.map(\.id) == wanted)
    }

    @Test func everyStatusHasItsLicences() throws {
        let shown = try licences {
            $0.status = .expired
            $0.today = try CalendarDate("2026-03-19")
        }
        #expect(shown.count == 3)
    }

    @Test(arguments: [
        ("2026-03-01", "2026-03-17", 0), ("2026-03-01", "2026-03-18", 3), ("2026-03-18", "2026-03-18", 3),
        ("2026-03-19", "2027-01-01", 0),
    ])
    func showsWhatExpiresInARangeOfDays(first: String, last: String, count: Int) throws {
        let shown = try licences { $0.lastDay = try CalendarDate(first)...CalendarDate(last) }
        #expect(shown.count == count)
    }

    @Test func showsOneOffice() throws {
        #expect(try licences { $0.office = try DivisionCode(Books.office) }.count == Self.statuses.count * 2)
        #expect(try licences { $0.office = try DivisionCode(341_182) }.isEmpty)
    }

    @Test func goesOnAfterAPage() throws {
        var seen: [Int64] = []
        while true {
            let page = try licences {
                $0.after = seen.last ?? 0
                $0.limit = 3
            }
            if page.isEmpty { break }
            #expect(page.count <= 3)
            seen += page.map(\.id)
        }
        #expect(try seen == licences { _ in }.map(\.id))
    }

    private func licences(
        _ change: (inout LicenceFilter) throws -> Void
    ) throws -> [(id: Int64, record: LicenceRecord)] {
        var filter = LicenceFilter(today: try CalendarDate("2026-03-18"))
        try change(&filter)
        return try books.registry.read { try $0.licences(filter) }
    }
}
