import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

/// What is refused at the last door before a signature, whoever asks.
@Suite struct LintTests {
    let issuer: Issuer
    let today: CalendarDate

    init() throws {
        issuer = try Issuer()
        today = try CalendarDate("2026-03-18")
    }

    @Test(arguments: Algorithm.allCases)
    func signsByteByByteWhatWasLinted(algorithm: Algorithm) throws {
        let issuer = try Issuer(algorithm: algorithm)
        let licence = try licence()
        let linted = try linted(licence, issuer.licences)
        let blank = linted.blank
        let code = try linted.signed(with: issuer.licenceKey)
        #expect(code.toBeSigned == blank.toBeSigned)
        #expect(code.packed == blank.packed)
        #expect(code.claims == (try claims(licence)))
        #expect(code.cose.isSigned(by: issuer.licenceKey.publicKey))
    }

    // MARK: - The key

    @Test func refusesAKeyForLists() throws {
        let key = try Issuer.trusted(2, .lists, certificate: issuer.lists.certificate)
        #expect(try refusal(key: key) == "key")
    }

    @Test func refusesADivisionThatIsNotTheKeys() throws {
        #expect(try refusal(key: key(divisions: [341_182])) == "creditCode")
    }

    @Test func refusesAKindThatIsNotTheKeys() throws {
        #expect(try refusal(key: key(kinds: [.branch])) == "kind")
    }

    /// Somebody wrote more into the registry than the root has certified.
    @Test func refusesAKeyWhoseCertificateSaysLessThanTheRegistry() throws {
        let narrow = try issuer.certificate(of: issuer.licenceKey, kinds: [.branch])
        #expect(try refusal(key: Issuer.trusted(2, .licences, certificate: narrow)) == "key")
        let elsewhere = try issuer.certificate(of: issuer.licenceKey, divisions: [341_182])
        #expect(try refusal(key: Issuer.trusted(2, .licences, certificate: elsewhere)) == "key")
        let lists = try issuer.certificate(of: issuer.licenceKey, .lists)
        #expect(try refusal(key: Issuer.trusted(2, .licences, certificate: lists)) == "key")
    }

    @Test func refusesARevokedKey() throws {
        let revocation = TrustedKey.Revocation(at: .noon + .day, reason: "")
        #expect(try refusal(key: key(revocation: revocation)) == "key")
    }

    @Test(arguments: [(-1, true), (0, false), (1, false)] as [(Int64, Bool)])
    func refusesAKeyThatIsNotGoodYet(seconds: Int64, refused: Bool) throws {
        let key = try key(validity: .noon...Instant.noon + .day)
        #expect(try (refusal(key: key, now: .noon + seconds) != nil) == refused)
    }

    @Test(arguments: [(-1, false), (0, false), (1, true)] as [(Int64, Bool)])
    func refusesAKeyThatIsGoodNoMore(seconds: Int64, refused: Bool) throws {
        let key = try key(validity: Instant.noon - .day...Instant.noon)
        #expect(try (refusal(key: key, now: .noon + seconds) != nil) == refused)
    }

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func refusesAKeyThatHasRetired(seconds: Int64, refused: Bool) throws {
        #expect(try (refusal(key: key(retiredAt: .noon), now: .noon + seconds) != nil) == refused)
    }

    @Test func refusesToSignWithAnotherKey() throws {
        let error = #expect(throws: AuthorityError.self) {
            try linted(licence(), issuer.licences).signed(with: issuer.listKey)
        }
        #expect(error?.code == .lint)
    }

    /// A token that answers with rubbish, or with less of it.
    @Test(arguments: [0, 1, 63, 64, 65, 500])
    func handsOutNothingThatASignerMadeUp(count: Int) throws {
        let signer = Forger(publicKey: issuer.licenceKey.publicKey, answer: [UInt8](repeating: 7, count: count))
        let error = #expect(throws: AuthorityError.self) {
            try linted(licence(), issuer.licences).signed(with: signer)
        }
        #expect(error?.code == (count == 64 ? .lint : .key))
    }

    // MARK: - Dates

    @Test(arguments: ["2026-03-17", "2026-03-19"])
    func refusesAnyOtherDayOfIssueThanToday(day: String) throws {
        #expect(try refusal(licence(issued: CalendarDate(day))) == "issued")
    }

    @Test func takesABusinessOfToday() throws {
        #expect(try refusal(licence(changing: [.established: "2026-03-18"])) == nil)
    }

    @Test(arguments: [("2026-03-17", "term.to"), ("2026-03-18", nil), ("2026-03-19", nil)])
    func refusesATermThatIsOver(last: String, field: String?) throws {
        #expect(try refusal(licence(changing: [.termTo: last])) == field)
    }

    // MARK: - The registry

    @Test func refusesAnEntryThatAnotherLicenceHas() throws {
        #expect(try refusal(holders: 1) == "index")
    }

    @Test func refusesAnEntryOutsideOfItsList() throws {
        #expect(try refusal(listSize: nil) == "index")
        #expect(try refusal(listSize: 7) == "index")
        #expect(try refusal(listSize: 8) == nil)
    }

    @Test func refusesAnEntryOfAnotherOffice() throws {
        #expect(try refusal(office: 341_182) == "index")
    }

    @Test(arguments: [(1, 0, nil), (1, 1, "version"), (2, 1, nil), (2, 0, "version"), (3, 1, "version")])
    func refusesAVersionThatDoesNotFollow(version: Int, before: Int, field: String?) throws {
        #expect(try refusal(licence(version: version), versionBefore: before) == field)
    }

    /// What is recorded is one thing and what would be signed another.
    @Test(
        arguments: [
            (.name, "天长市别的科技有限公司"), (.address, "安徽省滁州市天长市新址1号"), (.representative, "别人"), (.scope, "别的"),
            (.capitalAmount, "2.00"), (.established, "2019-06-13"),
        ] as [(ApplicationField, String)]
    )
    func refusesACodeThatDoesNotSayWhatIsRecorded(field: ApplicationField, value: String) throws {
        for profile in Profile.allCases {
            let signed = try claims(licence(changing: [field: value]), profile: profile)
            #expect(try refusal(licence(), signing: signed) == "")
        }
    }

    @Test func refusesAnotherEntryThanTheRecordedOne() throws {
        let other = try #require(ListReference(list: 1, index: 6))
        let signed = try Claims(licence(), profile: .full, reference: other)
        #expect(try refusal(licence(), signing: signed) == "index")
    }

    @Test func takesBothProfiles() throws {
        for profile in Profile.allCases {
            #expect(try refusal(licence(), signing: claims(licence(), profile: profile)) == nil)
        }
    }

    // MARK: -

    private static let index = 7

    private func licence(
        changing changes: [ApplicationField: String?] = [:],
        version: Int = 1,
        issued: CalendarDate? = nil
    ) throws -> Licence {
        try Licence(particulars: Sample.particulars(changing: changes), version: version, issued: issued ?? today)
    }

    private func claims(_ licence: Licence, profile: Profile = .full) throws -> Claims {
        Claims(licence, profile: profile, reference: try #require(ListReference(list: 1, index: Self.index)))
    }

    private func key(
        divisions: [Int] = [341_181],
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases),
        validity: ClosedRange<Instant> = Issuer.validity,
        retiredAt: Instant? = nil,
        revocation: TrustedKey.Revocation? = nil
    ) throws -> TrustedKey {
        try Issuer.trusted(
            2,
            .licences,
            certificate: issuer.certificate(
                of: issuer.licenceKey,
                divisions: divisions,
                kinds: kinds,
                validity: validity
            ),
            divisions: divisions,
            kinds: kinds,
            retiredAt: retiredAt,
            revocation: revocation
        )
    }

    private func linted(
        _ licence: Licence,
        _ key: TrustedKey,
        signing claims: Claims? = nil,
        office: Int = 341_181,
        listSize: Int? = 8,
        holders: Int = 0,
        versionBefore: Int = 0,
        now: Instant = .noon
    ) throws -> LintedCode {
        let entry = Lint.Entry(
            licence: licence,
            office: try DivisionCode(office),
            reference: try #require(ListReference(list: 1, index: Self.index)),
            listSize: listSize,
            holders: holders,
            versionBefore: versionBefore
        )
        return try LintedCode(claims ?? self.claims(licence), as: entry, key: key, today: today, now: now)
    }

    /// The field at fault, empty when it is none, or nil when nothing is refused.
    private func refusal(
        _ licence: Licence? = nil,
        key: TrustedKey? = nil,
        signing claims: Claims? = nil,
        office: Int = 341_181,
        listSize: Int? = 8,
        holders: Int = 0,
        versionBefore: Int = 0,
        now: Instant = .noon
    ) throws -> String? {
        do {
            _ = try linted(
                licence ?? self.licence(),
                key ?? issuer.licences,
                signing: claims,
                office: office,
                listSize: listSize,
                holders: holders,
                versionBefore: versionBefore,
                now: now
            )
            return nil
        } catch let error as AuthorityError {
            #expect(error.code == .lint)
            return error.field ?? ""
        }
    }
}

/// A signer that gives the same answer to everything.
private final class Forger: Signer {
    let publicKey: PublicKey
    private let answer: [UInt8]

    init(publicKey: PublicKey, answer: [UInt8]) {
        self.publicKey = publicKey
        self.answer = answer
    }

    func signature(of message: [UInt8]) throws -> [UInt8] { answer }
}
