import Foundation
import TestSupport
import Testing

/// What travels between the office and its root: nothing that was tampered with on the way becomes something else than what was asked.
@Suite struct RootApartTests {
    @Test func noByteOfAnAnswerCanBeChanged() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.succeed(["authority", "request", "--out", "request.json"])
        try bench.succeed(["authority", "answer", "request.json", "--out", "trust-list", "--home", "root"])
        let bytes = try Data(contentsOf: URL(filePath: bench.path("trust-list")))
        var generator = SeededGenerator(seed: 17)
        let before = bench.snapshot("home/root.crt", "home/keys", "home/certificates")
        for _ in 0..<200 {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            var flipped = bytes
            flipped[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &generator))
            try flipped.write(to: URL(filePath: bench.path("flipped")))
            let outcome = try bench.licet(["authority", "accept", "flipped"])
            #expect(outcome.status == 65 && outcome.output.isEmpty, "byte \(place): \(outcome)")
        }
        #expect(try bench.succeed(["doctor"]).contains("0 keys, 0 trust lists"))
        #expect(bench.snapshot("home/root.crt", "home/keys", "home/certificates") == before)
        try bench.succeed(["authority", "accept", "trust-list"])
    }

    /// Where the flipped request still is one, people see what differs, and the office takes only what it asked for.
    @Test func noChangedByteOfARequestGoesUnseen() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.succeed(["authority", "request", "--out", "request.json"])
        let ceremony = try bench.profile(bench.answerStep("request.json", out: "trust-list"))
        let answer = ["authority", "answer", "request.json", "--out", "trust-list", "--home", "root", "--dry-run"]
        let bytes = try Data(contentsOf: URL(filePath: bench.path("request.json")))
        let root = bench.snapshot("root")
        var generator = SeededGenerator(seed: 18)
        for _ in 0..<200 {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            var flipped = bytes
            flipped[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &generator))
            try flipped.write(to: URL(filePath: bench.path("request.json")))
            let shown = try bench.licet(answer)
            #expect([0, 65].contains(shown.status), "byte \(place): \(shown)")
            if place % 10 > 0 { continue }
            let held = try bench.licet(["authority", "ceremony", ceremony, "--home", "root", "--yes"])
            #expect(held.status == 65 && held.error.contains("it is not what was agreed on"), "byte \(place)")
        }
        #expect(bench.snapshot("root") == root)
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        var testDescription: String { new }
    }

    @Test(arguments: [
        Tampering(old: "341181", new: "341100"), Tampering(old: "\"company\",", new: ""),
        Tampering(old: "\"number\" : 2", new: "\"number\" : 3"),
        Tampering(old: "\"purpose\" : 1", new: "\"purpose\" : 2"),
    ])
    func anAnswerToAnotherRequestIsNotTaken(tampering: Tampering) throws {
        #expect(try isRefused(tampering))
    }

    @Test(arguments: [
        Tampering(old: "\"utcOffset\" : 480", new: "\"utcOffset\" : 490"),
        Tampering(old: "\"name\" : \"天长市市场监督管理局\"", new: "\"name\" : \"全椒县市场监督管理局\""),
        Tampering(old: "\"nameEn\" : \"天长市市场监督管理局\"", new: "\"nameEn\" : \"Quanjiao\""),
    ])
    func anAnswerWithAnotherNameOrOffsetIsNotTaken(tampering: Tampering) throws {
        #expect(try isRefused(tampering))
    }

    /// Whether the root or the office refuses what was made of a request on its way.
    private func isRefused(_ tampering: Tampering) throws -> Bool {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.succeed(["authority", "request", "--out", "request.json"])
        let text = try String(contentsOfFile: bench.path("request.json"), encoding: .utf8)
        let changed = text.replacingOccurrences(of: tampering.old, with: tampering.new)
        #expect(changed != text)
        try changed.write(toFile: bench.path("changed.json"), atomically: true, encoding: .utf8)
        let answer = ["authority", "answer", "changed.json", "--out", "trust-list", "--home", "root"]
        guard try bench.licet(answer).status == 0 else { return true }
        return try bench.licet(["authority", "accept", "trust-list"]).status == 65
    }

    @Test func anAnswerIsTakenOnceAndNeverAnOlderOne() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.askRoot()
        try FileManager.default.copyItem(atPath: bench.path("trust-list"), toPath: bench.path("first"))
        let again = try bench.licet(["authority", "accept", "trust-list"])
        #expect(again.status == 65 && again.error.contains("was accepted before"))
        try bench.askRoot()
        let older = try bench.licet(["authority", "accept", "first"])
        #expect(older.status == 65 && older.error.contains("number and time of a trust list rise"))
        #expect(try bench.succeed(["doctor"]).contains("2 trust lists"))
    }

    @Test func aRequestWithAnotherDigestThanWasReadOutIsNotAnswered() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        let printed = try bench.succeed(["authority", "request", "--out", "request.json"])
        let digest = try #require(printed.split(whereSeparator: \.isWhitespace).first { $0.utf8.count == 64 })
            .description
        let answer = ["authority", "answer", "request.json", "--out", "trust-list", "--home", "root", "--sha256"]
        let wrong = String(digest.reversed())
        let refused = try bench.licet(answer + [wrong])
        #expect(refused.status == 65 && refused.error.contains("not what was agreed on"), "\(refused.error)")
        #expect(bench.files(in: ".").contains("trust-list") == false)
        try bench.succeed(answer + [digest])
    }

    @Test func anAnswerOfAnotherRootIsNotTaken() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let stranger = try Workbench()
        defer { stranger.remove() }
        // The older root of the two: no key that it certifies begins before it.
        try stranger.hold(Workbench.createRoot)
        try bench.foundApart()
        try bench.succeed(["authority", "request", "--out", "request.json"])
        try bench.succeed([
            "authority", "answer", "request.json", "--out", "trust-list", "--home", stranger.path("root"),
        ])
        let outcome = try bench.licet(["authority", "accept", "trust-list"])
        #expect(outcome.status == 65 && outcome.error.contains("trust-list: "), "\(outcome.error)")
        #expect(try bench.succeed(["doctor"]).contains("0 keys, 0 trust lists"))
    }

    @Test func aRevocationIsNotTakenBackByAnOlderRequest() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.askRoot()
        try bench.succeed(["office", "rotate-key", "341181"])
        try bench.askRoot()
        try bench.succeed(["authority", "request", "--out", "before.json"])
        try bench.succeed(["office", "revoke-key", "3", "--after", "2026-01-01T00:00:00Z", "--reason", "泄露"])
        try bench.askRoot()
        let root = bench.snapshot("root")
        let answer = try bench.licet(["authority", "answer", "before.json", "--out", "answer", "--home", "root"])
        #expect(
            answer.status == 65 && answer.error.contains("key 3 was revoked") && answer.error.contains("not taken back")
        )
        #expect(bench.snapshot("root") == root && !bench.files(in: "").contains("answer"))
    }

    @Test func anAnswerThatLaterChangesOvertookSaysThatTheRootMustBeAskedOnceMore() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.askRoot()
        try bench.succeed(["authority", "request", "--out", "request.json"])
        try bench.succeed(["authority", "answer", "request.json", "--out", "trust-list", "--home", "root"])
        try bench.succeed(["office", "rotate-key", "341181"])
        let accepted = try bench.succeed(["authority", "accept", "trust-list"])
        #expect(accepted.contains("the root must be asked once more"))
        let status = try bench.succeed(["authority", "status"])
        #expect(status.contains("key 4  requested") && status.contains("next: licet authority request"))
        try bench.askRoot()
        #expect(try !bench.succeed(["authority", "status"]).contains("next:"))
    }

    @Test(arguments: ["", "no answer", "{}", "[1]"])
    func whatIsNoRequestAndNoAnswerIsNamed(text: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try text.write(toFile: bench.path("wrong"), atomically: true, encoding: .utf8)
        let before = bench.snapshot("root", "home/root.crt", "home/certificates")
        let answer = try bench.licet(["authority", "answer", "wrong", "--out", "answer", "--home", "root"])
        #expect(answer.status == 65 && answer.error.contains("licet: wrong: is no request"), "\(answer.error)")
        let accept = try bench.licet(["authority", "accept", "wrong"])
        #expect(accept.status == 65 && accept.error.contains("licet: wrong: "), "\(accept.error)")
        let transcript = try bench.licet(["authority", "transcript", "wrong", "--root", "root/root.crt"])
        #expect(transcript.status == 65 && transcript.error.contains("licet: wrong: is no transcript"))
        #expect(bench.snapshot("root", "home/root.crt", "home/certificates") == before)
    }
}
