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

    @Test func aFileThatCannotBeReadIsNamed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let outcome = try bench.licet(["check", "nowhere.csv", bench.application()])
        #expect(outcome.status == 66)
        #expect(outcome.error.contains("nowhere.csv: cannot be read: no such file"))
        #expect(outcome.output.contains("1 applications"))
    }
}
