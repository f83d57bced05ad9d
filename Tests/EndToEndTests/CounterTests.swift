import Foundation
import Testing

/// What goes wrong at the counter: pictures that are lost or of another licence, a move to nowhere, a change that is strange.
@Suite struct CounterTests {
    private static let code = "91341181MA2QW7K3XM"
    private static let picture = "codes/91341181MA2QW7K3XM-v1.png"

    /// Of a licence that was lost with a registry, say, whose picture still lies there.
    @Test(arguments: [false, true]) func noPictureOfAnotherCodeIsTakenForTheLicences(isIssuedBefore: Bool) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let issue = ["issue", try bench.application(), "--out", "codes"]
        try FileManager.default.createDirectory(atPath: bench.path("codes"), withIntermediateDirectories: true)
        if isIssuedBefore { try bench.succeed(issue + ["--no-pictures"]) }
        try Data("junk".utf8).write(to: URL(filePath: bench.path(Self.picture)))
        #expect(try bench.succeed(issue).contains("QR version"))
        try bench.succeed(["publish"])
        #expect(
            try bench.licet(["verify", Self.picture, "--publication", "home/publication", "--root", "home/root.crt"])
                .status == 0
        )
        // What shows the code stays as it is.
        let first = try bench.inode(of: Self.picture)
        #expect(try !bench.succeed(issue).contains("QR version"))
        #expect(try bench.inode(of: Self.picture) == first)
    }

    @Test func aLostPictureIsDrawnAgainWithoutAKey() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let before = try Data(contentsOf: URL(filePath: bench.path(Self.picture)))
        try FileManager.default.removeItem(atPath: bench.path(Self.picture))
        #expect(try bench.succeed(["draw", Self.code, "--out", "codes"]).contains("\(Self.picture), QR version"))
        #expect(try Data(contentsOf: URL(filePath: bench.path(Self.picture))) == before)
        #expect(
            try bench.succeed(["draw", Self.code, "--out", "codes", "--module-size", "1mm", "--json"]).contains(
                "\"millimetres\""
            )
        )
        #expect(try Data(contentsOf: URL(filePath: bench.path(Self.picture))) != before)
        #expect(try bench.licet(["draw", Self.code, "--version", "2"]).status == 65)
        let lost = try bench.licet(["replace", Self.code, "--reason", "遗失", "--out", "/proc/1"])
        #expect(lost.status == 74 && lost.error.contains("draw it with `licet draw \(Self.code)`"), "\(lost)")
        #expect(try bench.succeed(["draw", Self.code, "--out", "codes"]).contains("-v2.png"))
    }

    /// A process that was killed leaves them; one that is at work does not lose them to another.
    @Test func whatAKilledRunLeftInTheFolderIsSwept() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try FileManager.default.createDirectory(atPath: bench.path("codes"), withIntermediateDirectories: true)
        let left = ["\(Self.code)-v1.png.4711.tmp", "errors.csv.4712.tmp"]
        for name in left { try Data([1]).write(to: URL(filePath: bench.path("codes/\(name)"))) }
        let others = ["notes.tmp", "old.png.x.tmp"]
        for name in others { try Data([1]).write(to: URL(filePath: bench.path("codes/\(name)"))) }
        let descriptor = open(bench.path("codes"), O_RDONLY)
        flock(descriptor, LOCK_SH)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        #expect(Set(left).isSubset(of: bench.files(in: "codes")))
        close(descriptor)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        #expect(Set(bench.files(in: "codes")) == Set(["\(Self.code)-v1.png"] + others))
    }

    @Test func aLicenceMovesOnlyWhereSomebodyCanTakeIt() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["office", "add", "340100", "--name", "合肥市市场监督管理局"])
        let move = ["relocate", Self.code, "--reason", "迁往合肥"]
        let refused = try bench.licet(move)
        #expect(refused.status == 65 && refused.error.contains("--elsewhere"), "\(refused)")
        #expect(try bench.succeed(["list", "--status", "valid"]).contains(Self.code))
        try bench.succeed(move + ["--elsewhere"])
        try bench.succeed(["cancel", Self.code, "--reason", "注销"])
        #expect(try bench.succeed(["publish"]).contains("files written"))
    }

    /// 吊销后注销, each published.
    @Test func aRevokedLicenceIsCancelledAndBothArePublished() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        for (act, word) in [("revoke", "revoked"), ("cancel", "cancelled")] {
            try bench.succeed([act, Self.code, "--reason", act])
            try bench.succeed(["publish"])
            let verdict = try bench.licet([
                "verify", Self.picture, "--publication", "home/publication", "--root", "home/root.crt",
            ])
            #expect((10...18).contains(verdict.status), "\(verdict)")
            #expect(verdict.output.lowercased().contains(word), "\(verdict)")
        }
    }

    @Test func aStrangeChangeIsToldAndAWrongOneRefused() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        func change(_ fields: String...) throws -> Workbench.Outcome {
            try bench.licet(["change", Self.code, "--reason", "变更", "--out", "codes", "--set"] + fields)
        }
        let wrong = try change("capital.amount=5000000.00", "capital.currency=RMB")
        #expect(wrong.status == 65 && wrong.error.contains("capital.currency"), "\(wrong)")
        let strange = try change("established=1850-01-01", "scope=许可项目：食品销售")
        #expect(strange.status == 0 && strange.error.contains("established: warning"), "\(strange)")
        #expect(strange.error.contains("scope: warning"))
        // What was strange before is not told again.
        #expect(try change("address=天长市新址1号").error.isEmpty)
    }

    /// The reason stands with the licence that needed it, and with no other of the batch.
    @Test func aNameIsMarkedAsTakenOnlyWhereItIs() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.applications(3, seed: 31)
        let data = try Data(contentsOf: URL(filePath: file))
        var rows = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        rows[1]["name"] = rows[0]["name"]
        try JSONSerialization.data(withJSONObject: rows).write(to: URL(filePath: file))
        try bench.succeed(["issue", file, "--out", "codes", "--no-pictures", "--override-name", "同名已查"])
        let marked = try rows.map { row in
            try bench.succeed(["show", try #require(row["creditCode"] as? String), "--history"]).contains("同名已查")
        }
        #expect(marked == [false, true, false])
    }

    /// Nobody who reads that something waits believes that nothing has happened.
    @Test func thatAKeyIsRevokedIsSaidThoughItsLicencesWait() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.write(secret: "known to Li alone", to: bench.path("li"))
        try bench.succeed(["officer", "add", "李静", "--supervisor", "--new-passphrase-file", bench.path("li")])
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["policy", "--require", "revoke", "--reason", "四眼原则"])
        let outcome = try bench.licet([
            "office", "revoke-key", "3", "--after", "2020-01-01T00:00:00Z", "--reason", "泄露", "--revoke",
        ])
        #expect(
            outcome.status == 75 && outcome.error.contains("IS revoked; the rest waits for 1 approval"),
            "\(outcome)"
        )
    }
}
