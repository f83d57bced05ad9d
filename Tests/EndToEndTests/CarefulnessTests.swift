import Foundation
import Testing

/// What an officer in a hurry, a mischievous file or a second process must not be able to do.
@Suite struct CarefulnessTests {
    @Test(arguments: [["--dpi", "0"], ["--dpi", "5000"], ["--module-size", "10mm", "--dpi", "2400"]])
    func impossibleMeasuresAreRefusedBeforeAnythingIsRecorded(measures: [String]) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.application()
        #expect(try bench.licet(["issue", file, "--out", "codes"] + measures).status == 64)
        #expect(try bench.register().isEmpty)
        try bench.succeed(["issue", file, "--out", "codes"])
        let change = ["change", "91341181MA2QW7K3XM", "--set", "name=天长市新名有限公司", "--reason", "更名", "--out", "codes"]
        #expect(try bench.licet(change + measures).status == 64)
        #expect(try bench.register().count == 1)
    }

    @Test func aChangeWhosePictureIsMissingIsDrawnAgainByTheSameCommand() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let change = ["change", "91341181MA2QW7K3XM", "--set", "name=天长市新名有限公司", "--reason", "更名", "--out", "codes"]
        try bench.succeed(change)
        let picture = bench.path("codes/91341181MA2QW7K3XM-v2.png")
        let drawn = try Data(contentsOf: URL(filePath: picture))
        try FileManager.default.removeItem(atPath: picture)
        try bench.succeed(change)
        #expect(try Data(contentsOf: URL(filePath: picture)) == drawn)
        #expect(try bench.register().count == 2)
    }

    @Test func aTableOfAnotherBatchIsLeftAlone() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try FileManager.default.createDirectory(atPath: bench.path("codes"), withIntermediateDirectories: true)
        try "my own".write(toFile: bench.path("codes/errors.csv"), atomically: true, encoding: .utf8)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        #expect(try String(contentsOfFile: bench.path("codes/errors.csv"), encoding: .utf8) == "my own")
    }

    /// Who looks into the folder after a run without an error must not take the list of an earlier one for this one's.
    @Test func theTableOfAnEarlierRunIsPutAside() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let bad = try bench.application(["name": ""], name: "bad.json")
        #expect(try bench.licet(["issue", bad, "--out", "codes"]).status == 65)
        let table = try String(contentsOfFile: bench.path("codes/errors.csv"), encoding: .utf8)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        #expect(bench.files(in: "codes").filter { $0.hasSuffix(".csv") } == ["errors.old.csv"])
        #expect(try String(contentsOfFile: bench.path("codes/errors.old.csv"), encoding: .utf8) == table)
        // A file of somebody else that has the name is left alone.
        try "my own".write(toFile: bench.path("codes/errors.old.csv"), atomically: true, encoding: .utf8)
        #expect(try bench.licet(["issue", bad, "--out", "codes"]).status == 65)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        #expect(try String(contentsOfFile: bench.path("codes/errors.old.csv"), encoding: .utf8) == "my own")
    }

    @Test func aTableOnStandardInputIsATable() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let table = """
            统一社会信用代码,主体种类,企业名称,类型,法定代表人,注册资本,币种,成立日期,地址,经营范围
            91341181MA8N4T6P6Q,公司,天长市测试科技有限公司,有限责任公司,王小明,1000000.00,CNY,2019-06-12,永福路1号,服装零售
            91341181MA8N4T6P6Q,公司,,有限责任公司,王小明,1000000.00,CNY,2019-06-12,永福路1号,服装零售
            """
        let outcome = try bench.licet(["issue", "-", "--out", "codes"], input: table)
        #expect(outcome.status == 65 && outcome.error.contains("-, row 3, name: "), "\(outcome)")
        #expect(bench.files(in: "codes").sorted() == ["91341181MA8N4T6P6Q-v1.png", "errors.csv"])
    }

    @Test func damagedUTF8IsNotTakenForGB18030() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let made = try bench.run(
            "/usr/bin/env",
            [
                "python3", "\(Workbench.repository)/scripts/make-applications", "--count", "3", "--seed", "5",
                "--division", "341181", "--format", "csv", "--out", "table.csv",
            ]
        )
        #expect(made.status == 0, "\(made.error)")
        var bytes = try Data(contentsOf: URL(filePath: bench.path("table.csv")))
        let last = try #require(bytes.lastIndex { $0 >= 0x80 })
        bytes.remove(at: last)
        try bytes.write(to: URL(filePath: bench.path("table.csv")))
        let outcome = try bench.licet(["issue", "table.csv", "--out", "codes"])
        #expect(outcome.status == 66)
        #expect(outcome.error.contains("table.csv: row 4: is UTF-8, but damaged here"))
        #expect(try bench.register().isEmpty)
    }

    @Test func nothingVerifiedIsNotValid() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["publish"])
        try "\n \n".write(toFile: bench.path("empty.txt"), atomically: true, encoding: .utf8)
        #expect(try bench.licet(["verify", "-"]).status == 66)
        #expect(try bench.licet(["verify", "empty.txt"]).status == 66)
    }

    @Test func noEscapeSequenceOfAFileReachesTheTerminalOrTheTable() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let file = try bench.application(["\u{1B}[2J=cmd": "x"])
        let outcome = try bench.licet(["issue", file, "--out", "codes"])
        #expect(outcome.status == 65)
        #expect(!outcome.error.contains("\u{1B}"))
        let table = try String(contentsOfFile: bench.path("codes/errors.csv"), encoding: .utf8)
        #expect(!table.contains("\u{1B}"))
    }

    @Test(arguments: [
        "", "eve\n  2020-01-01T00:00:00Z  revoke v1 by alice", "\u{1B}[2K", String(repeating: "长", count: 501),
    ])
    func aNameOrReasonThatCouldForgeTheHistoryIsRefused(text: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let suspend = ["suspend", "91341181MA2QW7K3XM"]
        #expect(try bench.licet(suspend + ["--reason", text]).status == 64)
        #expect(try bench.licet(suspend + ["--reason", "整改", "--officer", text]).status == 64)
        #expect(try bench.register().map(\.status) == ["valid"])
    }

    @Test func publishersTakeTurns() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        // While another holds the lock for a second, publishing waits for it.
        let script = """
            flock home/publish.lock sh -c 'touch held; sleep 1; touch released' &
            while [ ! -e held ]; do sleep 0.01; done
            '\(Workbench.program("licet"))' publish --passphrase-file passphrase >/dev/null && [ -e released ]
            """
        let outcome = try bench.run("/bin/sh", ["-c", script])
        #expect(outcome.status == 0, "\(outcome.error)")
    }

    @Test(arguments: [["--help"], ["help", "verify"], ["issue", "--help"], ["help", "office"], ["--version"]])
    func helpIsPrintedAndSucceeds(arguments: [String]) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let outcome = try bench.run(Workbench.program("licet"), arguments)
        #expect(outcome.status == 0)
        #expect(
            outcome.output.contains("Example") || outcome.output.contains("An office issues")
                || arguments == ["--version"]
        )
    }

    @Test(arguments: ["a", "ab", "./c", "deep/er/d"])
    func folderNamesOfAnyLengthAreMade(name: String) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", name])
        #expect(bench.files(in: name) == ["91341181MA2QW7K3XM-v1.png"])
    }

    @Test func anAnswerThatCannotBeWrittenIsAnError() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let outcome = try bench.run("/bin/sh", ["-c", "'\(Workbench.program("licet"))' list >/dev/full"])
        #expect(outcome.status == 74)
        #expect(outcome.error.contains("standard output cannot be written"))
    }

    @Test func aPipeInThePublicationStopsNobody() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        #expect(try bench.run("/usr/bin/mkfifo", ["home/publication/status/9-9"]).status == 0)
        #expect(try bench.licet(["verify", "codes"]).status == 0)
    }

    @Test func aFileThatIsNotThereStopsNoOther() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let outcome = try bench.licet(["issue", "nowhere.json", bench.application(), "--out", "codes"])
        #expect(outcome.status == 66)
        #expect(outcome.error.contains("nowhere.json"))
        #expect(try bench.register().count == 1)
    }

    @Test func aPaperIsComparedInWhatItStates() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let term = ["from": "2019-06-12", "to": "2049-06-11"]
        try bench.succeed(["issue", bench.application(["term": term]), "--out", "codes"])
        try bench.succeed(["publish"])
        let picture = "codes/91341181MA2QW7K3XM-v1.png"
        func verdict(_ paper: String) throws -> Int32 {
            try paper.write(toFile: bench.path("paper.json"), atomically: true, encoding: .utf8)
            return try bench.licet(["verify", picture, "--paper", "paper.json"]).status
        }
        #expect(try verdict(#"{"name": "天长市测试科技有限公司"}"#) == 0)
        #expect(try verdict(#"{"name": "天长市别的科技有限公司"}"#) == 26)
        #expect(try verdict(#"{"term": {"from": "2019-06-12", "to": "2049-06-11"}}"#) == 0)
        #expect(try verdict(#"{"term": {"from": "2019-06-12"}}"#) == 26)
        #expect(try verdict("{}") == 66)
    }

    @Test func aTableOfSomebodyElseIsNotOverwrittenByRefusedRows() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let mine = "name,type\nmine,mine\n"
        try mine.write(toFile: bench.path("errors.csv"), atomically: true, encoding: .utf8)
        let outcome = try bench.licet(["issue", "errors.csv"])
        #expect(outcome.status == 65)
        #expect(try String(contentsOfFile: bench.path("errors.csv"), encoding: .utf8) == mine)
        #expect(outcome.error.contains("errors-2.csv"))
    }

    @Test func namesInAFolderForgeNoVerdictAndPipesStopNothing() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        let forged = bench.path("codes/a\n✓ VALID  b.png")
        try Data("no picture".utf8).write(to: URL(filePath: forged))
        #expect(try bench.run("/usr/bin/mkfifo", ["codes/z.png"]).status == 0)
        let outcome = try bench.licet(["verify", "codes"])
        #expect(outcome.status == 66)
        let lines = (outcome.output + outcome.error).split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("✓ VALID") } == 1)
        #expect(outcome.error.contains("is no regular file"))
    }
}
