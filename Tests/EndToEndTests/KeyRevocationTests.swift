import Foundation
import Testing

/// A key that is not believed any more, and the licences that hang on it.
@Suite struct KeyRevocationTests {
    private static let revoke = [
        "office", "revoke-key", "3", "--after", "2026-01-01T00:00:00+08:00", "--reason", "私钥泄露",
    ]

    @Test func aDryRunListsExactlyWhatIsAffectedAndChangesNothing() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let affected = try foundWithTwoKeys(bench)
        try bench.succeed(["publish"])
        let before = try bench.dump()
        let files = bench.snapshot("home/keys", "home/certificates", "home/publication", "home/root.crt")
        let dryRun = Self.revoke + ["--dry-run", "--json"]
        let output = try bench.succeed(dryRun, opening: .arguments([]))
        let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
        #expect(Set(report.licences.map(\.creditCode)) == affected && report.affected == affected.count)
        #expect(report.licences.allSatisfy { $0.isAfter && $0.file == nil } && !report.isDone)
        #expect(try bench.dump() == before)
        #expect(bench.snapshot("home/keys", "home/certificates", "home/publication", "home/root.crt") == files)
        // Tomorrow's licences would be affected, today's are not.
        let tomorrow =
            Self.revoke.map { $0.hasPrefix("2026-01-01") ? "2049-01-01T00:00:00+08:00" : $0 } + ["--dry-run", "--json"]
        let none = try bench.succeed(tomorrow, opening: .arguments([]))
        #expect(try JSONDecoder().decode(Report.self, from: Data(none.utf8)).affected == 0)
    }

    @Test func whatARevokedKeySignedIsReissuedByTheNextKey() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let affected = try foundWithTwoKeys(bench)
        try bench.succeed(["suspend", "91341181MA2QW7K3XM", "--reason", "整改"])
        let output = try bench.succeed(Self.revoke + ["--reissue", "--out", "new", "--json"])
        let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
        #expect(report.reissued == affected.count && report.failed == 0 && report.isDone)
        #expect(Set(bench.files(in: "new")) == Set(affected.map { "\($0)-v2.png" }))
        try bench.succeed(["publish"])
        for code in affected {
            let old = try bench.licet(["verify", "old/\(code)-v1.png"]).status
            #expect([10, 22].contains(old), "\(code): \(old)")
            #expect(
                try bench.licet(["verify", "new/\(code)-v2.png"]).status == (code == "91341181MA2QW7K3XM" ? 11 : 0)
            )
        }
        #expect(try bench.licet(["verify", "later"]).status == 0)
        let history = try bench.succeed(["show", "91341181MA2QW7K3XM", "--history"])
        #expect(
            history.contains("version 2 reissued by another key in place of version 1, by test officer")
                && history.contains("key 3 revoked: 私钥泄露")
        )
        // It signs no more, and the same again finds nothing to do.
        let again = try bench.succeed(Self.revoke + ["--reissue", "--out", "new", "--json"])
        #expect(try JSONDecoder().decode(Report.self, from: Data(again.utf8)).affected == 0)
        let later = try bench.refuse(Self.revoke.map { $0.hasPrefix("2026-01-01") ? "2026-02-01T00:00:00+08:00" : $0 })
        #expect(later.error.contains("moves to an earlier instant only"))
        #expect(try bench.refuse(["office", "retire-key", "3"]).error.contains("is revoked"))
    }

    @Test func whatARevokedKeySignedIsRevoked() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let affected = try foundWithTwoKeys(bench)
        let output = try bench.succeed(Self.revoke + ["--revoke"])
        #expect(output.contains("\(affected.count) revoked"))
        #expect(try bench.register().filter { $0.status == "revoked" }.count == affected.count)
        try bench.succeed(["publish"])
        for name in bench.files(in: "old") {
            #expect([13, 22].contains(try bench.licet(["verify", "old/\(name)"]).status))
        }
        #expect(try bench.licet(["verify", "later"]).status == 0)
        #expect(try bench.licet(Self.revoke + ["--revoke", "--reissue"]).status == 64)
    }

    @Test func aReissueThatIsKilledIsCompletedByTheSameCommand() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.applications(320), "--out", "old"])
        try bench.succeed(["office", "rotate-key", "341181"])
        let command = Self.revoke + ["--reissue", "--out", "new"]
        for pictures in [20, 150] {
            let reissuing = try bench.start(command)
            while bench.files(in: "new").count < pictures, reissuing.isRunning { Thread.sleep(forTimeInterval: 0.002) }
            kill(reissuing.processIdentifier, SIGKILL)
            reissuing.waitUntilExit()
            #expect(reissuing.terminationReason == .uncaughtSignal)
        }
        let interrupted = try bench.register()
        #expect(interrupted.count > 320 && interrupted.count < 640)

        try bench.succeed(command)
        let licences = try bench.register()
        #expect(licences.count == 640)
        #expect(Set(licences.map { "\($0.licence.creditCode) \($0.licence.version)" }).count == 640)
        #expect(licences.filter { $0.status == "valid" && $0.licence.version == 2 }.count == 320)
        #expect(bench.files(in: "new").filter { $0.hasSuffix(".png") }.count == 320)
        #expect(bench.files(in: "new").allSatisfy { $0.contains("-v2.png") })
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "new"]).status == 0)
    }

    @Test func whereTheRootIsApartARevocationTakesEffectWithItsAnswer() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.askRoot()
        try bench.succeed(["issue"] + Workbench.applications.prefix(2) + ["--out", "old"])
        try bench.succeed(["office", "rotate-key", "341181"])
        // The next key waits for the root and is no heir yet.
        let early = try bench.refuse(Self.revoke + ["--reissue", "--out", "new"])
        #expect(early.error.contains("has no successor") && bench.files(in: "new").isEmpty)
        try bench.askRoot()
        try bench.succeed(["publish"])
        let output = try bench.succeed(Self.revoke + ["--reissue", "--out", "new"])
        #expect(output.contains("2 reissued") && output.contains("licet authority request --out FILE, at once"))
        try bench.askRoot()
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "old"]).status == 22)
        #expect(try bench.licet(["verify", "new"]).status == 0)
    }

    /// Makes an authority with keys 3 and 4; returns the credit codes of what 3 signed, in `old`, while what 4 signed is in `later`.
    private func foundWithTwoKeys(_ bench: Workbench) throws -> Set<String> {
        try bench.found()
        try bench.succeed(["issue"] + Workbench.applications.prefix(4) + [bench.application(), "--out", "old"])
        try bench.succeed(["office", "rotate-key", "341181"])
        try bench.succeed(["issue"] + Workbench.applications.suffix(3) + ["--out", "later"])
        return Set(bench.files(in: "old").map { String($0.prefix(18)) })
    }

    private struct Report: Decodable {
        let affected: Int
        let reissued: Int
        let failed: Int
        let isDone: Bool
        let licences: [Row]

        struct Row: Decodable {
            let creditCode: String
            let isAfter: Bool
            let file: String?
        }
    }
}
