import Foundation
import Hummingbird
import Licence
import OpenSSL
import Publication
import Testing

@Suite struct PublicationRoutesTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
        try authority.publish([])
    }

    @Test(arguments: [
        ("trust-list", "application/cose; cose-type=\"cose-sign1\""), ("status/341181-1", "application/statuslist+cwt"),
        ("issued/341181-1", "application/cose; cose-type=\"cose-sign1\""),
    ])
    func handsOnTheSignedFiles(path: String, type: String) async throws {
        let answer = try await TestServer(authority).answer(.get, "/publication/\(path)")
        #expect(answer.status == .ok)
        #expect(answer.bytes == (try DurableFile.read("\(authority.folder)/\(path)", limit: 1 << 20)))
        #expect(answer.headers[.contentType] == type)
        // As the article on hosting says.
        let expected = path == "trust-list" ? "public, max-age=300, s-maxage=0" : "public, max-age=60"
        #expect(answer.headers[.cacheControl] == expected)
    }

    @Test func sendsNothingThatTheClientHas() async throws {
        let server = try TestServer(authority)
        let tag = try await server.answer(.get, "/publication/trust-list").headers[.eTag].required
        for known in [tag, "\"x\", \(tag)", "W/\(tag)", "*"] {
            let answer = try await server.answer(.get, "/publication/trust-list", [.ifNoneMatch: known])
            #expect(answer.status == .notModified)
            #expect(answer.headers[.eTag] == tag)
            #expect(answer.bytes.isEmpty)
        }
        #expect(try await server.answer(.get, "/publication/trust-list", [.ifNoneMatch: "\"x\""]).status == .ok)
    }

    @Test(arguments: [
        "/publication/../secret", "/publication/status/../../secret", "/publication/status/..%2F..%2Fsecret",
        "/publication/%2e%2e/secret", "/publication/status/%2e%2e", "/publication/status/", "/publication/status",
        "/publication", "/publication//etc/passwd", "/publication/log/checkpoint", "/publication/status/341181-2",
        "/publication/status/341181-1/x", "/publication/secret", "/publication/status/341181-1%00",
    ])
    func findsNothingElse(path: String) async throws {
        try authority.write("secret", [1])
        let answer = try await TestServer(authority).answer(.get, path)
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test(arguments: ["/v1", "/favicon.ico", "/L", "/L/1/2", "/x/1"])
    func answersUnknownPathsWithAProblem(path: String) async throws {
        let answer = try await TestServer(authority).answer(.get, path)
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test(arguments: [
        (HTTPRequest.Method.post, "/L/1", "GET, HEAD"), (.get, "/v1/verify", "POST"),
        (.delete, "/publication/trust-list", "GET, HEAD"), (.put, "/readyz", "GET, HEAD"),
        (.options, "/v1/verify", "POST"),
    ])
    func saysWhichMethodsAreAllowed(method: HTTPRequest.Method, path: String, allow: String) async throws {
        let answer = try await TestServer(authority).answer(method, path)
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == allow)
    }

    @Test func tablesOfListsAreHandedOnForEver() async throws {
        let content = LogEntry.Content.registry(acts: 1, head: Digest(of: []), lists: ListTable().digest)
        let file = ListTable().file(endedBy: LogEntry(at: Instant(seconds: 1), content))
        let server = try TestServer(authority) { path in
            path == "log/lists/4711" ? file : path == "log/lists/9" ? [1, 2, 3] : nil
        }
        let table = try await server.answer(.get, "/publication/log/lists/4711")
        #expect(table.status == .ok && table.bytes == file)
        #expect(table.headers[.cacheControl] == "public, max-age=31536000, immutable")
        for other in ["9", "4712", "04711", "4711.1.tmp", "..%2Fcheckpoint", "-1"] {
            #expect(try await server.answer(.get, "/publication/log/lists/\(other)").status == .notFound, "\(other)")
        }
    }

    @Test func tilesOfTheLogAreHandedOnForEver() async throws {
        let server = try TestServer(authority) { path in path == "log/tile/0/x001/234.p/5" ? [1, 2, 3] : nil }
        let tile = try await server.answer(.get, "/publication/log/tile/0/x001/234.p/5")
        #expect(tile.status == .ok && tile.bytes == [1, 2, 3])
        #expect(tile.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(tile.headers[.contentType] == "application/octet-stream")
        let missing = try await server.answer(.get, "/publication/log/tile/0/000")
        #expect(missing.status == .notFound && missing.headers[.cacheControl] == "no-store")
    }

    @Test(arguments: [
        "log/tile/../../trust-list", "log/tile/0/..%2F..%2Fkeys", "log/tile/%2e%2e/%2e%2e/x", "log/tile/",
        "log/tile/0//000",
        "log/tile/0/.hidden", "log/tile/0/000.123.tmp", "log/tile/0/000%00", "log/checkpoint",
    ])
    func nothingElseIsReadFromTheDisk(path: String) async throws {
        let server = try TestServer(authority) { path in path.hasSuffix(".tmp") || path.contains("..") ? [6] : nil }
        #expect(try await server.answer(.get, "/publication/\(path)").status == .notFound)
    }
}
