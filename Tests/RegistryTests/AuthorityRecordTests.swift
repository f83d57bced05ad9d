import GRDB
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Registry

@Suite struct AuthorityRecordTests {
    let books: Books

    init() throws { books = try Books() }

    @Test func holdsOneAuthorityOnly() throws {
        let second = AuthorityRecord(name: "another", base: "", verifyAddress: nil, utcOffset: 0)
        #expect(throws: RegistryError.self) { try books.registry.write { try $0.insert(second) } }
    }

    @Test func refusesAnOfficeTwice() throws {
        let office = OfficeRecord(division: try DivisionCode(Books.office), name: Bilingual(en: "b", zh: "乙"))
        let error = #expect(throws: RegistryError.self) { try books.registry.write { try $0.insert(office) } }
        #expect(error?.code == .alreadyThere)
    }

    @Test func readsBackAKeyAsTheTrustListSaysIt() throws {
        let keys = try books.registry.read { try $0.keys(of: $0.authority()) }
        let key = try #require(keys.first)
        #expect(keys.count == 1)
        #expect(key.number.value == 1)
        #expect(key.purpose == .licences)
        #expect(key.certificate == books.issuer.licences.certificate)
        #expect(key.name == Bilingual(en: "Tianchang", zh: "天长市"))
        #expect(key.divisions.map(\.number) == [Books.office])
        #expect(key.kinds == [.company])
        #expect(key.utcOffset == 480)
        #expect(key.revocation == nil)
    }

    @Test func namesAKeyWithoutAnOfficeAfterTheAuthority() throws {
        let number = try books.add(books.issuer.listKey, books.issuer.lists.certificate, .lists)
        let read = try books.registry.read { try $0.keys(of: $0.authority()) }.first { $0.number == number }
        #expect(read?.name.zh == "滁州市")
        #expect(read?.office == .country)
        #expect(read?.divisions.isEmpty == true)
    }

    @Test func refusesACertificateTwice() throws {
        let certificate = books.issuer.licences.certificate
        #expect(throws: RegistryError.self) { _ = try books.add(books.issuer.licenceKey, certificate, .licences) }
    }

    @Test func givesTheNumberOfAKeyNeverAgain() throws {
        try books.registry.write { try $0.database.execute(sql: "DELETE FROM issuingKey") }
        #expect(try books.add(books.issuer.listKey, books.issuer.lists.certificate, .lists).value == 2)
    }

    @Test func givesTheNumberOfAKeyThatIsAskedForToNoOther() throws {
        let request = try CertificationRequest(organisation: "x", commonName: "y", signedBy: books.issuer.listKey)
        try books.registry.write { session in
            let requested = RequestedKey(
                number: try session.nextKeyNumber(),
                purpose: .lists,
                office: nil,
                request: request,
                divisions: [],
                kinds: [],
                validity: Issuer.validity
            )
            try session.insert(requested)
            #expect(requested.number.value == 2)
            #expect(try session.nextKeyNumber().value == 3)
            let read = try #require(try session.requestedKeys().first)
            #expect(read.request == request)
            #expect(read.validity == Issuer.validity)
            #expect(read.purpose == .lists)
            #expect(read.office == nil)
        }
        #expect(try books.registry.read { try $0.keys(of: $0.authority()) }.count == 1)
    }

    @Test func remembersRetirementAndRevocation() throws {
        let number = try #require(IssuerNumber(1))
        try books.registry.write { session in
            try session.retire(number, at: .noon)
            try session.revoke(number, TrustedKey.Revocation(at: .noon - 5, reason: "私钥遗失"))
        }
        let key = try #require(try books.registry.read { try $0.keys(of: $0.authority()) }.first)
        #expect(key.retiredAt == .noon)
        #expect(key.revocation == TrustedKey.Revocation(at: .noon - 5, reason: "私钥遗失"))
    }

    @Test func findsTheNewestTrustList() throws {
        try books.registry.write { session in
            #expect(try session.newestTrustList() == nil)
            for sequence in [1, 3, 2] {
                try session.insert(
                    TrustListRecord(
                        sequence: sequence,
                        issuedAt: .noon,
                        nextUpdate: .noon + .day,
                        bytes: [UInt8(sequence)]
                    )
                )
            }
        }
        let newest = try books.registry.read { try $0.newestTrustList() }
        #expect(newest?.sequence == 3)
        #expect(newest?.bytes == [3])
    }

    // MARK: - Acts

    @Test func tellsTheActsOnALicenceInTheirOrder() throws {
        let code = try books.add(Sample.particulars(1)).creditCode
        try books.registry.write { session in
            for (number, kind) in [LicenceAct.issue, .suspend, .resume].enumerated() {
                let subject = Deed.Subject(creditCode: code.text, version: 1)
                try session.record(
                    Deed(.licence(kind), on: subject, reason: "\(kind)"),
                    by: 1,
                    at: .noon + Int64(number)
                )
            }
            try session.record(Deed(.authority(.addOffice), reason: ""), by: 2, at: .noon)
        }
        let acts = try books.registry.read { try $0.acts(on: code) }
        #expect(acts.map(\.deed.kind) == [.licence(.issue), .licence(.suspend), .licence(.resume)])
        #expect(acts.map(\.at) == [.noon, .noon + 1, .noon + 2])
        #expect(acts.allSatisfy { $0.officer == 1 && $0.deed.subject?.version == 1 })
    }

    @Test func knowsTheNewestOfActsAndSignatures() throws {
        func newest() throws -> Instant? { try books.registry.read { try $0.newestRecord() } }
        #expect(try newest() == nil)
        try books.registry.write { session in
            _ = try session.record(Deed(.authority(.addOffice), reason: ""), by: 1, at: .noon)
        }
        #expect(try newest() == .noon)
        try books.registry.write { session in
            try session.insert(TrustListRecord(sequence: 1, issuedAt: .noon + 5, nextUpdate: .noon, bytes: []))
        }
        #expect(try newest() == .noon + 5)
        try books.registry.write { session in
            try session.save(
                PublishedFile(
                    path: "status/341181-1",
                    sequence: 1,
                    revision: 0,
                    issuedAt: .noon + 9,
                    contentDigest: Digest(of: [])
                )
            )
        }
        #expect(try newest() == .noon + 9)
    }
}
