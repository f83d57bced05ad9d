import Foundation
import Testing

/// The public log through the built programs, and as others see it.
@Suite struct LogJourneyTests {
    private static let code = "91341181MA2QW7K3XM"

    @Test func aStrangersProgramWalksTheLogAndItsProofs() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", try bench.applications(300), "--out", "codes"])
        try bench.succeed(["publish"])
        let key = try bench.logKey()
        let log = bench.path("home/publication/log")
        let audited = try bench.checkLog(["audit", log, key])
        #expect(audited.status == 0 && audited.output.contains("\"entries\": 303"), "\(audited)")
        try FileManager.default.copyItem(atPath: "\(log)/checkpoint", toPath: bench.path("old"))

        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["change", Self.code, "--set", "name=天长市新名科技有限公司", "--reason", "更名"])
        try bench.succeed(["publish"])
        #expect(try bench.checkLog(["audit", log, key]).status == 0)
        #expect(try bench.checkLog(["consistency", log, key, "old"]).status == 0)

        // Both versions are proved, by either program's proof, to either program.
        for version in ["1", "2"] {
            try bench.succeed(["log", "prove", Self.code, "--version", version, "--out", "proof"])
            #expect(try bench.checkLog(["check", "proof", key, "proof.entry"]).status == 0)
            #expect(try bench.succeed(["log", "check", "proof"]).contains(version == "1" ? "issue" : "change"))
        }
        let told = try bench.succeed(["log", "check", "proof", "--json"])
        let document = try #require(JSONSerialization.jsonObject(with: Data(told.utf8)) as? [String: Any])
        let index = try #require(document["index"] as? Int)
        let theirs = try bench.checkLog(["prove", log, key, String(index)])
        try Data(theirs.output.utf8).write(to: URL(filePath: bench.path("theirs")))
        #expect(try bench.licet(["log", "check", "theirs", "--entry", "proof.entry"]).status == 0)
        try Data("another entry".utf8).write(to: URL(filePath: bench.path("proof.entry")))
        #expect(try bench.licet(["log", "check", "proof"]).status == 65)
        #expect(try bench.succeed(["log", "audit"]).contains("log and registry agree"))
    }

    @Test func whoeverFollowsTheLogSeesWhatTheListsMustSay() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", try bench.applications(10), "--out", "codes"])
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        let follow = ["log", "monitor", web.address, "--state", "seen", "--watch", Self.code]
        #expect(try bench.succeed(follow).contains("\(Self.code): issue"))
        // It remembers: nothing is read twice but the edge of the tree.
        _ = web.asked()
        #expect(try bench.succeed(follow).contains(" 0 new; 2 lists say what the log tells"))
        #expect(!web.asked().contains { $0.contains("/tile/entries/") })

        let old = try Data(contentsOf: URL(filePath: bench.path("home/publication/log/checkpoint")))
        let list = URL(filePath: bench.path("home/publication/status/341181-1"))
        let before = try Data(contentsOf: list)
        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        let after = try Data(contentsOf: list)
        #expect(try bench.succeed(follow).contains("\(Self.code): revoke"))

        // The server hands out the list from before, though nothing new was published.
        try before.write(to: list)
        let again = try bench.licet(follow)
        #expect(again.status == 65, "\(again)")
        #expect(again.output.contains("FAULT: status/341181-1: is not the one that the log tells of last"), "\(again)")
        try after.write(to: list)
        #expect(try bench.licet(follow).status == 0)

        // It hands out the log from before.
        try old.write(to: URL(filePath: bench.path("home/publication/log/checkpoint")))
        let rolled = try bench.licet(follow)
        #expect(rolled.status == 65 && rolled.output.contains("rolled back"), "\(rolled)")
        #expect(bench.files(in: "seen/evidence").count == 2)
        let verdict = try bench.licet(["verify", "codes/\(Self.code)-v1.png"])
        #expect(verdict.status == 30, "nobody can tell by a log that goes back: \(verdict)")
    }

    @Test func witnessesSignWhatOnlyEverGrewAndVerifiersAskForThem() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue"] + Workbench.applications.prefix(3) + ["--out", "codes"])
        try bench.succeed(["publish"])
        let key = try bench.logKey()
        try Data("\(key)\n".utf8).write(to: URL(filePath: bench.path("logs")))
        let witnesses = try (1...2).map { try bench.witness("w\($0).example") }
        defer { for witness in witnesses { witness.stop() } }
        try Data(witnesses.map { "\($0.key)\n" }.joined().utf8).write(to: URL(filePath: bench.path("trusted")))
        let verify = ["verify", "codes", "--witnesses", "trusted"]
        #expect(try bench.licet(verify + ["--quorum", "1"]).status == 30, "nobody has signed yet")

        let lines = witnesses.map { "\($0.address) \($0.key)\n" }
        try Data(lines[0].utf8).write(to: URL(filePath: bench.path("asked-for")))
        try bench.succeed(["publish", "--witnesses", "asked-for"])
        #expect(try bench.licet(verify + ["--quorum", "1"]).status == 0)
        #expect(try bench.licet(verify).status == 30, "one of two")
        try Data(lines.joined().utf8).write(to: URL(filePath: bench.path("home/witnesses")))
        try bench.succeed(["publish"])
        #expect(try bench.licet(verify).status == 0)
        #expect(try bench.licet(verify + ["--json"]).output.contains(#""witnesses":["w1.example","w2.example"]"#))
        try bench.succeed(["suspend", try #require(try bench.register().first).licence.creditCode, "--reason", "整改"])
        try bench.succeed(["publish"])
        let audited = try bench.checkLog(
            ["audit", bench.path("home/publication/log"), key] + witnesses.flatMap { ["--witness", $0.key] }
        )
        #expect(audited.status == 0 && audited.output.contains("w2.example"), "\(audited)")

        // A stranger's client meets every answer of the specification.
        func submit(_ old: Int, _ key: String, _ more: [String] = []) throws -> String {
            let log = bench.path("home/publication/log")
            return try bench.checkLog(["submit", "--unchecked"] + more + [witnesses[0].address, key, log, "\(old)"])
                .output
        }
        let size = try #require(Int(audited.output.firstMatch(of: /"size": (\d+)/)?.1 ?? ""))
        #expect(try submit(size, key).hasPrefix("200"))
        #expect(try submit(0, key).hasPrefix("409\n\(size)\n"))
        #expect(try submit(size + 5, key).hasPrefix("400"))
        // A witness that is gone stops no publication.
        witnesses[1].stop()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let alone = try bench.licet(["publish", "--json"])
        #expect(alone.status == 0 && alone.error.contains("witness w2.example"), "\(alone)")
        let said = try #require(JSONSerialization.jsonObject(with: Data(alone.output.utf8)) as? [String: Any])
        #expect(said["witnesses"] as? [String] == ["w1.example"], "\(alone)")
        #expect((said["remarks"] as? [String])?.contains { $0.contains("witness w2.example") } == true, "\(alone)")
        #expect(try bench.licet(verify + ["--quorum", "1"]).status != 30)
        #expect(try bench.licet(verify).status == 30)
    }

    @Test func aWitnessSignsNoLogThatGoesAnotherWay() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        // The same home goes two ways, as after a theft of everything.
        try bench.copyHome(to: "other")
        // A thief takes care that his does not look where the other publishes.
        let published = bench.path("other/published")
        let lines = try String(contentsOfFile: published, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        try lines.filter { !$0.hasPrefix("folder ") }.joined(separator: "\n").write(
            toFile: published,
            atomically: true,
            encoding: .utf8
        )
        try Data("\(bench.logKey())\n".utf8).write(to: URL(filePath: bench.path("logs")))
        let witness = try bench.witness("w.example")
        defer { witness.stop() }
        try Data("\(witness.address) \(witness.key)\n".utf8).write(to: URL(filePath: bench.path("asked-for")))
        try bench.succeed(["suspend", Self.code, "--reason", "整改"])
        try bench.succeed(["publish", "--witnesses", "asked-for"])
        try bench.succeed(["dormant", Self.code, "--reason", "歇业", "--home", "other"])
        let other = try bench.licet(["publish", "--home", "other", "--witnesses", "asked-for"])
        #expect(
            other.error.contains("witness w.example") && other.error.contains("409") || other.error.contains("422"),
            "\(other)"
        )
    }

    /// What it signed last is what its own signature is under, and nothing that somebody else has put there.
    @Test func aWitnessWhoseMemoryWasChangedSignsNothing() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        try Data("\(bench.logKey())\n".utf8).write(to: URL(filePath: bench.path("logs")))
        var witness = try bench.witness("w.example")
        defer { witness.stop() }
        try Data("\(witness.address) \(witness.key)\n".utf8).write(to: URL(filePath: bench.path("asked-for")))
        let publish = ["publish", "--witnesses"]
        try bench.succeed(publish + ["asked-for"])
        witness.stop()
        let state = bench.path("w.example/logs")
        let names = bench.files(in: "w.example/logs").filter { $0.count == 32 }
        let file = "\(state)/\(try #require(names.first))"
        let signed = try String(contentsOfFile: file, encoding: .utf8)
        let bent = [
            // Another root, another size, and nothing at all.
            signed.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .map { $0 == 2 ? "AAAA\($1.dropFirst(4))" : String($1) }.joined(separator: "\n"),
            signed.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
                .map { $0 == 1 ? "1" : String($1) }.joined(separator: "\n"), nil,
        ]
        for (step, text) in bent.enumerated() {
            #expect(text != signed)
            try FileManager.default.removeItem(atPath: file)
            if let text { try text.write(toFile: file, atomically: true, encoding: .utf8) }
            witness = try bench.witness("w.example")
            try Data("\(witness.address) \(witness.key)\n".utf8).write(to: URL(filePath: bench.path("asked-for")))
            try bench.succeed([step % 2 == 0 ? "suspend" : "resume", Self.code, "--reason", "整改"])
            let published = try bench.licet(publish + ["asked-for"])
            #expect(published.status == 0 && published.error.contains("500"), "\(step): \(published)")
            witness.stop()
        }
        // Nor where all of it is gone, and the key is not.
        try FileManager.default.removeItem(atPath: state)
        witness = try bench.witness("w.example")
        try Data("\(witness.address) \(witness.key)\n".utf8).write(to: URL(filePath: bench.path("asked-for")))
        try bench.succeed(["resume", Self.code, "--reason", "整改"])
        let without = try bench.licet(publish + ["asked-for"])
        #expect(without.error.contains("500"), "\(without)")
        witness.stop()
        try signed.write(toFile: file, atomically: true, encoding: .utf8)
        witness = try bench.witness("w.example")
        try Data("\(witness.address) \(witness.key)\n".utf8).write(to: URL(filePath: bench.path("asked-for")))
        try bench.succeed(["revoke", Self.code, "--reason", "整改"])
        let published = try bench.licet(publish + ["asked-for"])
        #expect(published.error.isEmpty, "\(published)")
    }

    /// A tile that is damaged on the way is no other log, and once it comes whole nothing is held against the authority.
    @Test func whoFollowsTheLogAccusesNobodyOfAnAccident() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", try bench.applications(10), "--out", "codes"])
        try bench.succeed(["publish"])
        let follow = ["log", "monitor", "home/publication", "--state", "seen"]
        try bench.succeed(follow)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        for folder in ["entries", "0"] {
            let all = bench.files(in: "home/publication/log/tile/\(folder)/000.p")
            let newest = try #require(all.max { (Int($0) ?? 0) < (Int($1) ?? 0) })
            let file = URL(filePath: bench.path("home/publication/log/tile/\(folder)/000.p/\(newest)"))
            let whole = try Data(contentsOf: file)
            var bent = whole
            bent[bent.count - 3] ^= 1
            try bent.write(to: file)
            for step in 1...2 {
                let seen = try bench.licet(follow + ["--watch", Self.code])
                #expect(seen.status == 65, "\(folder) \(step): \(seen)")
                if folder == "entries" { #expect(!seen.output.contains("issue"), "\(seen)") }
            }
            try whole.write(to: file)
            let healed = try bench.licet(follow + ["--watch", Self.code])
            #expect(healed.status == 0, "\(folder): \(healed)")
            #expect(healed.output.contains("\(Self.code): issue") == (folder == "entries"), "\(healed)")
        }
    }

    /// What could not be told is told the next time.
    @Test func whatNobodyReadIsToldOnceMore() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        let script = #""$1" log monitor home/publication --root home/root.crt --state seen --watch "$2" > /dev/full"#
        let lost = try bench.run("/bin/bash", ["-c", script, "bash", Workbench.program("licet"), Self.code])
        #expect(lost.status == 74, "\(lost)")
        let follow = ["log", "monitor", "home/publication", "--state", "seen", "--watch", Self.code]
        #expect(try bench.succeed(follow).contains("\(Self.code): issue"))
        #expect(try !bench.succeed(follow).contains("\(Self.code): issue"))
    }
}
