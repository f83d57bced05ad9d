import GRDB
import Licence
import LicenceCode
import TestSupport
import Testing

@testable import Registry

@Suite struct LicenceRecordTests {
    let books: Books

    init() throws { books = try Books() }

    @Test(arguments: 0..<8)
    func readsBackWhatWasInserted(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let records = try books.registry.write { session in
            try (0..<40).map { number in
                try books.insert(Sample.random(number, using: &generator), in: session)
            }
        }
        try books.registry.read { session in
            for record in records {
                let read = try #require(try session.licence(record.creditCode))
                #expect(read.licence == record.licence)
                #expect(read.status == record.status)
                #expect(read.office == record.office)
                #expect(read.reference == record.reference)
                #expect(read.issuer == record.issuer)
                #expect(read.code == record.code)
            }
        }
    }

    @Test func readsBackACreditCodeThatWasAcceptedAgainstItsCheckCharacter() throws {
        let code = try CreditCode("91350203M0001QKT19", checkCharacter: .mayDiffer)
        let application = try Sample.application(changing: [.creditCode: code.text])
        let particulars = try application.review(checkCharacter: .mayDiffer).particulars
        try books.add(particulars)
        let read = try books.registry.read { try $0.licence(code) }
        #expect(read?.licence.particulars == particulars)
    }

    @Test func findsTheNewestVersionOrTheOneAskedFor() throws {
        let code = try Sample.creditCode(1)
        try books.registry.write { session in
            for version in [2, 1, 3] { try books.insert(Sample.particulars(), version: version, in: session) }
        }
        try books.registry.read { session throws in
            #expect(try session.licence(code)?.licence.version == 3)
            #expect(try session.licence(code, version: 1)?.licence.version == 1)
            #expect(try session.licence(code, version: 4) == nil)
            #expect(try session.licence(Sample.creditCode(2)) == nil)
            #expect(try session.versions(of: code).map(\.licence.version) == [1, 2, 3])
        }
    }

    @Test func changesTheStatusOfOneVersionOnly() throws {
        try books.registry.write { session in
            let first = try books.insert(Sample.particulars(), version: 1, in: session)
            try books.insert(Sample.particulars(), version: 2, in: session)
            try session.setStatus(.superseded, of: first)
        }
        let statuses = try books.registry.read { try $0.versions(of: Sample.creditCode(1)).map(\.status) }
        #expect(statuses == [.superseded, .valid])
    }

    // MARK: - What can stand once only

    @Test func refusesAVersionTwice() throws {
        try books.add(Sample.particulars())
        let changed = try Sample.particulars(changing: [.name: "另一"])
        let error = #expect(throws: RegistryError.self) {
            try books.add(changed)
        }
        #expect(error?.code == .storage)
    }

    @Test func refusesAnEntryTwice() throws {
        let first = try books.add(Sample.particulars(1))
        let second = try books.record(Sample.particulars(2), at: first.reference)
        let error = #expect(throws: RegistryError.self) { try books.registry.write { try $0.insert(second) } }
        #expect(error?.code == .storage)
        #expect(try books.count("licence") == 1)
    }

    @Test func refusesAnEntryOfAListThatIsNotThere() throws {
        let reference = try #require(ListReference(list: 7, index: 0))
        let record = try books.record(Sample.particulars(), at: reference)
        #expect(throws: RegistryError.self) { try books.registry.write { try $0.insert(record) } }
    }

    // MARK: - Expiry

    @Test(arguments: [
        (LicenceStatus.valid, LicenceStatus.expired), (.suspended, .expired), (.dormant, .expired),
        (.revoked, .revoked),
        (.cancelled, .cancelled), (.annulled, .annulled), (.superseded, .superseded), (.relocated, .relocated),
    ])
    func isExpiredOnTheDayAfterItsLastUnlessItsStatusIsFinal(status: LicenceStatus, expected: LicenceStatus) throws {
        let particulars = try Sample.particulars(changing: [.termTo: "2026-03-18"])
        let record = try books.record(particulars, at: #require(ListReference(list: 1, index: 0)), status: status)
        #expect(try record.status(on: CalendarDate("2026-03-18")) == status)
        #expect(try record.status(on: CalendarDate("2026-03-19")) == expected)
    }
}
