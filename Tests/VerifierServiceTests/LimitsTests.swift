import Foundation
import Hummingbird
import HummingbirdCore
import LicenceCode
import Logging
import NIOCore
import NIOHTTP1
import Serving
import Symbol
import Testing
import Verification

@testable import VerifierService

/// What clients may ask for, and what is counted and written down of it.
@Suite struct LimitsTests {
    private let authority: TestAuthority
    private let code: UnverifiedCode

    init() throws {
        authority = try TestAuthority()
        code = try authority.code(authority.claims())
        try authority.publish([code])
    }

    private func ask(_ server: TestServer, _ path: String, from peer: String?, forwarded: String? = nil) async throws
        -> TestServer.Answer
    {
        var headers: HTTPFields = [.accept: "application/json"]
        headers[.forwarded] = forwarded
        return try await server.answer(.get, path, headers, bytes: [], from: peer)
    }

    @Test func aClientThatAsksTooMuchIsToldWhenToComeAgain() async throws {
        let server = try TestServer(authority, limits: Limits(rate: RateLimit(perSecond: 0.001, burst: 3)))
        for _ in 0..<3 { #expect(try await ask(server, "/L/1", from: "192.0.2.1").status == .ok) }
        let refused = try await ask(server, "/L/1", from: "192.0.2.1")
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.contentType] == "application/problem+json")
        #expect(refused.headers[.retryAfter].flatMap { Int($0) }.map { $0 >= 1 } == true)
        #expect(try await ask(server, "/L/1", from: "192.0.2.2").status == .ok)
        #expect(try await ask(server, "/healthz", from: "192.0.2.1").status == .ok)
        #expect(try await ask(server, "/metrics", from: nil).text.contains("licetd_rate_limited_total 1\n"))
    }

    @Test func whoAsksThroughAKnownProxyIsCountedByHisOwnAddress() async throws {
        let proxies = Proxies([try AddressRange("198.51.100.1").required])
        let limits = Limits(proxies: proxies, rate: RateLimit(perSecond: 0.001, burst: 1))
        let server = try TestServer(authority, limits: limits)
        for client in 1...5 {
            let answer = try await ask(server, "/L/1", from: "198.51.100.1", forwarded: "for=192.0.2.\(client)")
            #expect(answer.status == .ok)
        }
        #expect(
            try await ask(server, "/L/1", from: "198.51.100.1", forwarded: "for=192.0.2.5").status == .tooManyRequests
        )
        // Nobody else can say for whom he asks.
        #expect(try await ask(server, "/L/1", from: "198.51.100.9", forwarded: "for=192.0.2.6").status == .ok)
        #expect(
            try await ask(server, "/L/1", from: "198.51.100.9", forwarded: "for=192.0.2.7").status == .tooManyRequests
        )
    }

    @Test(arguments: [("65536", false), ("65537", true)])
    func whoeverIsRefusedWithMuchStillToComeIsNotWaitedFor(length: String, isClosed: Bool) async throws {
        let server = try TestServer(authority)
        for path in ["/nothing", "/healthz", "/v1/verify"] {
            let answer = try await server.answer(.post, path, [.contentLength: length])
            #expect(answer.status.kind == .clientError)
            #expect((answer.headers[.connection] == "close") == isClosed, "\(path)")
        }
    }

    // MARK: - What is answered before the router

    private func head(_ path: String, _ accept: String? = "application/json") -> HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1,
            method: .GET,
            uri: path,
            headers: HTTPHeaders(accept.map { [("accept", $0)] } ?? [])
        )
    }

    @Test func theQuickAnswerIsTheRoutersAnswer() async throws {
        let server = try TestServer(authority)
        for digits in [code.digits, "1", try authority.code(authority.claims(), forged: true).digits] {
            let quick = try server.quick.answer(head("/L/\(digits)"), from: nil).required
            let slow = try await ask(server, "/L/\(digits)", from: nil)
            #expect(quick.body == slow.bytes)
            #expect(Set(quick.fields.lines) == Set(slow.headers.filter { $0.name != .contentLength }.map { "\($0)" }))
        }
    }

    @Test(arguments: ["/", "/L/", "/L/1?lang=en", "/L/1/", "/L/%31", "/L/１", "/l/1", "/healthz"])
    func everyOtherAddressIsTheRouters(path: String) throws {
        #expect(try TestServer(authority).quick.answer(head(path), from: nil) == nil)
    }

    @Test(arguments: [nil, "text/html", "*/*", "text/html, application/json;q=0.5"])
    func aPageIsTheRouters(accept: String?) throws {
        #expect(try TestServer(authority).quick.answer(head("/L/1", accept), from: nil) == nil)
    }

    @Test func whoHasHadItsShareIsTheRoutersToo() throws {
        let server = try TestServer(authority, limits: Limits(rate: RateLimit(perSecond: 0.001, burst: 1)))
        let peer = try SocketAddress(ipAddress: "192.0.2.1", port: 1)
        #expect(server.quick.answer(head("/L/1"), from: peer) != nil)
        #expect(server.quick.answer(head("/L/1"), from: peer) == nil)
    }

    // MARK: - Pictures

    @Test func takesAPictureInABody() async throws {
        let picture = try SymbolPNG(QRCode(prefix: "LICET:", digits: code.digits)).bytes
        let server = try TestServer(authority)
        let answer = try await server.answer(.post, "/v1/verify", [.contentType: "image/png"], bytes: picture)
        #expect(answer.status == .ok)
        #expect(try answer.json["verdict"] as? String == "valid")
        #expect(try await ask(server, "/metrics", from: nil).text.contains("licetd_photos 0\n"))
    }

    @Test(arguments: [
        ("image/png", "not a picture", HTTPResponse.Status.unsupportedMediaType),
        ("image/jpeg", "\u{89}PNG\r\n\u{1A}\nbroken", .unsupportedMediaType),
        ("image/gif", "GIF89a", .unsupportedMediaType),
    ])
    func refusesWhatIsNoPicture(type: String, body: String, status: HTTPResponse.Status) async throws {
        let answer = try await TestServer(authority).answer(.post, "/v1/verify", [.contentType: type], body: body)
        #expect(answer.status == status)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test func saysThatAPictureHasNoCode() async throws {
        let blank = try SymbolPNG(QRCode(prefix: "LICET:", digits: "2983")).bytes
        let server = try TestServer(authority)
        let answer = try await server.answer(
            .post,
            "/v1/verify",
            [.contentType: "image/png"],
            bytes: Array(blank.prefix(80))
        )
        #expect(answer.status == .unprocessableContent)
    }

    @Test func refusesAPictureOver16MiBBeforeItIsSent() async throws {
        let headers: HTTPFields = [.contentType: "image/jpeg", .contentLength: "16777217"]
        #expect(try await TestServer(authority).answer(.post, "/v1/verify", headers).status == .contentTooLarge)
    }

    @Test func aPictureCountsAsManyRequests() async throws {
        let picture = try SymbolPNG(QRCode(prefix: "LICET:", digits: "2983")).bytes
        let server = try TestServer(authority, limits: Limits(rate: RateLimit(perSecond: 0.001, burst: 25)))
        let type: HTTPFields = [.contentType: "image/png"]
        var found: [TestServer.Answer] = []
        for _ in 0..<4 {
            found.append(try await server.answer(.post, "/v1/verify", type, bytes: picture, from: "192.0.2.1"))
        }
        #expect(found.map(\.status) == [.ok, .ok, .tooManyRequests, .tooManyRequests])
        #expect(try found[3].headers[.retryAfter].flatMap { Int($0) }.required > 1_000)
    }

    private func form(_ server: TestServer, from peer: String) async throws -> TestServer.Answer {
        let type: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        let body = "--b\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\n123\r\n--b--\r\n"
        return try await server.answer(.post, "/", type, bytes: Array(body.utf8), from: peer)
    }

    @Test func aFormForPhotosCountsAsManyRequests() async throws {
        let server = try TestServer(authority, limits: Limits(rate: RateLimit(perSecond: 0.001, burst: 15)))
        #expect(try await form(server, from: "192.0.2.1").status == .seeOther)
        let refused = try await form(server, from: "192.0.2.1")
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.retryAfter] != nil)
        #expect(try await form(server, from: "192.0.2.2").status == .seeOther)
    }

    @Test func aClientHasOnlySoManyPicturesUnderWayByWhicheverRoute() async throws {
        let limits = Limits(photosOfOne: 1)
        let server = try TestServer(authority, limits: limits)
        let one = Client(try SocketAddress(ipAddress: "192.0.2.1", port: 1))
        var share = try? limits.photos.take(for: one)
        #expect(share != nil)
        let (type, peer): (HTTPFields, String) = ([.contentType: "image/png"], "192.0.2.1")
        let picture = try await server.answer(.post, "/v1/verify", type, bytes: TestServer.blankPicture, from: peer)
        for answer in [picture, try await form(server, from: peer)] {
            #expect(answer.status == .tooManyRequests)
            #expect(answer.headers[.retryAfter] == "5")
        }
        #expect(try await form(server, from: "192.0.2.2").status == .seeOther)
        share = nil
        #expect(try await form(server, from: peer).status == .seeOther)
    }

    @Test func aBatchBeyondAClientsOwnShareIsItsOwnAffair() async throws {
        let limits = Limits(batches: 2, batchesOfOne: 1)
        let server = try TestServer(authority, limits: limits)
        let type: HTTPFields = [.contentType: "application/x-ndjson"]
        var held = [try limits.batches.take(for: Client(try SocketAddress(ipAddress: "192.0.2.1", port: 1)))]
        let own = try await server.answer(.post, "/v1/verify/batch", type, bytes: [], from: "192.0.2.1")
        #expect(own.status == .tooManyRequests && own.headers[.retryAfter] == "2")
        #expect(try await server.answer(.post, "/v1/verify/batch", type, bytes: [], from: "192.0.2.2").status == .ok)
        held.append(try limits.batches.take(for: Client(try SocketAddress(ipAddress: "192.0.2.3", port: 1))))
        let busy = try await server.answer(.post, "/v1/verify/batch", type, bytes: [], from: "192.0.2.2")
        #expect(busy.status == .serviceUnavailable && busy.headers[.retryAfter] == "2")
        withExtendedLifetime(held) {}
    }

    // MARK: - Metrics and the log

    @Test func countsVerdictsByKind() async throws {
        let server = try TestServer(authority)
        _ = try await ask(server, "/L/\(code.digits)", from: nil)
        _ = try await ask(server, "/L/\(code.digits)", from: nil)
        _ = try await ask(server, "/L/1", from: nil)
        let metrics = try await ask(server, "/metrics", from: nil)
        #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        for line in [
            "licetd_verdicts_total{verdict=\"valid\"} 2", "licetd_verdicts_total{verdict=\"malformed\"} 1",
            "licetd_verdicts_total{verdict=\"forged\"} 0", "licetd_ready 1", "licetd_cache_hits_total 1",
            "licetd_publication_sequence{file=\"trust-list\"} 1", "licetd_lists 2",
            "licetd_request_duration_seconds_count{route=\"/L/{digits}\",status=\"200\",path=\"router\"} 3",
        ] {
            #expect(metrics.text.contains(line + "\n"), "\(line)")
        }
    }

    @Test func everyMetricIsWellFormedAndSaysNothingOfALicence() async throws {
        let server = try TestServer(authority)
        _ = try await ask(server, "/L/\(code.digits)", from: nil)
        _ = try await ask(server, "/nowhere/\(code.digits)", from: nil)
        let text = try await ask(server, "/metrics", from: nil).text
        #expect(!text.contains(code.digits) && !text.contains("天长"))
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: /[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [-+.e0-9]+/) != nil, "\(line)")
        }
    }

    /// Keeps what is logged.
    private final class Lines: @unchecked Sendable {
        var metadata: [Logger.Metadata] = []
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.metadata.append(event.metadata ?? [:]) }
    }

    @Test(arguments: [false, true]) func aRequestIsLoggedWithoutWhatALicenceSays(namesLicences: Bool) async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Handler(lines: lines) }
        let server = try TestServer(authority, log: RequestLog(logger, namesLicences: namesLicences))
        _ = try await ask(server, "/L/\(code.digits)", from: "192.0.2.1")
        _ = server.quick.answer(head("/L/\(code.digits)"), from: nil)
        let forged = try authority.code(authority.claims(), forged: true)
        _ = try await ask(server, "/L/\(forged.digits)", from: "192.0.2.1")
        #expect(lines.metadata.map { $0["verdict"] } == ["valid", "valid", "forged"])
        #expect(lines.metadata.allSatisfy { $0["route"] == "/L/{digits}" && $0["status"] == "200" })
        #expect(lines.metadata.map { $0["client"] } == ["192.0.2.1", "local", "192.0.2.1"])
        let text = "\(lines.metadata)"
        #expect(!text.contains(code.digits) && !text.contains("天长"))
        #expect(lines.metadata.map { $0["creditCode"] != nil } == [namesLicences, namesLicences, false])
    }
}
