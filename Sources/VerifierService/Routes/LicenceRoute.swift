import Hummingbird
import Licence
import OpenSSL
import Serving

/// What the register says of a credit code: where its newest licence stands, and the versions before.
struct LicenceRoute {
    /// Nil where none is attached.
    let register: (any LicenceRegister)?
    let limits: Limits
    let now: @Sendable () -> Instant

    /// Seconds after which a register that could not be read may be asked again.
    private static let retryAfter = 10
    /// A status holds for the moment, and what somebody asks about is nobody else's business.
    private static let headers: HTTPFields = {
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        headers.set("X-Robots-Tag", "noindex")
        return headers
    }()

    func add(to router: Router<VerifierContext>) { router.only(.get, "/v1/licences/{creditCode}", licence) }

    @Sendable private func licence(_ request: Request, _ context: VerifierContext) async throws -> Response {
        guard let register else {
            throw Problem(.notFound, "no register is attached to this daemon; it verifies codes of licences only")
        }
        let creditCode = try Self.creditCode(context.decoded("creditCode"))
        let client = limits.client(of: request.head, from: context.peer)
        let share = try limits.lookUp(of: client)
        defer { withExtendedLifetime(share) {} }
        let now = now()
        let history: LicenceHistory?
        do { history = try await register.history(of: creditCode, at: now) } catch {
            throw Problem(
                .serviceUnavailable,
                "the register cannot be read at the moment",
                headers: [.retryAfter: String(Self.retryAfter)]
            )
        }
        guard let history else {
            // Officers have accepted some against the check, so that only the register can tell.
            let slip =
                creditCode.hasMatchingCheckCharacter
                ? "" : "; its check character does not match, look for a typing slip"
            throw Problem(.notFound, "the register has no licence under this credit code\(slip)")
        }
        return try Response(status: .ok, headers: Self.headers, json: Document(history, of: creditCode, at: now))
    }

    private static func creditCode(_ text: String) throws(Problem) -> CreditCode {
        do { return try CreditCode(text, checkCharacter: .mayDiffer) } catch {
            throw Problem(.badRequest, "no unified social credit code: \(error.reason)")
        }
    }
}

/// A history as JSON.
private struct Document: Encodable {
    let creditCode: String
    /// Of the newest version.
    let status: String
    let version: Int
    let asOf: String
    let recordedUntil: String?
    let versions: [Version]

    init(_ history: LicenceHistory, of creditCode: CreditCode, at now: Instant) {
        self.creditCode = creditCode.text
        status = history.newest.status.rawValue
        version = history.newest.number
        asOf = now.description
        recordedUntil = history.recordedUntil?.description
        let next = history.versions.dropFirst().map(\.number) + [nil]
        versions = zip(history.versions, next).map(Version.init)
    }

    struct Version: Encodable {
        let version: Int
        let issued: String
        let issuedAt: String?
        let status: String
        let since: String?
        let nextVersion: Int?
        let issuer: Issuer

        init(_ version: LicenceHistory.Version, next: Int?) {
            self.version = version.number
            issued = version.issued.description
            issuedAt = version.issuedAt?.description
            status = version.status.rawValue
            since = version.since?.description
            nextVersion = next
            issuer = Issuer(version.issuer)
        }
    }

    struct Issuer: Encodable {
        let office: Office
        let division: String
        let number: Int
        let keyId: String

        init(_ issuer: LicenceHistory.Issuer) {
            office = Office(en: issuer.office.en, zh: issuer.office.zh)
            division = issuer.division.description
            number = issuer.number
            keyId = issuer.keyID.description
        }
    }

    struct Office: Encodable {
        let en: String
        let zh: String
    }
}
