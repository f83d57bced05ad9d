import Foundation
import Testing

/// A daemon that looks credit codes up in the registry that officers write into.
@Suite struct RegisterJourneyTests {
    private let code = "91341181MA2QW7K3XM"
    private var path: String { "/v1/licences/\(code)" }

    private func founded() throws -> Workbench {
        let bench = try Workbench()
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        return bench
    }

    @Test func followsALicenceFromItsIssueToItsEnd() async throws {
        let bench = try founded()
        defer { bench.remove() }
        let daemon = try bench.daemon(["--register", bench.path("home/licet.sqlite")])
        defer { daemon.stop() }
        func statuses() async throws -> [String] {
            let answer = try await daemon.get(path)
            #expect(answer.status == 200)
            let versions = try #require(answer.json["versions"] as? [[String: any Sendable]])
            #expect(versions.compactMap { $0["version"] as? Int } == Array(1...versions.count))
            #expect(answer.json["status"] as? String == versions.last?["status"] as? String)
            return versions.compactMap { $0["status"] as? String }
        }
        #expect(try await statuses() == ["valid"])
        try bench.succeed(["change", code, "--set", "address=安徽省滁州市天长市新河路2号", "--reason", "迁址", "--out", "codes"])
        #expect(try await statuses() == ["superseded", "valid"])
        try bench.succeed(["suspend", code, "--reason", "整改"])
        #expect(try await statuses() == ["superseded", "suspended"])
        try bench.succeed(["revoke", code, "--reason", "违法经营"])
        let before = bench.snapshot("home")
        #expect(try await statuses() == ["superseded", "revoked"])
        #expect(bench.snapshot("home") == before)
        #expect(try await daemon.get("/v1/licences/91110000600037341L").status == 404)
        #expect(try await daemon.get("/v1/licences/91110000").status == 400)
    }

    /// Each answer is of one moment, and none of an earlier one than the answer before.
    @Test func answersWhileOfficersIssueAndChange() async throws {
        let bench = try founded()
        defer { bench.remove() }
        let daemon = try bench.daemon(["--register", bench.path("home/licet.sqlite")])
        defer { daemon.stop() }
        let many = try bench.applications(300)
        let officers = [
            try bench.start(["issue", many, "--out", "many"]),
            try bench.start(["change", code, "--set", "address=安徽省滁州市天长市新河路2号", "--reason", "迁址", "--out", "codes"]),
        ]
        var (seen, count) = (1, 0)
        while officers.contains(where: \.isRunning) || count == 0 {
            let answer = try await daemon.get(path)
            let version = answer.json["version"] as? Int ?? 0
            #expect(answer.status == 200 && version >= seen)
            (seen, count) = (version, count + 1)
        }
        #expect(officers.map(\.terminationStatus) == [0, 0])
        #expect(try await daemon.get(path).json["version"] as? Int == 2)
        #expect(try bench.register().count == 302)
    }

    @Test func aCopyIsTakenUpWhenItTakesThePlaceOfTheOneBefore() async throws {
        let bench = try founded()
        defer { bench.remove() }
        let copy = bench.path("register.sqlite")
        let daemon = try bench.daemon(["--register", copy])
        defer { daemon.stop() }
        #expect(try await daemon.get(path).status == 503)
        try bench.succeed(["backup", copy])
        #expect(try await daemon.get(path).json["status"] as? String == "valid")
        try bench.succeed(["revoke", code, "--reason", "违法经营"])
        #expect(try await daemon.get(path).json["status"] as? String == "valid")
        try bench.succeed(["backup", bench.path("next.sqlite")])
        #expect(rename(bench.path("next.sqlite"), copy) == 0)
        #expect(try await daemon.get(path).json["status"] as? String == "revoked")
        try Data("no registry".utf8).write(to: URL(filePath: copy))
        #expect(try await daemon.get(path).status == 503)
        #expect(try await daemon.get("/readyz").status == 200)
    }

    @Test func checkConfigSaysWhoseTheRegisterIsOrWhatIsWrongWithIt() throws {
        let bench = try founded()
        defer { bench.remove() }
        func check(_ file: String) throws -> Workbench.Outcome {
            try bench.run(
                Workbench.program("licetd"),
                bench.daemonArguments() + ["--check-config", "--register", file]
            )
        }
        let sound = try check(bench.path("home/licet.sqlite"))
        #expect(sound.status == 0)
        #expect(sound.output.contains("licet.sqlite, of 安徽省市场监督管理局"))
        let missing = try check(bench.path("none.sqlite"))
        #expect(missing.status == 66)
        #expect(missing.error.contains("none.sqlite: there is no such regular file"))
        #expect(try check(bench.path("home/root.crt")).status == 66)
    }
}
