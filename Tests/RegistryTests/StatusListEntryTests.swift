import GRDB
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Registry

@Suite struct StatusListEntryTests {
    let books: Books
    let office: DivisionCode

    init() throws {
        books = try Books()
        office = try DivisionCode(Books.office)
    }

    @Test func neverDrawsAnEntryTwiceAndBeginsANewListAtThreeQuarters() throws {
        try makeSmallList(size: 16)
        let references = try books.registry.write { session in
            try (0..<14).map { try books.insert(Sample.particulars($0), in: session).reference }
        }
        #expect(Set(references).count == 14)
        #expect(references.prefix(12).allSatisfy { $0.list == 1 && $0.index < 16 })
        #expect(references.suffix(2).allSatisfy { $0.list == 2 })
        let lists = try books.registry.read { try $0.statusLists() }
        #expect(lists.map(\.size) == [16, Registry.Session.listSize])
    }

    @Test func drawsFromTheWholeOfANewList() throws {
        let references = try books.registry.write { session in
            try (0..<64).map { try books.insert(Sample.particulars($0), in: session).reference }
        }
        #expect(references.allSatisfy { $0.list == 1 })
        #expect(references.contains { $0.index >= Registry.Session.listSize / 2 })
        #expect(references.contains { $0.index < Registry.Session.listSize / 2 })
        #expect(references.map(\.index) != references.map(\.index).sorted())
    }

    @Test func passesOverAnEntryThatIsTaken() throws {
        try makeSmallList(size: 16)
        // The same seed draws the same entry first, which is taken the second time.
        let drawn = try books.registry.write { session in
            try (0..<2).map { number in
                var generator = SeededGenerator(seed: 1)
                let reference = try session.reserveEntry(of: office, using: &generator)
                try session.insert(books.record(Sample.particulars(number), at: reference))
                return reference.index
            }
        }
        #expect(drawn[0] != drawn[1])
    }

    @Test func keepsTheListsOfEachOfficeApart() throws {
        let other = try DivisionCode(341_182)
        var generator = SeededGenerator(seed: 1)
        try books.registry.write { session in
            try session.insert(OfficeRecord(division: other, name: Bilingual(en: "Mingguang", zh: "明光市")))
            #expect(try session.reserveEntry(of: office, using: &generator).list == 1)
            #expect(try session.reserveEntry(of: other, using: &generator).list == 1)
        }
        #expect(try books.registry.read { try $0.statusLists().map(\.office) } == [office, other])
    }

    @Test func refusesAListForAnOfficeThatIsNotThere() throws {
        var generator = SeededGenerator(seed: 1)
        let stranger = try DivisionCode(341_182)
        #expect(throws: RegistryError.self) {
            try books.registry.write { _ = try $0.reserveEntry(of: stranger, using: &generator) }
        }
    }

    @Test func saysWhatEveryUsedEntrySays() throws {
        let statuses: [LicenceStatus] = [.valid, .revoked, .relocated, .dormant]
        let records = try books.registry.write { session in
            try statuses.enumerated().map { try books.insert(Sample.particulars($0), status: $1, in: session) }
        }
        let lists = try books.registry.read { try $0.statusLists() }
        let list = try #require(lists.first)
        let entries = try books.registry.read { try $0.entries(of: list) }
        #expect(entries.map(\.index) == records.map(\.reference.index).sorted())
        for record in records {
            let entry = entries.first { $0.index == record.reference.index }
            #expect(entry?.status == ListedStatus(record.status))
            #expect(entry?.digest == record.code.digest)
        }
    }

    @Test func remembersWhatWasPublishedLast() throws {
        func file(_ sequence: Int) -> PublishedFile {
            PublishedFile(
                path: "status/341181-1",
                sequence: sequence,
                revision: 0,
                issuedAt: .noon,
                contentDigest: Digest(of: [UInt8(sequence)])
            )
        }
        try books.registry.write { session in
            #expect(try session.published("status/341181-1") == nil)
            try session.save(file(1))
            try session.save(file(2))
        }
        let last = try books.registry.read { try $0.published("status/341181-1") }
        #expect(last?.sequence == 2)
        #expect(last?.contentDigest == Digest(of: [2]))
        #expect(last?.issuedAt == .noon)
    }

    private func makeSmallList(size: Int) throws {
        try books.registry.write { session in
            try session.database.execute(
                sql: "INSERT INTO statusList (office, number, size) VALUES (?, 1, ?)",
                arguments: [office.number, size]
            )
        }
    }
}
