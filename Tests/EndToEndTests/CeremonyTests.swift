import Foundation
import Testing

/// Work on a root that is kept apart, as people do it in a locked room.
@Suite struct CeremonyTests {
    @Test func aRehearsalGoesThroughEverythingAndLeavesNothing() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let profile = try bench.profile(Workbench.createRoot)
        let before = bench.snapshot("")
        let rehearsal = ["authority", "ceremony", profile, "--home", "root", "--dry-run"]
        let output = try bench.succeed(rehearsal, opening: .arguments([]))
        #expect(output.contains("REHEARSAL") && output.contains("step 1, create-root"))
        #expect(bench.snapshot("") == before)

        try bench.foundApart()
        try bench.succeed(["authority", "request", "--out", "request.json"])
        let rolling = try bench.profile(Workbench.rollRoot + bench.answerStep("request.json", out: "trust-list"))
        let founded = bench.snapshot("")
        #expect(try bench.succeed(rehearsal, opening: .arguments([])).contains("step 2, answer"))
        #expect(rolling == profile && bench.snapshot("") == founded)
        let asked = ["authority", "answer", "request.json", "--out", "trust-list", "--home", "root", "--dry-run"]
        let shown = try bench.succeed(asked, opening: .arguments([]))
        #expect(shown.contains("new key 1") && shown.contains("new key 3") && shown.contains("nothing was signed"))
        #expect(bench.snapshot("") == founded)
    }

    @Test func anAuthorityWhoseRootIsApartWorksFromItsFoundingThroughARollover() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        #expect(bench.files(in: "home/keys").count == 4, "none of them the root's")
        // Before the root has spoken nothing can be signed.
        let early = try bench.licet(["issue", bench.application(), "--out", "early"])
        #expect(early.status == 65 && early.error.contains("no office with a key yet"))
        try bench.askRoot()
        try bench.succeed(["issue"] + Workbench.applications.prefix(3) + ["--out", "old"])
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "old"]).status == 0)
        try FileManager.default.copyItem(atPath: bench.path("root/root.crt"), toPath: bench.path("old-root.crt"))

        try bench.succeed(["office", "rotate-key", "341181", "--algorithm", "EdDSA"])
        try bench.succeed(["authority", "request", "--out", "request.json"])
        try bench.hold(Workbench.rollRoot + bench.answerStep("request.json", out: "answer"))
        let news = try bench.succeed(["authority", "accept", "answer"])
        #expect(news.contains("new key 4, EdDSA"))
        let anchors = ["old-root.crt", "root/root.crt"].map { FileManager.default.contents(atPath: bench.path($0)) }
        #expect(anchors[0] != anchors[1])
        #expect(FileManager.default.contents(atPath: bench.path("home/root.crt")) == anchors[1])
        try bench.succeed(["issue"] + Workbench.applications.suffix(3) + ["--out", "new"])
        try bench.succeed(["publish"])
        for root in ["old-root.crt", "root/root.crt"] {
            for folder in ["old", "new"] {
                #expect(try bench.licet(["verify", folder, "--root", root]).status == 0, "\(folder) by \(root)")
            }
        }
        // The next answers come from the new root.
        try bench.succeed(["office", "add", "341102", "--name", "琅琊区市场监督管理局"])
        try bench.askRoot()
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "old", "new", "--root", "old-root.crt"]).status == 0)
        #expect(try bench.succeed(["doctor"]).contains("5 keys, 3 trust lists: all as they should be"))
        #expect(try bench.succeed(["authority", "status"]).contains("kept apart"))
    }

    @Test func theTranscriptIsSignedAndNoByteOfItCanBeChanged() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let signed = try bench.hold(Workbench.createRoot)
        let text = try bench.succeed(["authority", "transcript", signed, "--root", "root/root.crt"])
        let profile = try String(contentsOfFile: bench.path("profile.yaml"), encoding: .utf8)
        for line in profile.split(separator: "\n") { #expect(text.contains("    | \(line)\n")) }
        #expect(text.contains("made root ") && text.contains("finished"))
        let plain = bench.files(in: "root/transcripts").first { $0.hasSuffix(".txt") }
        let kept = try String(contentsOfFile: bench.path("root/transcripts/\(plain ?? "")"), encoding: .utf8)
        #expect(text == kept + "\n" || text == kept)

        let bytes = try Data(contentsOf: URL(filePath: bench.path(signed)))
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            var flipped = bytes
            flipped[place] ^= 1
            try flipped.write(to: URL(filePath: bench.path("flipped.cose")))
            let outcome = try bench.licet(["authority", "transcript", "flipped.cose", "--root", "root/root.crt"])
            #expect(outcome.status == 65 && outcome.output.isEmpty, "byte \(place)")
        }
        try bytes.dropLast().write(to: URL(filePath: bench.path("flipped.cose")))
        #expect(try bench.licet(["authority", "transcript", "flipped.cose", "--root", "root/root.crt"]).status == 65)
    }

    @Test(arguments: ["no", "", "y", "YES", "yes please"])
    func nothingIsDoneUnlessSomebodySaysYes(answer: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let profile = try bench.profile(Workbench.createRoot)
        let before = bench.snapshot("")
        let ceremony = ["authority", "ceremony", profile, "--home", "root"]
        let piped = try bench.licet(ceremony, input: "\(answer)\n")
        #expect(piped.status == 130 && piped.error.contains("nothing was done"))
        let typed = try bench.onTerminal(ceremony, answers: [answer])
        #expect(typed.status == 130 && typed.output.contains("nothing was done"))
        #expect(bench.snapshot("") == before)
    }

    @Test func aCeremonyOnATerminalAsksForTheNewPassphraseTwice() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let ceremony = ["authority", "ceremony", try bench.profile(Workbench.createRoot), "--home", "root"]
        let held = try bench.onTerminal(ceremony, answers: ["yes", "correct horse", "correct horse"])
        #expect(held.status == 0 && held.output.contains("transcript: "))
        #expect(!held.output.contains("correct horse"))
        #expect(bench.files(in: "root/keys").count == 1)
    }
}
