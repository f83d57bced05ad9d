import Foundation
import Testing

/// What people and machines give wrongly: a clear error, its own exit code, and nothing lost or half-made.
@Suite struct BadInputTests {
    @Test func anUnreadableFileIsNamed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let outcome = try bench.licet(["issue", "nowhere.json", "--out", "codes"])
        #expect(outcome.status == 66)
        #expect(outcome.error.contains("nowhere.json") && outcome.error.contains("no such file"))
    }

    @Test(arguments: ["{\"name\": ", "[1, 2", "天长", "", "{\"name\": \"a\", \"name\": \"b\"}"])
    func whatIsNoJSONIsRefusedWithItsFile(text: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try text.write(toFile: bench.path("wrong.json"), atomically: true, encoding: .utf8)
        let outcome = try bench.licet(["issue", "wrong.json", "--out", "codes"])
        #expect(outcome.status == 66)
        #expect(outcome.error.contains("wrong.json"))
        #expect(try bench.register().isEmpty)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let field: String
        let key: String
        let value: String?
        var testDescription: String { "\(field)=\((value ?? "-").prefix(20))" }
    }

    @Test(arguments: [
        Mistake(field: "surname", key: "surname", value: "王"),
        Mistake(field: "creditCode", key: "creditCode", value: "91350100M000100Y4Z"),
        Mistake(field: "creditCode", key: "creditCode", value: "362322198709086409"),
        Mistake(field: "creditCode", key: "creditCode", value: "92141127MA0KD1Y64A"),
        Mistake(field: "established", key: "established", value: "2026-02-30"),
        Mistake(field: "established", key: "established", value: "2126-01-01"),
        Mistake(field: "name", key: "name", value: "  "),
        Mistake(field: "name", key: "name", value: nil),
        Mistake(field: "scope", key: "scope", value: String(repeating: "经", count: 34_000)),
        Mistake(field: "composition", key: "composition", value: "personal"),
    ])
    func aBadFieldIsNamedWithFileAndRow(mistake: Mistake) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.application([mistake.key: mistake.value.map { $0 as Any }], name: "bad.json")
        let outcome = try bench.licet(["issue", file, "--out", "codes"])
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("bad.json, row 1, \(mistake.field): "))
        let table = try String(contentsOfFile: bench.path("codes/errors.csv"), encoding: .utf8)
        #expect(table.contains(",1,\"\(mistake.field)\","))
        #expect(bench.files(in: "codes") == ["errors.csv"])
        #expect(try bench.register().isEmpty)
    }

    @Test func negativeCapitalIsRefused() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.application(["capital": ["amount": "-1.00", "currency": "CNY"]])
        let outcome = try bench.licet(["issue", file, "--out", "codes"])
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("row 1, capital.amount: capital cannot be negative"))
    }

    @Test func aBadRowStopsNoOther() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let texts = try Workbench.applications.prefix(3).map { try String(contentsOfFile: $0, encoding: .utf8) }
        try "[\(texts[0]), {\"name\": 7}, \(texts[1]), \(texts[2])]"
            .write(toFile: bench.path("mixed.json"), atomically: true, encoding: .utf8)
        let outcome = try bench.licet(["issue", "mixed.json", "--out", "codes"])
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("mixed.json, row 2, name: "))
        #expect(try bench.register().count == 3)
        #expect(bench.files(in: "codes").filter { $0.hasSuffix(".png") }.count == 3)
    }

    @Test func aCodeThatFitsNoSymbolIsRefusedBeforeItIsRecorded() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let scope = String(String.UnicodeScalarView((0..<4_000).compactMap { Unicode.Scalar(0x4E00 + $0 * 5) }))
        let file = try bench.application(["scope": scope])
        let outcome = try bench.licet(["issue", file, "--out", "codes"])
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("row 1") && outcome.error.contains("--profile core"))
        #expect(try bench.register().isEmpty)
        // As advised.
        try bench.succeed(["issue", file, "--out", "codes", "--profile", "core"])
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "codes"]).status == 0)
    }

    @Test func picturesThatHoldNoSingleCodeAreRefusedWithTheReason() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        let fixtures = "\(Workbench.repository)/Tests/SymbolTests/Fixtures"
        let whole = try Data(contentsOf: URL(filePath: bench.path("codes/91341181MA2QW7K3XM-v1.png")))
        try whole.prefix(whole.count / 2).write(to: URL(filePath: bench.path("truncated.png")))
        try Data("no picture".utf8).write(to: URL(filePath: bench.path("text.png")))
        let cases = [
            ("\(fixtures)/no-code.jpg", "no QR code"), ("\(fixtures)/two-codes.png", "2"),
            ("truncated.png", "damaged"), ("text.png", "PNG"),
        ]
        for (path, reason) in cases {
            let outcome = try bench.licet(["verify", path])
            #expect(outcome.status == 66, "\(path)")
            #expect(outcome.error.contains(path) && outcome.error.contains(reason), "\(outcome.error)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test func aTrustListOfAnotherRootIsNotBelieved() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let stranger = try Workbench()
        defer { stranger.remove() }
        for each in [bench, stranger] {
            try each.found()
            try each.succeed(["issue", each.application(), "--out", "codes"])
            try each.succeed(["publish"])
        }
        let outcome = try bench.licet([
            "verify", stranger.path("codes/91341181MA2QW7K3XM-v1.png"), "--publication",
            stranger.path("home/publication"),
        ])
        #expect(outcome.status == 30)
        #expect(outcome.output.contains("trust-list is not signed by the root"))
        // With the own publication the code of the stranger is a forgery, since the key has the same number.
        #expect(try bench.licet(["verify", stranger.path("codes/91341181MA2QW7K3XM-v1.png")]).status == 20)
    }

    @Test func anOlderPublicationIsRefusedAsRolledBack() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        let copied = try bench.run("/bin/cp", ["-r", "home/publication", "old"])
        #expect(copied.status == 0)
        try bench.succeed(["revoke", "91341181MA2QW7K3XM", "--reason", "违法"])
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "codes"]).status == 13)
        let outcome = try bench.licet(["verify", "codes", "--publication", "old"])
        #expect(outcome.status == 30)
        #expect(outcome.output.contains("rolled back"))
    }

    @Test func aFullDiskLosesNoLicenceAndLeavesNoHalfPicture() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try FileManager.default.createDirectory(atPath: bench.path("codes"), withIntermediateDirectories: true)
        // A file system of 8 pages in a mount namespace of its own.
        let arguments = ["issue", Workbench.applications[0], Workbench.applications[1], "--out", "codes"]
            .map { "'\($0)'" }.joined(separator: " ")
        let script = """
            mount -t tmpfs -o size=32k none codes && dd if=/dev/zero of=codes/filler bs=4k count=8 2>/dev/null
            '\(Workbench.program("licet"))' \(arguments) --passphrase-file passphrase; status=$?
            ls codes; exit $status
            """
        let outcome = try bench.run("/usr/bin/unshare", ["-rm", "sh", "-c", script])
        #expect(outcome.status == 74)
        #expect(outcome.error.contains("no space left on device") && outcome.error.contains("is recorded"))
        #expect(outcome.output.split(separator: "\n").last == "filler")
        #expect(try bench.register().count == 2)
        try bench.succeed(["issue", Workbench.applications[0], Workbench.applications[1], "--out", "codes"])
        #expect(try bench.register().count == 2)
        #expect(bench.files(in: "codes").filter { $0.hasSuffix(".png") }.count == 2)
    }

    @Test func aWrongPassphraseSignsNothingAndIsNotRepeated() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.write(secret: "another passphrase", to: bench.passphrase)
        let outcome = try bench.licet(["issue", bench.application(), "--out", "codes"])
        #expect(outcome.status == 77)
        #expect(outcome.error.contains("the passphrase does not open"))
        #expect(!outcome.error.contains("another passphrase"))
        #expect(try bench.register().isEmpty)
    }

    @Test func usageErrorsExitWith64() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        #expect(try bench.licet(["issue", "--out", "codes"]).status == 64)
        #expect(try bench.licet(["office", "add", "999999", "--name", "x"]).status == 64)
        #expect(try bench.licet(["verify", "LICET:1", "--at", "yesterday"]).status == 64)
    }
}
