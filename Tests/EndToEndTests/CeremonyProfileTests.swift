import Foundation
import Testing

/// Profiles with typos: refused with file, line and column before anything is made.
@Suite struct CeremonyProfileTests {
    struct Typo: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let old: String
        let new: String
        /// What the error must say after the file's name.
        let message: String
    }

    @Test(arguments: [
        Typo(
            testDescription: "unknown key",
            old: "title:",
            new: "titel:",
            message: ":1:1: there is no titel here; did you mean title?"
        ),
        Typo(
            testDescription: "unknown step",
            old: "create-root:",
            new: "create-rot:",
            message: ":10:5: steps[1]: there is no create-rot here; did you mean create-root?"
        ),
        Typo(
            testDescription: "text for a number",
            old: "30",
            new: "thirty",
            message: ":12:14: steps[1].create-root.years: is no number from 1 to 100"
        ),
        Typo(
            testDescription: "half a year",
            old: "30",
            new: "30.5",
            message: ":12:14: steps[1].create-root.years: is no number"
        ),
        Typo(
            testDescription: "too many years",
            old: "30",
            new: "3000",
            message: ":12:14: steps[1].create-root.years: is no number"
        ),
        Typo(testDescription: "list for a text", old: "合肥", new: "[合肥]", message: ":3:8: place: is no line"),
        Typo(testDescription: "empty text", old: "A ceremony of the tests", new: "", message: ":1:"),
        Typo(
            testDescription: "escape in a text",
            old: "A ceremony",
            new: "\"\\e[2J\" #",
            message: ":1:8: title: is no line"
        ),
        Typo(
            testDescription: "missing field",
            old: "      years: 30\n",
            new: "",
            message: ":11:7: steps[1].create-root: years is missing"
        ),
        Typo(
            testDescription: "missing authority",
            old: "authority: ",
            new: "# ",
            message: ":1:1: authority is missing"
        ),
        Typo(
            testDescription: "unknown algorithm",
            old: "ES256",
            new: "RS256",
            message: ":11:18: steps[1].create-root.algorithm: is none of ES256"
        ),
        Typo(
            testDescription: "duplicate key",
            old: "      years: 30\n",
            new: "      years: 30\n      years: 40\n",
            message: "years"
        ),
        Typo(testDescription: "no YAML", old: "合肥", new: "[合肥", message: "did not find expected"),
        Typo(testDescription: "tab", old: "      years", new: "\tyears", message: "12"),
        Typo(testDescription: "unknown anchor", old: "合肥", new: "*nowhere", message: "undefined alias"),
        Typo(testDescription: "two documents", old: "steps:", new: "---\nsteps:", message: "another document"),
        Typo(
            testDescription: "PIN in the URI",
            old: "30",
            new: "30\n      token: \"pkcs11:token=x?pin-value=624351\"",
            message: ":13:14: steps[1].create-root.token: a pkcs11: URI must say neither a PIN"
        ),
    ])
    func aTypoIsRefusedWithItsPlaceAndNothingIsMade(typo: Typo) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let right = try String(contentsOfFile: bench.path(try bench.profile(Workbench.createRoot)), encoding: .utf8)
        let wrong = right.replacingOccurrences(of: typo.old, with: typo.new)
        #expect(wrong != right)
        try refuses(Data(wrong.utf8), saying: typo.message, bench)
    }

    @Test(arguments: [
        "", "# a remark\n", "~", "[1, 2]", "plain", "\u{FEFF}", "{", String(repeating: "[", count: 30_000),
    ])
    func whatIsNoProfileAtAllIsRefused(text: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try refuses(Data(text.utf8), saying: "profile.yaml", bench)
        try refuses(Data(text.utf8) + [0xFF, 0xFE], saying: "profile.yaml", bench)
    }

    @Test func aProfileThatCannotBeReadIsNamed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try refuses(Data(count: 1 << 20), status: 66, saying: ": is larger than 65536 bytes", bench)
        try FileManager.default.createDirectory(atPath: bench.path("folder"), withIntermediateDirectories: false)
        for (name, reason) in [("nowhere.yaml", "no such file"), ("folder", "is a directory")] {
            let outcome = try bench.licet(["authority", "ceremony", name, "--home", "root", "--yes"])
            #expect(outcome.status == 66 && outcome.error.contains("\(name): \(reason)"))
        }
        #expect(bench.files(in: "root").isEmpty)
    }

    @Test func aRequestThatIsNotTheAgreedOneOrAnAnswerThatIsThereStopsEverything() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.foundApart()
        try bench.succeed(["authority", "request", "--out", "request.json"])
        let step = try bench.answerStep("request.json", out: "trust-list")
        let digest = try #require(step.split(separator: "\"").dropFirst().first)
        let other = String(digest.map { $0 == "0" ? "1" : "0" })
        try Data("mine".utf8).write(to: URL(filePath: bench.path("trust-list")))
        let missing = step.replacingOccurrences(of: "request.json", with: "nowhere.json")
        let before = bench.snapshot("root", "home", "trust-list")
        let cases: [(step: String, status: Int32, reason: String)] = [
            (step.replacingOccurrences(of: digest, with: other), 65, "it is not what was agreed on"),
            (step.replacingOccurrences(of: digest, with: "abc"), 65, "sha256 is no SHA-256"),
            (step, 65, "trust-list is there already"), (missing, 66, "nowhere.json: no such file"),
        ]
        for (step, status, reason) in cases {
            // The step before would succeed, and is not begun.
            let profile = try bench.profile(Workbench.rollRoot + step)
            for how in ["--yes", "--dry-run"] {
                let outcome = try bench.licet(["authority", "ceremony", profile, "--home", "root", how])
                #expect(outcome.status == status && outcome.error.contains(reason), "\(outcome.error)")
            }
            #expect(bench.snapshot("root", "home", "trust-list") == before, "\(reason)")
        }
        let again = try bench.profile(Workbench.createRoot)
        let outcome = try bench.licet(["authority", "ceremony", again, "--home", "root", "--yes"])
        #expect(outcome.status == 65 && outcome.error.contains("has a root already"))
        #expect(bench.snapshot("root", "home", "trust-list") == before)
    }

    private func refuses(_ bytes: Data, status: Int32 = 65, saying message: String, _ bench: Workbench) throws {
        try bytes.write(to: URL(filePath: bench.path("profile.yaml")))
        for how in ["--yes", "--dry-run"] {
            let outcome = try bench.licet(["authority", "ceremony", "profile.yaml", "--home", "root", how])
            #expect(outcome.status == status)
            #expect(
                outcome.error.hasPrefix("licet: profile.yaml") && outcome.error.contains(message),
                "\(outcome.error)"
            )
            #expect(outcome.output.isEmpty)
        }
        #expect(bench.files(in: "root").isEmpty && !bench.files(in: "").contains("root"))
    }
}
