import Foundation
import Testing

/// A daemon whose publication comes from an address.
@Suite struct DaemonSourceTests {
    private let code = "91341181MA2QW7K3XM"

    private func ready(_ daemon: Workbench.RunningDaemon) async throws -> Bool {
        try await daemon.get("/readyz").status == 200
    }

    /// Waits until readiness is what it must become; false after 30 seconds.
    private func becomes(_ expected: Bool, _ daemon: Workbench.RunningDaemon) async throws -> Bool {
        for _ in 0..<150 {
            if try await ready(daemon) == expected { return true }
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    /// A disk that is full, or a collector that is gone, must not take verdicts away.
    @Test func goesOnWhereItsLogCannotBeWritten() async throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["publish"])
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let daemon = try bench.daemon(["--set", "log.requests=yes"], log: full)
        defer { daemon.stop() }
        for _ in 0..<3 { #expect(try await daemon.get("/L/1").json["verdict"] as? String == "malformed") }
    }

    @Test func endsAtOnceAndWellWhileItsSourceSaysNothing() async throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let silent = try #require(SilentServer())
        let daemon = try bench.daemon([], publication: "http://127.0.0.1:\(silent.port)")
        defer { daemon.stop() }
        #expect(silent.waitsForACaller())
        let end = daemon.terminate()
        #expect(end.status == 0)
        // Half a second is given to connections.
        #expect(end.seconds < 8)
    }

    @Test func looksAtItsSourceOnceAnIntervalAndIsNotReadyWhileThatGoesBack() async throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish", "--to", "source"])
        try FileManager.default.copyItem(atPath: bench.path("source"), toPath: bench.path("earlier"))
        try bench.succeed(["revoke", code, "--reason", "违法经营"])
        try bench.succeed(["publish", "--to", "source"])

        let web = try bench.serve("source")
        defer { web.stop() }
        let daemon = try bench.daemon(["--set", "sync.every=5s"], publication: web.address)
        defer { daemon.stop() }
        #expect(try await becomes(true, daemon))
        #expect(try await daemon.page("/").contains("The data is complete and up to date."))
        _ = web.asked()
        try await Task.sleep(for: .seconds(16))
        #expect((2...4).contains(web.asked().count { $0.hasSuffix("/trust-list") }))

        try FileManager.default.moveItem(atPath: bench.path("source"), toPath: bench.path("newest"))
        try FileManager.default.moveItem(atPath: bench.path("earlier"), toPath: bench.path("source"))
        #expect(try await becomes(false, daemon))
        #expect(try await daemon.page("/").contains("could not be renewed"))
        let shown = try bench.succeed(["inspect", bench.path("codes/\(code)-v1.png"), "--json"])
        let document = try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any]
        let verdict = try await daemon.get("/L/\(#require(document?["digits"] as? String))")
        #expect(verdict.json["verdict"] as? String == "revoked")

        try FileManager.default.moveItem(atPath: bench.path("source"), toPath: bench.path("earlier"))
        try FileManager.default.moveItem(atPath: bench.path("newest"), toPath: bench.path("source"))
        #expect(try await becomes(true, daemon))
        #expect(try await daemon.page("/").contains("The data is complete and up to date."))
    }

    @Test func checkConfigReadsTheCertificatesThatTransfersTrust() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["publish"])
        func check(_ file: String) throws -> Workbench.Outcome {
            let arguments = bench.daemonArguments() + ["--check-config", "--set", "sync.ca-file=\(file)"]
            return try bench.run(Workbench.program("licetd"), arguments)
        }
        #expect(try check(bench.path("home/root.crt")).status == 0)
        // Of those who vouch for web servers hardly one has a key of the kinds that licences are signed with.
        let rsa = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=City", "-keyout", "rsa.key", "-out",
            "rsa.crt",
        ]
        #expect(try bench.run("/usr/bin/openssl", rsa).status == 0)
        #expect(try check(bench.path("rsa.crt")).status == 0)
        let cut = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        let both = try String(contentsOfFile: bench.path("rsa.crt"), encoding: .utf8) + cut
        try Data(both.utf8).write(to: URL(filePath: bench.path("both.crt")))
        #expect(try check(bench.path("both.crt")).error.contains("something that cannot be read"))
        let other = try check(bench.path("home/licet.sqlite"))
        #expect(other.status != 0)
        #expect(other.error.contains("sync.ca-file \(bench.path("home/licet.sqlite")): has no certificate in PEM"))
        #expect(try check(bench.path("none.pem")).error.contains("none.pem"))
    }

    @Test func checkConfigShowsNoPassword() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        for scheme in ["https://", "https:/", "HTTPS//", "http:", ""] {
            let arguments =
                bench.daemonArguments(publication: "\(scheme)city:geheim@lic.example.cn/p") + ["--check-config"]
            let outcome = try bench.run(Workbench.program("licetd"), arguments)
            #expect(outcome.status != 0)
            #expect(outcome.output.contains("\(scheme.lowercased())…@lic.example.cn/p"))
            #expect(!(outcome.output + outcome.error).contains("geheim"))
        }
    }
}

/// A port of this machine where somebody listens and never answers.
private final class SilentServer {
    let port: UInt16
    private let descriptor: Int32

    init?() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 4) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        port = address.sin_port.bigEndian
        guard isListening else { return nil }
    }

    /// Whether somebody calls within ten seconds.
    func waitsForACaller() -> Bool {
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&event, 1, 10_000) == 1
    }

    deinit { close(descriptor) }
}
