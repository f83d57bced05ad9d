import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Verification

/// A licence that is valid at noon, with all that a verdict rests on; a test spoils one thing and looks at the verdict.
struct Scene {
    let issuer: Issuer
    /// What is checked.
    var code: UnverifiedCode
    var now = Instant.noon
    var trust: Result<TrustList, PublicationError>
    var status: Result<StatusList, PublicationError>
    var issued: Result<IssuedList, PublicationError>
    var paper: Application?
    var known: CheckedCodes?

    /// The licence's entry.
    static let index = 3
    /// An entry that no licence has.
    static let freeIndex = 5
    static let size = 8

    init(changing changes: [ApplicationField: String?] = [:], profile: Profile = .full) throws {
        try self.init(particulars: Sample.particulars(changing: changes), profile: profile)
    }

    init(
        particulars: Particulars,
        issued day: CalendarDate? = nil,
        profile: Profile = .full,
        algorithm: Algorithm = .es256,
        root: Algorithm? = nil
    ) throws {
        issuer = try Issuer(algorithm: algorithm, root: root)
        code = try issuer.code(particulars, index: Self.index, issued: day, profile: profile)
        trust = .success(issuer.trustList())
        status = .failure(PublicationError(.missing, file: "", ""))
        issued = .failure(PublicationError(.missing, file: "", ""))
        setStatus(.valid)
        setIssued()
    }

    mutating func setStatus(_ value: ListedStatus, claims: ListClaims = Issuer.claims()) {
        status = .success(StatusList(claims: claims, size: Self.size, entries: [(Self.index, value)]))
    }

    /// Lists the code as it is now.
    mutating func setIssued(claims: ListClaims = Issuer.claims("issued/341181-1")) {
        issued = .success(IssuedList(claims: claims, entries: [(Self.index, code.digest)]))
    }

    mutating func setIssuedEmpty(claims: ListClaims = Issuer.claims("issued/341181-1")) {
        issued = .success(IssuedList(claims: claims, entries: []))
    }

    /// Puts the office's key into the trust list with other powers.
    mutating func setKey(
        divisions: [Int] = [341_181],
        kinds: Set<LicenceKind> = Set(LicenceKind.allCases),
        validity: ClosedRange<Instant> = Issuer.validity,
        utcOffset: Int = 480,
        revokedAt: Instant? = nil
    ) throws {
        let key = try Issuer.trusted(
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
            utcOffset: utcOffset,
            revocation: revokedAt.map { TrustedKey.Revocation(at: $0, reason: "stolen") }
        )
        trust = .success(issuer.trustList(keys: [issuer.lists, key]))
    }

    /// Every file past its end.
    mutating func makeEverythingStale() {
        let old = Issuer.claims(issuedAt: .noon - 3 * .day, expires: .noon - .day)
        trust = .success(issuer.trustList(issuedAt: .noon - 3 * .day, nextUpdate: .noon - .day))
        setStatus(.valid, claims: old)
        setIssued(claims: old)
    }

    var verdict: Verdict { verdict(of: "LICET:\(code.digits)") }

    func verdict(of text: String) -> Verdict {
        let snapshot = Snapshot(
            trust: trust,
            statusLists: ["status/341181-1": status],
            issuedLists: ["issued/341181-1": issued]
        )
        return Verifier(Grounds(snapshot), now: now, known: known).verdict(of: text, paper: paper)
    }

    var word: VerdictWord { verdict.word }
}

extension PublicationError {
    static let missing = PublicationError(.missing, file: "file", "is missing")
    static let rolledBack = PublicationError(.rolledBack, file: "file", "rolled back")
    static let damaged = PublicationError(.malformed, file: "file", "is damaged")
}

/// A scene for each verdict that a verifier can give.
enum SceneOfWord {
    static let words = VerdictWord.allCases.filter { $0 != .relocated }

    static func verdict(_ word: VerdictWord) throws -> Verdict {
        var scene = try Scene()
        switch word {
        case .malformed: return scene.verdict(of: "LICET:12345")
        case .unknownIssuer: scene.trust = .success(scene.issuer.trustList(keys: [scene.issuer.lists]))
        case .forged:
            scene.code = try scene.issuer.code(Sample.particulars(), index: Scene.index, key: .init(algorithm: .es256))
        case .issuerRevoked: try scene.setKey(revokedAt: .noon - .day)
        case .outOfJurisdiction: try scene.setKey(divisions: [341_182])
        case .notIssued: scene.setIssuedEmpty(); scene.setStatus(.neverIssued)
        case .undetermined: scene.trust = .failure(.missing)
        case .notYetValid: scene = try Scene(changing: [.termFrom: "2026-03-19"])
        case .annulled: scene.setStatus(.annulled)
        case .cancelled: scene.setStatus(.cancelled)
        case .revoked: scene.setStatus(.revoked)
        case .superseded, .relocated: scene.setStatus(.superseded)
        case .expired: scene = try Scene(changing: [.termTo: "2026-03-17"])
        case .suspended: scene.setStatus(.suspended)
        case .dormant: scene.setStatus(.dormant)
        case .altered: scene.paper = Application(fields: [.name: "another"])
        case .valid: break
        }
        return scene.verdict
    }
}
