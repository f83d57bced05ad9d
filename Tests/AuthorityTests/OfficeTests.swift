import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

@Suite struct OfficeTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    @Test func getsAKeyThatTheNextTrustListNames() throws {
        let list = try #require(try seat.authority.registry.read { try $0.newestTrustList() })
        let trust = try TrustList(list.bytes, root: seat.authority.root)
        #expect(trust.sequence == 2)
        #expect(trust.keys.map(\.purpose) == [.lists, .log, .licences])
        #expect(trust.keys.last == seat.office)
        #expect(seat.office.divisions.map(\.number) == [341_181])
        #expect(seat.office.validity.lowerBound == .noon)
        #expect(!seat.office.certificate.isAuthority)
    }

    @Test func isThereOnceOnly() throws {
        let error = #expect(throws: RegistryError.self) { try add(341_181) }
        #expect(error?.code == .alreadyThere)
        #expect(try seat.keyFiles().count == 7)
        #expect(try seat.count("trustList") == 2)
        #expect(try seat.count("issuingKey") == 3)
    }

    @Test func leavesNoTraceWhenTheRootDoesNotOpen() throws {
        let authority = try Authority(home: seat.authority.home, prompt: Seat.prompt)
        let keys = try seat.keyFiles()
        let root = authority.root.publicKey.id.description
        try DurableFile.write([0], to: authority.home.keyFile(root), mode: 0o600)
        #expect(throws: AuthorityError.self) {
            try authority.add(Seat.office(341_182), key: Seat.key(), officer: "王", now: .noon)
        }
        #expect(try seat.keyFiles() == keys)
        #expect(try seat.count("office") == 1)
        #expect(try seat.count("issuingKey") == 3)
    }

    @Test func isNotAddedWithAClockThatWasSetBack() throws {
        let error = #expect(throws: AuthorityError.self) { try add(341_182, now: .noon - 1) }
        #expect(error?.code == .clock)
        #expect(try seat.count("office") == 1)
    }

    // MARK: - Who signs

    @Test func theNarrowestOfficeThatMaySigns() throws {
        _ = try add(340_000)
        _ = try add(341_100)
        #expect(try seat.issue(1).office.number == 341_181)
        let elsewhere = try Sample.creditCode(2, division: 341_182).text
        #expect(try seat.issue(2, changing: [.creditCode: elsewhere]).office.number == 341_100)
    }

    @Test func theOfficeAskedForSigns() throws {
        _ = try add(340_000)
        let record = try seat.issue(on: Seat.terms(office: DivisionCode(340_000)))
        #expect(record.office.number == 340_000)
        #expect(record.issuer.value == 4)
    }

    @Test func anOfficeSignsNothingOfAnother() throws {
        let elsewhere = try Sample.creditCode(1, division: 341_182).text
        for office in [nil, try DivisionCode(341_181)] {
            let error = #expect(throws: AuthorityError.self) {
                try seat.issue(changing: [.creditCode: elsewhere], on: Seat.terms(office: office))
            }
            #expect(error?.code == .noKey)
            #expect(error?.field == "creditCode")
        }
    }

    @Test func anOfficeThatIsNotThereSignsNothing() throws {
        let error = #expect(throws: AuthorityError.self) {
            try seat.issue(on: Seat.terms(office: DivisionCode(110_000)))
        }
        #expect(error?.code == .noSuchOffice)
    }

    @Test func aKeySignsNoKindThatItMayNot() throws {
        let seat = try Seat(kinds: [.branch])
        let error = #expect(throws: AuthorityError.self) { try seat.issue() }
        #expect(error?.code == .noKey)
        #expect(error?.field == "kind")
    }

    @Test func anExpiredKeySignsNothing() throws {
        let end = seat.office.validity.upperBound
        #expect(throws: Never.self) { try seat.issue(1, now: end) }
        let error = #expect(throws: AuthorityError.self) { try seat.issue(2, now: end + 1) }
        #expect(error?.code == .noKey)
    }

    @Test func aRevokedKeySignsNothing() throws {
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon)
        let error = #expect(throws: AuthorityError.self) { try seat.issue() }
        #expect(error?.code == .noKey)
    }

    private func add(_ division: Int, now: Instant = .noon) throws -> TrustedKey {
        try Seat.trusted(seat.authority.add(Seat.office(division), key: Seat.key(), officer: "王", now: now))
    }
}
