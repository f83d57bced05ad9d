import GRDB
import Licence
import TestSupport
import Testing

@testable import Registry

@Suite struct TransactionTests {
    let books: Books

    init() throws { books = try Books() }

    @Test func recordsAllOfATransaction() throws {
        try books.registry.write { session in
            for number in 1...3 { try books.insert(Sample.particulars(number), in: session) }
        }
        #expect(try books.count("licence") == 3)
    }

    @Test func recordsNothingOfATransactionThatThrows() throws {
        #expect(throws: Interruption.self) {
            try books.registry.write { session in
                let record = try books.insert(Sample.particulars(), in: session)
                try session.setStatus(.revoked, of: record)
                try session.record(Deed(.authority(.addOffice), reason: ""), by: 1, at: .noon)
                throw Interruption()
            }
        }
        for table in ["licence", "act", "statusList"] { #expect(try books.count(table) == 0) }
    }

    @Test func goesOnAfterATransactionThatThrew() throws {
        #expect(throws: Interruption.self) { try books.registry.write { _ in throw Interruption() } }
        try books.add(Sample.particulars())
        #expect(try books.count("licence") == 1)
    }

    @Test func undoesOnePartAndKeepsTheOthers() throws {
        let results = try books.registry.write { session in
            try (1...3).map { number in
                try session.part {
                    try books.insert(Sample.particulars(number), in: session)
                    if number == 2 { throw Interruption() }
                    return number
                }
            }
        }
        #expect(results.map { (try? $0.get()) ?? 0 } == [1, 0, 3])
        let codes = try books.registry.read { session in
            try session.licences(LicenceFilter(today: today)).records.map(\.creditCode)
        }
        #expect(try codes == [Sample.creditCode(1), Sample.creditCode(3)])
        let used = try books.registry.read { try Int.fetchOne($0.database, sql: "SELECT used FROM statusList") }
        #expect(used == 2)
    }

    @Test func aPartThatBreaksARuleFailsByItself() throws {
        let results = try books.registry.write { session in
            try (1...2).map { _ in try session.part { try books.insert(Sample.particulars(), in: session) } }
        }
        let error = #expect(throws: RegistryError.self) { try results[1].get() }
        #expect(error?.code == .storage)
        #expect(try books.count("licence") == 1)
    }

    @Test func aFailureOfTheStorageStopsTheWholeTransaction() throws {
        let error = #expect(throws: RegistryError.self) {
            try books.registry.write { session in
                try books.insert(Sample.particulars(), in: session)
                _ = try session.part { throw DatabaseError(resultCode: .SQLITE_FULL) }
            }
        }
        #expect(error?.reason.contains("disk is full") == true)
        #expect(try books.count("licence") == 0)
    }

    @Test func readsOneStateWhileAnotherProcessWrites() throws {
        let folder = try TemporaryFolder()
        let books = try Books(Registry(path: folder.file("licet.sqlite"), create: true))
        let other = try Registry(path: folder.file("licet.sqlite"))
        let counts = try other.read { session in
            let before = try Int.fetchOne(session.database, sql: "SELECT count(*) FROM licence")
            try books.add(Sample.particulars())
            return [before, try Int.fetchOne(session.database, sql: "SELECT count(*) FROM licence")]
        }
        #expect(counts == [0, 0])
        #expect(try books.count("licence") == 1)
    }

    @Test func writesNothingWhenAskedToRead() {
        #expect(throws: (any Error).self) {
            try books.registry.read { try books.insert(Sample.particulars(), in: $0) }
        }
    }

    private var today: CalendarDate { get throws { try CalendarDate("2026-03-18") } }
}
