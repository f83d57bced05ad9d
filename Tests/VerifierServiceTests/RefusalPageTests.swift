import Hummingbird
import Licence
import Serving
import Testing

@testable import VerifierService

@Suite struct RefusalPageTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try authority.publish([])
    }

    /// What a browser says.
    private static let browser: HTTPFields = [
        .accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .acceptLanguage: "en-GB,en;q=0.9",
    ]

    @Test func aBrowserIsShownAPageWhereThereIsNothing() async throws {
        let server = try TestServer(authority)
        for path in ["/nothing", "/L/", "/publication/status/341181-9", "/L/1/2"] {
            let answer = try await server.answer(.get, path, Self.browser)
            #expect(answer.status == .notFound)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.headers[.vary] == "Accept, Accept-Language")
            #expect(answer.text.contains("<h1>There is no such page</h1>"))
            let policy = try answer.headers[.contentSecurityPolicy].required
            #expect(policy.hasSuffix("form-action 'none'; frame-ancestors 'none'"))
        }
        let chinese = try await server.answer(.get, "/nothing?lang=zh", Self.browser)
        #expect(chinese.text.contains("<html lang=\"zh-CN\">") && chinese.text.contains("<h1>没有这个页面</h1>"))
    }

    @Test func whatIsForProgramsSaysWhatIsWrongToBrowsersToo() async throws {
        let answer = try await TestServer(authority).answer(.get, "/v1/licences/91341181MA2QW7K3XM", Self.browser)
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.text.contains("no register is attached"))
    }

    @Test(arguments: [nil, "*/*", "application/json", "application/json, text/html", "text/html;q=0"])
    func aProgramGetsAProblem(accept: String?) async throws {
        var headers: HTTPFields = [:]
        headers[.accept] = accept
        let answer = try await TestServer(authority).answer(.get, "/nothing", headers)
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func aBrowserThatAsksTooMuchIsToldWhenToComeAgain() async throws {
        let server = try TestServer(authority, limits: Limits(rate: RateLimit(perSecond: 0.001, burst: 1)))
        _ = try await server.answer(.get, "/", Self.browser, bytes: [], from: "192.0.2.1")
        let answer = try await server.answer(.get, "/", Self.browser, bytes: [], from: "192.0.2.1")
        #expect(answer.status == .tooManyRequests)
        #expect(answer.headers[.retryAfter] != nil)
        #expect(answer.text.contains("<h1>Too many requests from your network</h1>"))
    }

    @Test func readinessIsForProgramsAlways() async throws {
        let now = authority.start.adding(seconds: 90_000)
        let answer = try await TestServer(authority, now: now).answer(.get, "/readyz", Self.browser)
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func headHasTheFieldsOfThePage() async throws {
        let server = try TestServer(authority)
        let (head, whole) = try await (
            server.answer(.head, "/nothing", Self.browser), server.answer(.get, "/nothing", Self.browser)
        )
        #expect(head.bytes.isEmpty)
        #expect(head.headers == whole.headers)
    }

    @Test func saysInBothLanguagesThatItSaysNothingOfALicence() {
        for reason in RefusalPage.Reason.allCases {
            #expect(reason.advice[0].en.hasPrefix("This says nothing about a licence"))
            #expect(reason.advice[0].zh.hasPrefix("这并不说明执照的真伪"))
        }
    }
}
