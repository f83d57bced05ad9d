import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

/// Which keys may sign a list, and in whose name; the same for both kinds of list.
@Suite struct ListSignerTests {
    enum Kind: String, CaseIterable { case status, issued }

    let issuer: Issuer

    init() throws { issuer = try Issuer() }

    @Test(arguments: Kind.allCases)
    func acceptsTheKeyForLists(kind: Kind) throws {
        try read(kind, sign(kind))
    }

    @Test(arguments: Kind.allCases)
    func refusesTheLicenceKey(kind: Kind) throws {
        let bytes = try sign(kind, key: issuer.licenceKey, number: issuer.licences.number)
        #expect(refusal(kind, bytes) == .wrongIssuer)
    }

    @Test(arguments: Kind.allCases)
    func refusesTheLicenceKeyInTheNameOfTheKeyForLists(kind: Kind) throws {
        #expect(try refusal(kind, sign(kind, key: issuer.licenceKey)) == .wrongSignature)
    }

    @Test(arguments: Kind.allCases)
    func refusesTheKeyForListsOfAnotherRoot(kind: Kind) throws {
        #expect(try refusal(kind, sign(kind, key: Issuer().listKey)) == .wrongSignature)
    }

    @Test(arguments: Kind.allCases)
    func refusesAKeyThatIsNotInTheTrustList(kind: Kind) throws {
        let number = try #require(IssuerNumber(9))
        #expect(try refusal(kind, sign(kind, number: number)) == .wrongIssuer)
    }

    @Test(arguments: [(Instant.noon, nil), (.noon - 1, PublicationError.Code.wrongIssuer)], Kind.allCases)
    func refusesAKeyThatWasNotGoodYet(bound: (Instant, PublicationError.Code?), kind: Kind) throws {
        let trust = try trust(validity: .noon...Instant.noon + .year)
        let bytes = try sign(kind, issuedAt: bound.0)
        #expect(outcome(kind, bytes, trust) == bound.1)
    }

    @Test(
        arguments: [(Instant.noon + .day, nil), (.noon + .day + 1, PublicationError.Code.wrongIssuer)],
        Kind.allCases
    )
    func refusesAListThatOutlivesItsKey(bound: (Instant, PublicationError.Code?), kind: Kind) throws {
        let trust = try trust(validity: Instant.noon - .year...Instant.noon + .day)
        let bytes = try sign(kind, expires: bound.0)
        #expect(outcome(kind, bytes, trust) == bound.1)
    }

    @Test(arguments: Kind.allCases)
    func refusesAKeyThatExpiredBefore(kind: Kind) throws {
        let trust = try trust(validity: Instant.noon - .year...Instant.noon - .day)
        #expect(try outcome(kind, sign(kind, expires: .noon - .day), trust) == .wrongIssuer)
    }

    @Test(arguments: [Int64(-86_400), -1, 0, 1], Kind.allCases)
    func refusesARevokedKeyWhateverTimeTheListBears(seconds: Int64, kind: Kind) throws {
        let revocation = TrustedKey.Revocation(at: .noon, reason: "stolen")
        let trust = try trust(validity: Issuer.validity, revocation: revocation)
        #expect(try outcome(kind, sign(kind, issuedAt: .noon + seconds), trust) == .wrongIssuer)
    }

    @Test(
        arguments: [
            "https://lic.example.cn/publication/status/341181-2", "https://lic.example.cn/publication/issued/341181-2",
            "https://evil.example.cn/publication/status/341181-1", "status/341181-1", "",
        ],
        Kind.allCases
    )
    func refusesAListThatNamesItselfOtherwise(subject: String, kind: Kind) throws {
        let claims = ListClaims(
            subject: subject,
            issuedAt: .noon,
            expires: .noon + .day,
            timeToLive: 600,
            sequence: 1
        )
        let bytes = kind == .status ? try issuer.statusList(claims) : try issuer.issuedList(claims)
        #expect(refusal(kind, bytes) == .malformed)
    }

    @Test func takesNoFileForAnother() throws {
        let trust = issuer.trustList()
        let status = try sign(.status)
        let issued = try sign(.issued)
        let trustFile = try trust.signed(by: issuer.rootKey)
        let code = try issuer.code(Sample.particulars(), index: 0).cose.encoded
        for bytes in [issued, trustFile, code] { #expect(refusal(.status, bytes) == .malformed) }
        for bytes in [status, trustFile, code] { #expect(refusal(.issued, bytes) == .malformed) }
        for bytes in [status, issued, code] {
            let error = #expect(throws: PublicationError.self) { try TrustList(bytes, root: issuer.root) }
            #expect(error?.code == .malformed)
        }
    }

    private func sign(
        _ kind: Kind,
        issuedAt: Instant = .noon,
        expires: Instant = .noon + .day,
        key: PrivateKey? = nil,
        number: IssuerNumber? = nil
    ) throws -> [UInt8] {
        let claims = Issuer.claims("\(kind.rawValue)/341181-1", issuedAt: issuedAt, expires: expires)
        return kind == .status
            ? try issuer.statusList(claims, key: key, number: number)
            : try issuer.issuedList(claims, key: key, number: number)
    }

    /// A trust list whose key for lists has another validity, or is revoked.
    private func trust(
        validity: ClosedRange<Instant>,
        revocation: TrustedKey.Revocation? = nil
    ) throws -> TrustList {
        let certificate = try issuer.certificate(of: issuer.listKey, .lists, validity: validity)
        return issuer.trustList(keys: [
            try Issuer.trusted(1, .lists, certificate: certificate, revocation: revocation), issuer.licences,
        ])
    }

    private func read(_ kind: Kind, _ bytes: [UInt8], _ trust: TrustList? = nil) throws(PublicationError) {
        let trust = trust ?? issuer.trustList()
        switch kind {
        case .status: _ = try StatusList(bytes, path: statusPath, trust: trust)
        case .issued: _ = try IssuedList(bytes, path: issuedPath, trust: trust)
        }
    }

    /// Nil when the list is believed.
    private func outcome(_ kind: Kind, _ bytes: [UInt8], _ trust: TrustList) -> PublicationError.Code? {
        do { try read(kind, bytes, trust) } catch { return error.code }
        return nil
    }

    private func refusal(_ kind: Kind, _ bytes: [UInt8]) -> PublicationError.Code? {
        outcome(kind, bytes, issuer.trustList())
    }
}
