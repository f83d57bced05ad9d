import Foundation
import Testing

/// What officers and supervisors do in a day, with the built program.
@Suite struct OfficerDayTests {
    private static let code = "91341181MA2QW7K3XM"

    @Test func anAnnulmentWaitsForTheSupervisorAndIsThenDone() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.write(secret: "known to Li alone", to: bench.path("li"))
        try bench.succeed(["officer", "add", "李静", "--supervisor", "--new-passphrase-file", bench.path("li")])
        let added = try bench.succeed(["officer", "list"])
        #expect(added.contains("李静  supervisor"))
        try bench.succeed(["policy", "--require", "annul", "override", "--batch-over", "5", "--reason", "四眼原则"])
        #expect(try bench.succeed(["policy", "--json"]).contains("\"annul\""))
        #expect(try bench.succeed(["policy"]).contains("by 1 supervisor, within 24 hours\n"))

        let annul = ["annul", Self.code, "--reason", "骗取登记"]
        let first = try bench.licet(annul)
        #expect(first.status == 75 && first.error.contains("waits for 1 approval"))
        #expect(try bench.licet(["list", "--status", "valid"]).output.contains(Self.code))
        let waiting = try bench.licet(["approve"])
        #expect(waiting.output.contains("骗取登记") && waiting.output.contains(Self.code))
        let number = try #require(waiting.output.split(separator: " ").first.map(String.init))
        #expect(try bench.licet(["approve", number]).status == 65)
        #expect(try bench.licet(["approve", number, "--officer", "李静"]).status == 77)
        let approve = ["approve", number, "--officer", "李静", "--officer-passphrase-file", bench.path("li")]
        try bench.succeed(approve)
        #expect(try bench.licet(approve).status == 65)
        try bench.succeed(annul)
        let history = try bench.succeed(["show", Self.code, "--history"])
        #expect(history.contains("approved as proposal \(number)"))
        #expect(try bench.licet(annul).status == 65)

        // A batch over the limit is approved as a whole.
        let batch = ["issue"] + Workbench.applications.filter { !$0.hasSuffix("/company.json") } + ["--out", "codes"]
        #expect(try bench.licet(batch).status == 75)
        #expect(bench.files(in: "codes").count == 1)
        let proposed = try bench.licet(["approve"])
        let second = try #require(proposed.output.split(separator: " ").first.map(String.init))
        let compared = try bench.licet(["approve", second, "--file"] + batch.dropFirst().dropLast(2))
        #expect(compared.status == 0 && compared.output.contains("are the batch of proposal \(second)"), "\(compared)")
        #expect(try bench.licet(["approve", second, "--file", Workbench.applications[0]]).status == 65)
        try bench.succeed(["approve", second] + approve.dropFirst(2))
        try bench.succeed(batch)
        #expect(bench.files(in: "codes").count > 10)
    }

    /// Where acts need approval, nobody makes the key of another.
    @Test func anOfficerBringsTheKeyAndApprovedIsThatKey() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.write(secret: "known to Li alone", to: bench.path("li"))
        try bench.write(secret: "known to Zhao alone", to: bench.path("zhao"))
        try bench.succeed(["officer", "add", "李静", "--supervisor", "--new-passphrase-file", bench.path("li")])
        try bench.succeed(["policy", "--require", "annul", "--reason", "四眼原则"])
        let made = try bench.licet(["officer", "add", "赵敏", "--new-passphrase-file", bench.path("zhao")])
        #expect(made.status == 77 && made.error.contains("licet officer request"))
        let request = ["officer", "request", "赵敏", "--out", "zhao.pub", "--new-passphrase-file", bench.path("zhao")]
        let digest = try #require(try bench.succeed(request).split(separator: "\n").first?.split(separator: " ").last)
        let add = ["officer", "add", "赵敏", "--supervisor", "--public-key", "zhao.pub"]
        #expect(try bench.licet(add).status == 75)
        let waiting = try bench.licet(["approve"]).output
        #expect(waiting.contains(digest))
        let number = try #require(waiting.split(separator: " ").first.map(String.init))
        try bench.succeed(["approve", number, "--officer", "李静", "--officer-passphrase-file", bench.path("li")])
        try bench.succeed(add)
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let suspend = ["suspend", Self.code, "--reason", "-", "--officer", "赵敏"]
        #expect(try bench.licet(suspend).status == 77)
        try bench.succeed(suspend + ["--officer-passphrase-file", bench.path("zhao")])
    }

    @Test func theLifeOfALicenceIsToldAsAStory() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["replace", Self.code, "--reason", "遗失补领", "--out", "codes"])
        try bench.succeed(["dormant", Self.code, "--reason", "疫情歇业"])
        let illegal = try bench.licet(["suspend", Self.code, "--reason", "-"])
        #expect(illegal.status == 65 && illegal.error.contains("possible: replace, resume, relocate, revoke"))
        try bench.succeed(["resume", Self.code, "--reason", "复业"])
        let early = try bench.licet(["renew", Self.code, "--until", "2019-07-01", "--reason", "延期", "--out", "codes"])
        #expect(early.status == 65)
        let move = ["relocate", Self.code, "--reason", "迁往滁州"]
        let nowhere = try bench.licet(move)
        #expect(nowhere.status == 65 && nowhere.error.contains("no other office may issue for division 341181"))
        try bench.succeed(["office", "add", "340000", "--name", "安徽省市场监督管理局"])
        #expect(try bench.succeed(move).contains("then, at 340000: licet issue APPLICATION --office 340000"))
        #expect(try bench.succeed(["issue", bench.application(), "--out", "codes"]).contains("as before, relocated"))
        try bench.succeed(["issue", bench.application(), "--office", "340000", "--out", "codes"])
        let history = try bench.succeed(["show", Self.code, "--history"])
        let told = [
            "version 1 issued", "version 2 replaced", "put to rest", "put in force", "moved to another",
            "version 3 issued at office 340000",
        ]
        let places = told.compactMap { history.range(of: $0)?.lowerBound }
        #expect(places.count == told.count && places == places.sorted())
        #expect(bench.files(in: "codes").contains("\(Self.code)-v3.png"))
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "codes/\(Self.code)-v3.png"]).status == 0)
        #expect(try bench.licet(["verify", "codes/\(Self.code)-v2.png"]).status == 10)
    }

    @Test func listFindsByPartOfTheNameAndGoesOnAfterAPage() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue"] + Workbench.applications + ["--out", "codes", "--no-pictures"])
        #expect(bench.files(in: "codes").isEmpty)
        let whole = try bench.succeed(["list"]).split(separator: "\n")
        #expect(whole.count == Workbench.applications.count)
        var paged: [Substring] = []
        var after: [String] = []
        repeat {
            let page = try bench.licet(["list", "--limit", "4"] + after)
            #expect(page.status == 0)
            paged += page.output.split(separator: "\n")
            let next = page.error.split(separator: " ").last.map { $0.trimmingCharacters(in: .newlines) }
            after = page.error.contains("--after") ? ["--after", next ?? ""] : []
        } while !after.isEmpty
        #expect(paged == whole)
        let found = try bench.succeed(["list", "天长", "--kind", "branch", "--json"]).split(separator: "\n")
        #expect(!found.isEmpty && found.allSatisfy { $0.contains("天长") && $0.contains("\"branch\"") })
        #expect(try bench.licet(["list", "、"]).status == 64)
        #expect(try bench.succeed(["list", "--division", "110000"]).isEmpty)
    }

    @Test func listIsMadeForSpreadsheetsAndTerminals() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let changes: [String: Any?] = [
            "creditCode": "91341181MA8YY0000E", "address": "=1+1", "scope": "食品，\"散装\"",
            "capital": ["amount": "2000000.00", "currency": "CNY"], "term": ["from": "2020-03-01", "to": "2050-02-28"],
        ]
        let files = try [bench.application(changes)] + Workbench.applications
        try bench.succeed(["issue"] + files + ["--out", "codes", "--no-pictures"])
        let command = "'\(Workbench.program("licet"))' list --csv > soon.csv"
        #expect(try bench.run("/bin/sh", ["-c", command]).status == 0)
        let bytes = try Data(contentsOf: URL(filePath: bench.path("soon.csv")))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let lines = String(decoding: bytes.dropFirst(3), as: UTF8.self).components(separatedBy: "\r\n")
        let heading = "creditCode,version,status,kind,name,established,term.to,office,issued,type,representative,"
        let more =
            "capital.amount,capital.currency,term.from,address,scope,composition,location.latitude,location.longitude"
        #expect(lines[0] == heading + more)
        #expect(lines.count == files.count + 2 && lines.last?.isEmpty == true)
        #expect(lines[1].hasSuffix(#","2000000.00","CNY","2020-03-01","'=1+1","食品，""散装""","",,"#), "\(lines[1])")
        #expect(lines.allSatisfy { !$0.unicodeScalars.contains("\n") })

        try bench.succeed(["suspend", "91341181MA8YY0000E", "--reason", "整改"])
        for locale in ["zh_CN.UTF-8", "C"] {
            let list = try bench.run(Workbench.program("licet"), ["list"], environment: ["LC_ALL": locale]).output
            let fronts = list.split(separator: "\n").compactMap { line -> Int? in
                let columns = line.split(separator: " ", omittingEmptySubsequences: true)
                guard columns.count >= 4, let name = line.range(of: columns[3]) else { return nil }
                return line[..<name.lowerBound].unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) }
            }
            #expect(fronts.count == files.count && Set(fronts).count == 1, "\(list)")
        }
    }

    @Test func aNameThatIsTakenNeedsSomebodyToAnswerForIt() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        let same = try bench.application(
            ["creditCode": "91341181MA8N4T6P6Q", "name": "天长市测试科技有限公司"],
            name: "same.json"
        )
        let alike = try bench.application(
            ["creditCode": "91341181MA8PHX2C8R", "name": "天长市测试科技有限责任公司"],
            name: "alike.json"
        )
        let checked = try bench.licet(["check", same])
        #expect(checked.status == 65 && checked.output.contains("is the name of \(Self.code)"))
        // Also within one batch that is only looked at.
        let both = try ["91341181MA8N4T6P6Q", "91341181MA8PHX2C8R"].map { (code: String) in
            try bench.application(["creditCode": code, "name": "天长市同名科技有限公司"], name: "\(code).json")
        }
        let together = try bench.licet(["check"] + both)
        #expect(
            together.status == 65
                && together.output.contains("row 1, name: error: is the name in "),
            "\(together)"
        )
        let refused = try bench.licet(["issue", same, "--out", "codes"])
        #expect(refused.status == 65 && refused.error.contains("is the name of \(Self.code)"))
        try bench.succeed(["issue", same, "--override-name", "同名核准", "--out", "codes"])
        #expect(try bench.succeed(["show", "91341181MA8N4T6P6Q", "--history"]).contains("同名核准"))
        let warned = try bench.licet(["issue", alike, "--out", "codes"])
        #expect(warned.status == 0 && warned.error.contains("looks like the name of \(Self.code)"))
        let change = [
            "change", "91341181MA8PHX2C8R", "--set", "name=天长市测试科技有限責任公司", "--reason", "变更", "--out", "codes",
        ]
        let changed = try bench.licet(change)
        #expect(changed.status == 0 && changed.error.contains("looks like the name of \(Self.code)"), "\(changed)")
        let taken = [
            "change", "91341181MA8PHX2C8R", "--set", "name=天长市测试 科技有限公司", "--reason", "变更", "--out", "codes",
        ]
        let named = try bench.licet(taken)
        #expect(named.status == 65 && named.error.contains("--override-name"), "\(named)")
        try bench.succeed(taken + ["--override-name", "同一集团"])
        #expect(try bench.succeed(["show", "91341181MA8PHX2C8R", "--history"]).contains("变更; name accepted although"))
    }

    @Test func anOlderRegistryIsRefusedUntilAnOfficerTakesItOn() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["backup", "backup.sqlite"])
        #expect(try bench.licet(["backup", "backup.sqlite"]).status == 64)
        try bench.succeed(["revoke", Self.code, "--reason", "吊销"])
        try bench.succeed(["publish"])
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: bench.path("home/licet.sqlite\(suffix)"))
        }
        try FileManager.default.copyItem(atPath: bench.path("backup.sqlite"), toPath: bench.path("home/licet.sqlite"))
        for command in [["list"], ["show", Self.code], ["publish"], ["suspend", Self.code, "--reason", "-"]] {
            let refused = try bench.licet(command)
            #expect(refused.status == 65 && refused.error.contains("older copy"), "\(command): \(refused)")
        }
        #expect(try bench.licet(["doctor"]).status == 65)
        let restored = try bench.succeed(["restore", "--as-it-is", "--reason", "磁盘损坏"])
        #expect(restored.contains("is revoked again"))
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "codes"]).status == 13)
    }
}
