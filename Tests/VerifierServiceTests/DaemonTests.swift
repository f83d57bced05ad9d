import Foundation
import Licence
import LicenceCode
import Publication
import Testing

/// The real daemon over real sockets and the real clock.
@Suite(.serialized) struct DaemonTests {
    private let authority: TestAuthority
    private let code: UnverifiedCode

    init() throws {
        // A minute ago, so that a second publication can be newer and not ahead of the clock.
        authority = try TestAuthority(start: Instant(seconds: Int64(Date().timeIntervalSince1970) - 60))
        code = try authority.code(authority.claims())
        try authority.publish([code])
    }

    @Test func verifiesAndPicksUpANewPublication() throws {
        let daemon = try Daemon(authority)
        #expect(try daemon.get("/L/\(code.digits)").contains("\"verdict\":\"valid\""))
        try authority.publish([code], .revoked, number: 2, at: authority.start.adding(seconds: 30))
        let end = Date(timeIntervalSinceNow: 5)
        var answer = ""
        while !answer.contains("\"verdict\":\"revoked\""), Date() < end {
            usleep(100_000)
            answer = try daemon.get("/L/\(code.digits)")
        }
        #expect(answer.contains("\"verdict\":\"revoked\""))
        #expect(try daemon.get("/readyz").hasPrefix("HTTP/1.1 200"))
    }

    @Test func turnsRedWithin5SecondsOfALostPublication() throws {
        let daemon = try Daemon(authority)
        #expect(try daemon.get("/readyz").hasPrefix("HTTP/1.1 200"))
        try FileManager.default.removeItem(atPath: "\(authority.folder)/trust-list")
        let end = Date(timeIntervalSinceNow: 5)
        while try !daemon.get("/readyz").hasPrefix("HTTP/1.1 503"), Date() < end { usleep(100_000) }
        #expect(try daemon.get("/readyz").hasPrefix("HTTP/1.1 503"))
    }

    @Test func closesSlowConnectionsWithin15Seconds() throws {
        let daemon = try Daemon(authority)
        let silent = try Connection(port: daemon.port)
        let dripping = try Connection(port: daemon.port)
        try dripping.send("POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        try dripping.send("Content-Length: 1000\r\n\r\n")
        let start = Date()
        var isOpen = true
        while isOpen, Date().timeIntervalSince(start) < 20 {
            sleep(1)
            isOpen = (try? dripping.send(" ")) != nil
        }
        #expect(Date().timeIntervalSince(start) < 18)
        #expect(silent.rest().isEmpty)
        #expect(Date().timeIntervalSince(start) < 18)
        #expect(try daemon.get("/healthz").hasPrefix("HTTP/1.1 200"))
    }

    @Test func refusesA10MiBChunkedBodyWhereItGetsTooLarge() throws {
        let daemon = try Daemon(authority)
        let connection = try Connection(port: daemon.port)
        try connection.send("POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        try connection.send("Transfer-Encoding: chunked\r\n\r\n")
        let chunk = "10000\r\n" + String(repeating: "1", count: 65_536) + "\r\n"
        for _ in 0..<160 { try? connection.send(chunk) }
        let answer = connection.rest()
        #expect(answer.hasPrefix("HTTP/1.1 413"))
        #expect(answer.contains("application/problem+json"))
    }

    @Test(arguments: [("60", "100 Continue"), ("65537", "413")])
    func asksForABodyOnlyWhereItTakesIt(length: String, begin: String) throws {
        let daemon = try Daemon(authority)
        let connection = try Connection(port: daemon.port)
        try connection.send("POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        try connection.send("Expect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
        usleep(500_000)
        try? connection.send("{")
        connection.endSending()
        #expect(connection.rest().hasPrefix("HTTP/1.1 \(begin)"))
        #expect(try daemon.get("/healthz").hasPrefix("HTTP/1.1 200"))
    }

    @Test func refusesALongTargetAndLongHeaders() throws {
        let daemon = try Daemon(authority)
        #expect(try daemon.get("/L/" + String(repeating: "1", count: 20_000)).hasPrefix("HTTP/1.1 414"))
        let many = (0..<200).map { "X-\($0): a\r\n" }.joined()
        for answer in [
            try daemon.get("/", accept: String(repeating: "a", count: 100_000)),
            try daemon.get("/", accept: String(repeating: "a", count: 40_000)),
            try daemon.answer("GET / HTTP/1.1\r\nHost: localhost\r\n\(many)\r\n"),
        ] {
            #expect(answer.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large\r\n"))
            #expect(answer.contains("application/problem+json") && answer.hasSuffix("\"type\":\"about:blank\"}"))
        }
    }

    @Test(arguments: ["FOO /L/1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /L/1 HTTP/9\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n"])
    func saysThatSomethingIsNoRequestBehindTheAnswersBefore(text: String) throws {
        let daemon = try Daemon(authority)
        let answer = try daemon.answer("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n\(text)")
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("HTTP/1.1 400 Bad Request\r\n") && answer.hasSuffix("\"type\":\"about:blank\"}"))
    }

    @Test func answersWhatItAcceptedBeforeItStops() throws {
        let daemon = try Daemon(authority)
        let idle = try Connection(port: daemon.port)
        let busy = try Connection(port: daemon.port)
        let body = "{\"code\": \"\(code.digits)\"}"
        try busy.send("POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        try busy.send("Content-Length: \(body.utf8.count)\r\n\r\n" + body.prefix(10))
        usleep(300_000)
        daemon.terminate()
        usleep(300_000)
        try busy.send(String(body.dropFirst(10)))
        #expect(busy.rest().contains("\"verdict\":\"valid\""))
        #expect(idle.rest().isEmpty)
        #expect(daemon.exitCode(within: 10) == 0)
    }

    @Test func stopsWithin10SecondsThoughARequestNeverEnds() throws {
        let daemon = try Daemon(authority)
        let stuck = try Connection(port: daemon.port)
        try stuck.send("POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        try stuck.send("Content-Length: 1000\r\n\r\n{")
        usleep(300_000)
        daemon.terminate()
        #expect(daemon.exitCode(within: 10) == 0)
    }

    @Test func stopsCleanlyWhileConnectionsKeepComing() throws {
        let daemon = try Daemon(authority)
        let port = daemon.port
        let request = "GET /L/\(code.digits) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let clients = DispatchGroup()
        for _ in 0..<8 {
            DispatchQueue.global().async(group: clients) {
                while let connection = try? Connection(port: port), (try? connection.send(request)) != nil {
                    if connection.rest().isEmpty { return }
                }
            }
        }
        usleep(500_000)
        daemon.terminate()
        #expect(daemon.exitCode(within: 10) == 0)
        clients.wait()
    }

    @Test func exitsAsSysexitsHasIt() throws {
        let folder = authority.folder
        #expect(try Daemon.exitCode(["--help"]) == 0)
        #expect(try Daemon.exitCode([]) == 64)
        #expect(try Daemon.exitCode(["--publication", folder, "--listen", "nowhere"]) == 64)
        #expect(try Daemon.exitCode(["--publication", "\(folder)/none", "--root", "\(folder)/none"]) == 66)
        #expect(try Daemon.exitCode(["--publication", folder, "--root", "\(folder)/none"]) == 66)
        #expect(try Daemon.exitCode(["--publication", folder, "--root", "\(folder)/trust-list"]) == 66)
        let daemon = try Daemon(authority)
        let again = ["--publication", folder, "--root", "\(folder)/root.crt", "--listen", "127.0.0.1:\(daemon.port)"]
        #expect(try Daemon.exitCode(again) == 69)
    }
}
