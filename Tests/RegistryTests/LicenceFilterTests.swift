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
        let issued = Self.statuses.indices.flatMap { [$0, 100 + $0] }
        #expect(try rows.map(\.creditCode) == issued.map { try Sample.creditCode($0) })
    }

    @Test(arguments: LicenceStatus.allCases, ["2026-03-18", "2026-03-19"])
    func showsALicenceUnderTheStatusThatItHasOnTheDay(status: LicenceStatus, day: String) throws {
        let today = try CalendarDate(day)
        let all = try licences { _ in }
        let wanted = all.filter { $0.status(on: today) == status }.map(\.creditCode)
        let shown = try licences {
            $0.status = status
            $0.today = today
        }
        #expect(shown.map(\.creditCode) == wanted)
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

    @Test(arguments: [nil, LicenceStatus.expired])
    func goesOnAfterAPage(status: LicenceStatus?) throws {
        var seen: [CreditCode] = []
        var after: LicenceFilter.Cursor?
        func wanted(_ filter: inout LicenceFilter) throws {
            filter.status = status
            filter.today = try CalendarDate("2026-03-19")
        }
        repeat {
            let page = try page {
                try wanted(&$0)
                $0.after = after
                $0.limit = 2
            }
            #expect(page.records.count <= 2)
            seen += page.records.map(\.creditCode)
            after = try page.next.map { try #require(LicenceFilter.Cursor($0.description)) }
        } while after != nil
        #expect(try seen == licences(wanted).map(\.creditCode))
        #expect(Set(seen).count == seen.count)
    }

    private func licences(_ change: (inout LicenceFilter) throws -> Void) throws -> [LicenceRecord] {
        try page(change).records
    }

    private func page(_ change: (inout LicenceFilter) throws -> Void) throws -> LicenceFilter.Page {
        var filter = LicenceFilter(today: try CalendarDate("2026-03-18"))
        try change(&filter)
        return try books.registry.read { try $0.licences(filter) }
    }
}
