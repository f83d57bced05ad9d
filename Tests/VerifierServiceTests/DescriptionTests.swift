import Hummingbird
import Testing
import VerifierService
import Yams

/// The description of the routes against the routes.
@Suite struct DescriptionTests {
    private let server: TestServer

    init() throws {
        let authority = try TestAuthority()
        try authority.publish([])
        server = try TestServer(authority)
    }

    /// What the document says, such as `GET /readyz`.
    private func described() async throws -> Set<String> {
        let answer = try await server.answer(.get, "/openapi.yaml")
        let document = try #require(try load(yaml: answer.text) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let operations = paths.flatMap { path, item in
            item.keys.filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" }
        }
        return Set(operations)
    }

    /// What the router answers with anything but that it does not; HEAD goes with GET.
    private func routed() async throws -> Set<String> {
        var found: Set<String> = []
        for route in server.routes where route.method != .head {
            let path = "\(route.path)".replacing("**", with: "{tile}")
            let target = path.replacing(/\{\w+\}/, with: "1")
            let answer = try await server.answer(route.method, target)
            if answer.status != .methodNotAllowed { found.insert("\(route.method) \(path)") }
        }
        return found
    }

    @Test func namesEveryRouteAndNoOther() async throws {
        let (described, routed) = try await (described(), routed())
        #expect(routed.subtracting(described).isEmpty, "a route is not described")
        #expect(described.subtracting(routed).isEmpty, "what is described has no route")
    }

    @Test func isServedAsYAMLAndKept() async throws {
        let answer = try await server.answer(.get, "/openapi.yaml")
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "application/yaml")
        #expect(answer.headers[.cacheControl] == "public, max-age=300")
        #expect(answer.text.hasPrefix("openapi: 3.1.0\n"))
        let tag = try answer.headers[.eTag].required
        let again = try await server.answer(.get, "/openapi.yaml", [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
        #expect(again.bytes.isEmpty)
    }
}
