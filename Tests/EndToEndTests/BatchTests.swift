import Foundation
import Testing

/// Many licences at once, and the plug pulled in the middle.
@Suite struct BatchTests {
    @Test func tenThousandApplicationsKilledInTheMiddleAreAllIssuedOnceOnTheSecondRun() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let made = try bench.run(
            "/usr/bin/env",
            [
                "python3", "\(Workbench.repository)/scripts/make-applications", "--count", "10000", "--seed", "1",
                "--division", "341181", "--out", "applications.json",
            ]
        )
        #expect(made.status == 0, "\(made.error)")
        let issuing = try bench.start(["issue", "applications.json", "--out", "codes"])
        // No `await`: the other tests would not give the thread back in time.
        while bench.files(in: "codes").count < 1_500, issuing.isRunning { Thread.sleep(forTimeInterval: 0.01) }
        kill(issuing.processIdentifier, SIGKILL)
        issuing.waitUntilExit()
        #expect(issuing.terminationReason == .uncaughtSignal)
        let interrupted = try bench.register()
        #expect(interrupted.count >= 1_500 && interrupted.count < 10_000)

        try bench.succeed(["issue", "applications.json", "--out", "codes"])
        let licences = try bench.register()
        #expect(licences.count == 10_000)
        #expect(Set(licences.map { "\($0.licence.creditCode) \($0.licence.version)" }).count == 10_000)
        #expect(Set(licences.map { "\($0.office)-\($0.list)/\($0.index)" }).count == 10_000)
        #expect(Set(licences.map(\.digest)).count == 10_000)
        // What was recorded before the kill is as it was.
        let after = Dictionary(uniqueKeysWithValues: licences.map { ($0.licence.creditCode, $0.digest) })
        #expect(interrupted.allSatisfy { after[$0.licence.creditCode] == $0.digest })
        #expect(Set(bench.files(in: "codes").filter { $0.hasSuffix(".png") }).count == 10_000)

        try bench.succeed(["publish"])
        let verdicts = try bench.succeed(["verify", "codes", "--json"]).split(separator: "\n")
        #expect(verdicts.filter { $0.contains(#""verdict":"valid""#) }.count == 10_000)
    }

    @Test func aChineseTableInGB18030IsIssuedRowByRow() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let made = try bench.run(
            "/usr/bin/env",
            [
                "python3", "\(Workbench.repository)/scripts/make-applications", "--count", "200", "--seed", "2",
                "--division", "341181", "--format", "csv", "--csv-encoding", "gb18030", "--csv-headings", "zh", "--bad",
                "5",
                "--bad-list", "bad.csv", "--out", "table.csv",
            ]
        )
        #expect(made.status == 0, "\(made.error)")
        let bad = try String(contentsOfFile: bench.path("bad.csv"), encoding: .utf8).split(whereSeparator: \.isNewline)
            .dropFirst()
        #expect(!bad.isEmpty)
        let outcome = try bench.licet(["issue", "table.csv", "--out", "codes"])
        #expect(outcome.status == 65)
        #expect(try bench.register().count == 200 - bad.count)
        let errors = try String(contentsOfFile: bench.path("codes/errors.csv"), encoding: .utf8)
        for row in bad { #expect(errors.contains("\"table.csv\",\(row.prefix { $0 != "," }),"), "row \(row)") }
    }

    @Test func twoProcessesAtOnceIssueEachApplicationOnce() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let made = try bench.run(
            "/usr/bin/env",
            [
                "python3", "\(Workbench.repository)/scripts/make-applications", "--count", "600", "--seed", "3",
                "--division", "341181", "--out", "applications.json",
            ]
        )
        #expect(made.status == 0, "\(made.error)")
        let rivals = try (0..<2).map { try bench.start(["issue", "applications.json", "--out", "codes-\($0)"]) }
        for rival in rivals {
            rival.waitUntilExit()
            #expect(rival.terminationStatus == 0)
        }
        let licences = try bench.register()
        #expect(licences.count == 600)
        #expect(Set(licences.map { "\($0.list)/\($0.index)" }).count == 600)
        #expect(bench.files(in: "codes-0") == bench.files(in: "codes-1"))
    }
}
