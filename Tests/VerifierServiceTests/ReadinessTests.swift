import Foundation
import Hummingbird
import Licence
import Publication
import Testing

@Suite struct ReadinessTests {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    private func detail(_ server: TestServer) async throws -> String {
        let answer = try await server.answer(.get, "/readyz")
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.contentType] == "application/problem+json")
        return try (answer.json["detail"] as? String).required
    }

    @Test func isAliveWhateverIsLoaded() async throws {
        #expect(try await TestServer(authority).answer(.get, "/healthz").status == .ok)
    }

    @Test func isReadyWithAFreshPublicationAndSaysWhatIsLoaded() async throws {
        try authority.publish([], number: 3)
        let answer = try await TestServer(authority).answer(.get, "/readyz")
        #expect(answer.status == .ok)
        let trust = try answer.json["trustList"] as? [String: any Sendable]
        #expect(trust?["sequence"] as? Int == 3)
        #expect(trust?["ageSeconds"] as? Int == 60)
        #expect((try answer.json["lists"] as? [any Sendable])?.count == 2)
    }

    @Test func isRedWithoutATrustList() async throws {
        #expect(try await detail(TestServer(authority)).contains("trust-list"))
    }

    @Test(arguments: [(86_399 as Int64, true), (86_400, false)])
    func turnsRedWithTheSecondOfExpiry(seconds: Int64, isReady: Bool) async throws {
        try authority.publish([])
        let server = try TestServer(authority, now: authority.start.adding(seconds: seconds))
        #expect(try await server.answer(.get, "/readyz").status == (isReady ? .ok : .serviceUnavailable))
    }

    @Test func turnsRedWhenOneListIsPastItsExpiry() async throws {
        try authority.publish([])
        try authority.publishTrustList(number: 2, at: authority.start.adding(seconds: 80_000))
        let server = try TestServer(authority, now: authority.start.adding(seconds: 90_000))
        #expect(try await detail(server).contains("status/341181-1: expired"))
    }

    @Test(arguments: ["trust-list", "status/341181-1"])
    func turnsRedWhenAFileIsLost(path: String) async throws {
        try authority.publish([])
        let server = try TestServer(authority)
        try FileManager.default.removeItem(atPath: "\(authority.folder)/\(path)")
        try server.reload()
        #expect(try await detail(server).contains(path))
    }

    @Test func isRedFromTheStartWhenOneListOfAPairIsNotThere() async throws {
        try authority.publish([])
        try FileManager.default.removeItem(atPath: "\(authority.folder)/status/341181-1")
        #expect(try await detail(TestServer(authority)) == "status/341181-1: is not in the publication")
    }
}
