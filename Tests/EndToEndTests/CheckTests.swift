import Foundation
import Testing

/// Applications looked over before the counter, without an authority.
@Suite struct CheckTests {
    @Test func aGoodApplicationPassesWithoutAHome() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let outcome = try bench.licet(["check", bench.application()])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("1 applications: 0 errors, 0 warnings"))
        #expect(!FileManager.default.fileExists(atPath: bench.path("home")))
    }

    @Test func anErrorSaysWhatToDo() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let outcome = try bench.licet(["check", bench.application(["creditCode": "91341181MA2QW7K3XN"])])
        #expect(outcome.status == 65)
        #expect(outcome.output.contains("row 1, creditCode: error: the check character"))
        #expect(outcome.output.contains("would need M"))
    }

    @Test func warningsCountOnlyWhenTheyShould() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let file = try bench.application(["capital": ["amount": "100", "currency": "CNY"]])
        #expect(try bench.licet(["check", file]).status == 0)
        let outcome = try bench.licet(["check", file, "--strict", "--json"])
        #expect(outcome.status == 65)
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let remarks = try #require(json?["remarks"] as? [[String: Any]])
        #expect(remarks.contains { $0["rule"] as? String == "capital" && $0["level"] as? String == "warning" })
        #expect(json?["warnings"] as? Int == 1)
    }

    @Test func everyBadRowOfATableIsFound() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let outcome = try bench.licet(["check", bench.table(count: 400, seed: 5), "--json"])
        #expect(outcome.status == 65)
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let remarks = try #require(json?["remarks"] as? [[String: Any]])
        let rows = remarks.filter { $0["level"] as? String == "error" }.compactMap { $0["row"] as? Int }
        #expect(try Set(rows) == bench.badRows())
    }

    @Test func columnsOfARegisterArePassedOverAndTold() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let table = "序号,主体种类,登记机关\n1,公司,某局\n"
        try Data(table.utf8).write(to: URL(filePath: bench.path("table.csv")))
        let outcome = try bench.licet(["check", "table.csv"])
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("table.csv: note: the columns 序号, 登记机关 are passed over\n"), "\(outcome.error)")
    }

    @Test func aKeyThatEndedIsNotTheFaultOfTheCreditCode() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let check = [Workbench.program("licet"), "check", try bench.application()]
        let outcome = try bench.run("/usr/bin/faketime", ["+6 years"] + check)
        #expect(outcome.status == 65 && outcome.output.contains("key 3 expired at 20"), "\(outcome)")
        #expect(outcome.output.contains("the application may be right") && !outcome.output.contains("typing slip"))
        let other = try bench.licet(["check", bench.application(["creditCode": "91110000600037341L"])])
        #expect(other.status == 65 && other.output.contains("typing slip in the credit code"), "\(other)")
    }

    @Test func aDeviceIsRefusedAtOnce() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let outcome = try bench.licet(["check", "/dev/zero"])
        #expect(outcome.status == 66 && outcome.error.contains("/dev/zero: cannot be read: is a device"))
    }

    @Test func aFileThatCannotBeReadIsNamed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let outcome = try bench.licet(["check", "nowhere.csv", bench.application()])
        #expect(outcome.status == 66)
        #expect(outcome.error.contains("nowhere.csv: cannot be read: no such file"))
        #expect(outcome.output.contains("1 applications"))
    }
}
