import Foundation
import Testing

/// A batch that is broken off, gone on with, repeated or only tried.
@Suite struct ResumeTests {
    @Test func aBatchThatWasKilledGoesOnAndLeavesThePicturesThatAreThere() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.applications(2_000, seed: 7)
        let issuing = try bench.start(["issue", file, "--out", "codes"])
        while bench.pictures.count < 500, issuing.isRunning { Thread.sleep(forTimeInterval: 0.01) }
        kill(issuing.processIdentifier, SIGKILL)
        issuing.waitUntilExit()
        let before = try bench.pictures.map { try bench.inode(of: "codes/\($0)") }
        #expect(before.count >= 500)
        let output = try bench.succeed(["issue", file, "--out", "codes"])
        #expect(bench.pictures.count == 2_000)
        #expect(try bench.register().count == 2_000)
        // The same files, not others of the same name.
        #expect(try Set(before).isSubset(of: bench.pictures.map { try bench.inode(of: "codes/\($0)") }))
        #expect(output.contains("were issued before"))
    }

    @Test func aSignalLetsTheChunkEndAndSaysHowToGoOn() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.applications(3_000, seed: 8)
        let issuing = try bench.start(["issue", file, "--out", "codes"])
        while bench.pictures.count < 500, issuing.isRunning { Thread.sleep(forTimeInterval: 0.01) }
        kill(issuing.processIdentifier, SIGTERM)
        issuing.waitUntilExit()
        #expect(issuing.terminationReason == .exit)
        #expect(issuing.terminationStatus == 143)
        // Every licence that was recorded has its picture.
        #expect(try bench.register().count == bench.pictures.count)
        #expect(bench.files(in: "codes").allSatisfy { $0.hasSuffix(".png") })
    }

    @Test func issuingTwiceIssuesOnceAndDrawsAgainOnlyWhenAsked() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.applications(30, seed: 9)
        try bench.succeed(["issue", file, "--out", "codes"])
        let before = bench.snapshot("codes")
        let picture = "codes/\(try #require(bench.pictures.first))"
        let first = try bench.inode(of: picture)
        #expect(try bench.succeed(["issue", file, "--out", "codes"]).contains("0 issued, 30 were issued before"))
        #expect(try bench.inode(of: picture) == first)
        try bench.succeed(["issue", file, "--out", "codes", "--redraw"])
        #expect(try bench.inode(of: picture) != first)
        #expect(bench.snapshot("codes") == before)
    }

    @Test func picturesCanBeDrawnLater() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.applications(30, seed: 10)
        try bench.succeed(["issue", file, "--out", "codes", "--no-pictures"])
        #expect(try bench.register().count == 30)
        #expect(bench.pictures.isEmpty)
        try bench.succeed(["issue", file, "--out", "codes"])
        #expect(try bench.register().count == 30)
        #expect(bench.pictures.count == 30)
        #expect(try bench.licet(["issue", file, "--redraw", "--no-pictures"]).status == 64)
    }

    @Test func aDryRunLeavesNoTrace() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.table(count: 300, seed: 4)
        let before = try bench.everything()
        let outcome = try bench.licet(["issue", file, "--out", "codes", "--dry-run", "--json"])
        #expect(outcome.status == 65)
        let report = try JSONDecoder().decode(BatchJSON.self, from: Data(outcome.output.utf8))
        #expect(report.issued.isEmpty && !report.refused.isEmpty)
        #expect(try bench.everything() == before)
        #expect(!FileManager.default.fileExists(atPath: bench.path("codes")))
    }

    @Test func everyBadRowOfAChineseTableIsListedWithFieldReasonAndHint() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.table(count: 400, seed: 3)
        let bad = try bench.badRows()
        #expect(!bad.isEmpty)
        let outcome = try bench.licet(["issue", file, "--out", "codes", "--json"])
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("\(bad.count) of 400 rows refused; see codes/errors.csv"))
        let report = try JSONDecoder().decode(BatchJSON.self, from: Data(outcome.output.utf8))
        #expect(report.issued.count == 400 - bad.count)
        #expect(Set(report.refused.map(\.row)) == bad)
        #expect(try bench.register().count == 400 - bad.count)
        let bytes = try Data(contentsOf: URL(filePath: bench.path("codes/errors.csv")))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).split(separator: "\r\n")
        #expect(lines.first == "file,row,field,reason,hint")
        #expect(Set(lines.dropFirst().compactMap { Int($0.split(separator: ",")[1]) }) == bad)
        #expect(lines.dropFirst().allSatisfy { !$0.hasSuffix(",\"\"") })
        #expect(bench.files(in: "codes").allSatisfy { $0.hasSuffix(".png") || $0 == "errors.csv" })
    }
}

/// What `licet issue --json` prints.
struct BatchJSON: Decodable {
    let issued: [Issued]
    let refused: [Refused]
    let warnings: [Refused]

    struct Issued: Decodable {
        let creditCode: String
        let isNew: Bool
        let file: String?
    }

    struct Refused: Decodable {
        let file: String
        let row: Int
        let field: String?
        let reason: String
        let hint: String?
    }
}

extension Workbench {
    var pictures: [String] { files(in: "codes").filter { $0.hasSuffix(".png") } }

    func inode(of name: String) throws -> UInt64 {
        try #require(try FileManager.default.attributesOfItem(atPath: path(name))[.systemFileNumber] as? UInt64)
    }

    /// Every row of the registry, and every other file of the home.
    func everything() throws -> [String: String] {
        var found = snapshot("home").filter { !$0.key.contains(".sqlite") }
        found["registry"] = try dump()
        return found
    }

    /// A table in GB18030 with Chinese headings, of which one row in a hundred is bad.
    func table(count: Int, seed: Int) throws -> String {
        let made = try run(
            "/usr/bin/env",
            [
                "python3", "\(Self.repository)/scripts/make-applications", "--count", "\(count)", "--seed", "\(seed)",
                "--division", "341181", "--format", "csv", "--csv-encoding", "gb18030", "--csv-headings", "zh", "--bad",
                "1", "--bad-list", "bad.csv", "--out", "table.csv",
            ]
        )
        #expect(made.status == 0, "\(made.error)")
        return "table.csv"
    }

    /// The rows that ``table(count:seed:)`` made bad.
    func badRows() throws -> Set<Int> {
        let list = try String(contentsOfFile: path("bad.csv"), encoding: .utf8)
        return Set(list.split(whereSeparator: \.isNewline).compactMap { Int($0.prefix { $0 != "," }) })
    }
}
