import Hummingbird
import Licence
import LicenceCode
import Publication
import Testing

@Suite struct VerdictRoutesTests {
    private let authority: TestAuthority
    private let json: HTTPFields = [.accept: "application/json"]

    init() throws { authority = try TestAuthority() }

    private func verdict(_ code: UnverifiedCode, on server: TestServer) async throws -> String? {
        try await server.answer(.get, "/L/\(code.digits)", json).json["verdict"] as? String
    }

    @Test func answersAGenuineCodeWithValidAsJSON() async throws {
        let code = try authority.code(authority.claims())
        try authority.publish([code])
        let answer = try await TestServer(authority).answer(.get, "/L/\(code.digits)", json)
        #expect(answer.status == .ok)
        #expect(try answer.json["verdict"] as? String == "valid")
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.vary] == "Accept, Accept-Language")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test func takesAnAddressInLowerCase() async throws {
        let code = try authority.code(authority.claims())
        try authority.publish([code])
        let answer = try await TestServer(authority).answer(.get, "/l/\(code.digits)", json)
        #expect(try answer.json["verdict"] as? String == "valid")
    }

    @Test func answersHeadWithoutABody() async throws {
        try authority.publish([])
        let server = try TestServer(authority)
        let head = try await server.answer(.head, "/L/1", json)
        #expect(head.status == .ok)
        #expect(head.bytes.isEmpty)
        #expect(head.headers[.contentLength] == String(try await server.answer(.get, "/L/1", json).bytes.count))
    }

    @Test func takesACodeInABody() async throws {
        let code = try authority.code(authority.claims())
        try authority.publish([code])
        let answer = try await TestServer(authority).answer(
            .post,
            "/v1/verify",
            [.contentType: "application/json; charset=utf-8"],
            body: "{\"code\": \"HTTPS://LIC.EXAMPLE.CN/L/\(code.digits)\"}"
        )
        #expect(answer.status == .ok)
        #expect(try answer.json["verdict"] as? String == "valid")
    }

    @Test(arguments: ["1", "abc", "LICET:1", "%2e%2e", String(repeating: "7", count: 9_000)])
    func answersWhatIsNoCodeWithMalformed(text: String) async throws {
        try authority.publish([])
        let answer = try await TestServer(authority).answer(.get, "/L/\(text)", json)
        #expect(answer.status == .ok)
        #expect(try answer.json["verdict"] as? String == "malformed")
    }

    @Test func answersAForgedCodeWithForged() async throws {
        let code = try authority.code(authority.claims(), forged: true)
        try authority.publish([])
        #expect(try await verdict(code, on: TestServer(authority)) == "forged")
    }

    @Test func answersWithRevokedOnceTheNewPublicationIsIn() async throws {
        let code = try authority.code(authority.claims())
        try authority.publish([code])
        let server = try TestServer(authority)
        #expect(try await verdict(code, on: server) == "valid")
        try authority.publish([code], .revoked, number: 2, at: authority.start.adding(seconds: 10))
        #expect(try await verdict(code, on: server) == "valid")
        try server.reload()
        #expect(try await verdict(code, on: server) == "revoked")
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "{\"code\": 1}", "{\"code\": \"1\", \"paper\": {}}", "{\"Code\": \"1\"}", "\"1\"",
    ])
    func refusesAnyOtherBody(body: String) async throws {
        try authority.publish([])
        let answer = try await TestServer(authority).answer(
            .post,
            "/v1/verify",
            [.contentType: "application/json"],
            body: body
        )
        #expect(answer.status == .badRequest)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(try answer.json["status"] as? Int == 400)
        #expect(Set(try answer.json.keys) == ["type", "title", "status", "detail"])
    }

    @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
    func refusesAnotherMediaType(type: String?) async throws {
        try authority.publish([])
        var headers = HTTPFields()
        headers[.contentType] = type
        let answer = try await TestServer(authority).answer(.post, "/v1/verify", headers, body: "{\"code\": \"1\"}")
        #expect(answer.status == .unsupportedMediaType)
    }

    @Test func refusesABodyOver64KiB() async throws {
        try authority.publish([])
        let body = "{\"code\": \"\(String(repeating: "1", count: 65_536))\"}"
        let answer = try await TestServer(authority).answer(
            .post,
            "/v1/verify",
            [.contentType: "application/json"],
            body: body
        )
        #expect(answer.status == .contentTooLarge)
        #expect(answer.headers[.connection] == "close")
    }

    @Test func refusesATargetOver16KiB() async throws {
        try authority.publish([])
        let answer = try await TestServer(authority).answer(.get, "/L/" + String(repeating: "1", count: 16_384))
        #expect(answer.status == .uriTooLong)
    }
}
