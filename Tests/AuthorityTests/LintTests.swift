import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Authority

/// What is refused at the last door before a signature, whoever asks.
@Suite struct LintTests {
    let issuer: Issuer
    let today: CalendarDate

    init() throws {
        issuer = try Issuer()
        today = try CalendarDate("2026-03-18")
    }

    @Test func signsWhatWasLinted() throws {
        let claims = try claims()
        let code = try LintedClaims(claims, key: issuer.licences, today: today, now: .noon)
            .signed(with: issuer.licenceKey)
        #expect(code.claims == claims)
        #expect(code.issuerNumber == issuer.licences.number)
        #expect(code.cose.isSigned(by: issuer.licenceKey.publicKey))
    }

    @Test func refusesAKeyForLists() throws {
        let key = try Issuer.trusted(1, .lists, certificate: issuer.lists.certificate)
        #expect(try refusal(claims(), key) == "creditCode")
    }

    @Test func refusesADivisionThatIsNotTheKeys() throws {
        #expect(try refusal(claims(), key(divisions: [341_182])) == "creditCode")
    }

    @Test func refusesAKindThatIsNotTheKeys() throws {
        #expect(try refusal(claims(), key(kinds: [.branch])) == "kind")
    }

    @Test func refusesARevokedKey() throws {
        let revocation = TrustedKey.Revocation(at: .noon + .day, reason: "")
        #expect(try refusal(claims(), key(revocation: revocation)) == "")
    }

    @Test(arguments: [(-1, true), (0, false), (1, false)] as [(Int64, Bool)])
    func refusesAKeyThatIsNotGoodYet(seconds: Int64, refused: Bool) throws {
        let key = try key(validity: .noon...Instant.noon + .day)
        #expect(try (refusal(claims(), key, now: .noon + seconds) != nil) == refused)
    }

    @Test(arguments: [(-1, false), (0, false), (1, true)] as [(Int64, Bool)])
    func refusesAKeyThatIsGoodNoMore(seconds: Int64, refused: Bool) throws {
        let key = try key(validity: Instant.noon - .day...Instant.noon)
        #expect(try (refusal(claims(), key, now: .noon + seconds) != nil) == refused)
    }

    @Test(arguments: ["2026-03-17", "2026-03-19"])
    func refusesAnyOtherDayOfIssueThanToday(day: String) throws {
        #expect(try refusal(claims(issued: CalendarDate(day)), issuer.licences) == "established")
    }

    @Test(arguments: [("2026-03-17", "term.to"), ("2026-03-18", nil), ("2026-03-19", nil)])
    func refusesATermThatIsOver(last: String, field: String?) throws {
        #expect(try refusal(claims(changing: [.termTo: last]), issuer.licences) == field)
    }

    @Test func refusesToSignWithAnotherKey() throws {
        let error = #expect(throws: AuthorityError.self) {
            try LintedClaims(claims(), key: issuer.licences, today: today, now: .noon).signed(with: issuer.listKey)
        }
        #expect(error?.code == .lint)
    }

    private func claims(
        changing changes: [ApplicationField: String?] = [:],
        issued: CalendarDate? = nil
    ) throws -> Claims {
        let licence = try Licence(
            particulars: Sample.particulars(changing: changes),
            version: 1,
            issued: issued ?? today
        )
        return Claims(licence, profile: .full, reference: try #require(ListReference(list: 1, index: 0)))
    }

    private func key(
        divisions: [Int] = [341_181],
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases),
        validity: ClosedRange<Instant> = Issuer.validity,
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
            revocation: revocation
        )
    }

    /// The field at fault, empty when it is none, or nil when nothing is refused.
    private func refusal(_ claims: Claims, _ key: TrustedKey, now: Instant = .noon) throws -> String? {
        do {
            _ = try LintedClaims(claims, key: key, today: today, now: now)
            return nil
        } catch let error as AuthorityError {
            #expect(error.code == .lint)
            return error.field ?? ""
        }
    }
}
