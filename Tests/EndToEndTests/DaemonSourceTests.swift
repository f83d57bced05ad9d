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
        _ = web.asked()
        try await Task.sleep(for: .seconds(16))
        #expect((2...4).contains(web.asked().count { $0.hasSuffix("/trust-list") }))

        try FileManager.default.moveItem(atPath: bench.path("source"), toPath: bench.path("newest"))
        try FileManager.default.moveItem(atPath: bench.path("earlier"), toPath: bench.path("source"))
        #expect(try await becomes(false, daemon))
        let shown = try bench.succeed(["inspect", bench.path("codes/\(code)-v1.png"), "--json"])
        let document = try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any]
        let verdict = try await daemon.get("/L/\(#require(document?["digits"] as? String))")
        #expect(verdict.json["verdict"] as? String == "revoked")

        try FileManager.default.moveItem(atPath: bench.path("source"), toPath: bench.path("earlier"))
        try FileManager.default.moveItem(atPath: bench.path("newest"), toPath: bench.path("source"))
        #expect(try await becomes(true, daemon))
    }
}
