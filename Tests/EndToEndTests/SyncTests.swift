import Foundation
import Testing

/// Copies of a publication that are brought up to date from elsewhere, and used without it.
@Suite struct SyncTests {
    private static let code = "91341181MA2QW7K3XM"

    private func founded(_ count: Int = 20) throws -> Workbench {
        let bench = try Workbench()
        try bench.found()
        try bench.succeed(["issue", try bench.applications(count), "--out", "codes"])
        try bench.succeed(["issue", bench.application(), "--out", "one"])
        try bench.succeed(["publish"])
        return bench
    }

    @Test func aBundleIsMadeFromTheWebAndUsedWithoutIt() throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication")
        let made = try bench.succeed(["sync", web.address, "--bundle", "inspector.licet"])
        #expect(made.contains("1 status list and 1 issued list of 21 licence versions"), "\(made)")
        web.stop()
        #expect(try bench.licet(["verify", "codes", "one", "--publication", "inspector.licet"]).status == 0)
        let looked = try bench.succeed(["sync", "inspector.licet"])
        #expect(looked.contains("the oldest list is") && looked.contains("all speak until"), "\(looked)")
        #expect(try bench.licet(["sync", web.address, "--bundle", "inspector.licet"]).status == 66)
        #expect(try bench.licet(["verify", "one", "--publication", "inspector.licet"]).status == 0)
    }

    @Test func onlyWhatChangedIsFetched() throws {
        let bench = try founded()
        defer { bench.remove() }
        try bench.succeed(["office", "add", "341182", "--name", "明光市市场监督管理局", "--name-en", "Mingguang"])
        let elsewhere = try bench.application(["creditCode": "91341182MA2QW7K31D"], name: "elsewhere.json")
        let other = try bench.licet(["issue", elsewhere, "--out", "one"])
        #expect(other.status == 0, "\(other)")
        try bench.succeed(["publish"])
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        let sync = ["sync", web.address, "--to", "copy"]
        try bench.succeed(sync)
        _ = web.asked()
        #expect(try bench.succeed(sync).contains("nothing is new"))
        let idle = web.asked()
        #expect(idle.count == 2 && idle.allSatisfy { $0.hasPrefix("304") }, "\(idle)")

        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        try bench.succeed(sync)
        let asked = web.asked()
        #expect(asked.contains { $0 == "200 /status/341181-1" }, "\(asked)")
        #expect(!asked.contains { $0.contains("341182") || $0.contains("/issued/") }, "\(asked)")
        #expect(try bench.licet(["verify", "one/\(Self.code)-v1.png", "--publication", "copy"]).status == 13)
    }

    @Test func aCopyNeverGoesBackAndTakesNothingThatIsNotVerified() throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("served")
        defer { web.stop() }
        func show(_ what: String) throws {
            try? FileManager.default.removeItem(atPath: bench.path("served"))
            try FileManager.default.copyItem(atPath: bench.path(what), toPath: bench.path("served"))
        }
        try FileManager.default.copyItem(atPath: bench.path("home/publication"), toPath: bench.path("before"))
        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        try show("home/publication")
        let sync = ["sync", web.address, "--to", "copy"]
        try bench.succeed(sync)
        let copied = bench.snapshot("copy/status", "copy/issued", "copy/log/checkpoint", "copy/trust-list")
        func isAsBefore() -> Bool {
            bench.snapshot("copy/status", "copy/issued", "copy/log/checkpoint", "copy/trust-list") == copied
        }
        try show("before")
        let back = try bench.licet(sync)
        #expect(back.status == 66 && back.error.contains("rolled back") && isAsBefore(), "\(back)")
        // Another machine, which has seen nothing yet, has the copy to remember for it.
        try FileManager.default.removeItem(atPath: bench.path("state"))
        let strange = try bench.licet(sync)
        #expect(strange.status == 66 && isAsBefore(), "\(strange)")

        for (path, bytes) in [
            ("log/checkpoint", Data("x".utf8)), ("status/341181-1", Data([1, 2, 3])), ("trust-list", Data()),
        ] {
            try show("home/publication")
            try bytes.write(to: URL(filePath: bench.path("served/\(path)")))
            // The server must be asked for it, and not be known by its tag.
            let spoiled = try bench.licet(["sync", web.address, "--to", "fresh-\(path.count)"])
            #expect(spoiled.status == 66, "\(path): \(spoiled)")
            _ = try bench.licet(sync)
            #expect(isAsBefore(), "\(path)")
        }
        #expect(try bench.licet(["verify", "one", "--publication", "copy"]).status == 13)
    }

    @Test func aCopyMayBeOfOneDivision() throws {
        let bench = try founded()
        defer { bench.remove() }
        try bench.succeed(["office", "add", "341182", "--name", "明光市市场监督管理局", "--name-en", "Mingguang"])
        let elsewhere = try bench.application(["creditCode": "91341182MA2QW7K31D"], name: "elsewhere.json")
        #expect(try bench.licet(["issue", elsewhere, "--out", "two"]).status == 0)
        try bench.succeed(["publish"])
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        for source in [bench.path("home/publication"), web.address] {
            let bundle = "part-\(source.count).licet"
            try bench.succeed(["sync", source, "--bundle", bundle, "--office", "341182"])
            #expect(try bench.licet(["verify", "two", "--publication", bundle]).status == 0)
            #expect(try bench.licet(["verify", "one", "--publication", bundle]).status == 30)
        }
        // What a whole copy has of other offices stands under the same checkpoint, and is not left as it was.
        try bench.succeed(["sync", web.address, "--to", "whole"])
        #expect(try bench.licet(["verify", "one", "--publication", "whole"]).status == 0)
        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        try bench.succeed(["sync", web.address, "--to", "whole", "--office", "341182"])
        #expect(try bench.licet(["verify", "one", "--publication", "whole"]).status == 30)
        #expect(try bench.licet(["verify", "two", "--publication", "whole"]).status == 0)
        try bench.succeed(["sync", web.address, "--to", "whole"])
        #expect(try bench.licet(["verify", "one", "--publication", "whole"]).status == 13)
    }

    @Test func aBundleIsNoPlaceForOtherFilesAndNothingElseIsWrittenOver() throws {
        let bench = try founded()
        defer { bench.remove() }
        try Data("my diary".utf8).write(to: URL(filePath: bench.path("diary")))
        #expect(try bench.licet(["sync", "home/publication", "--bundle", "diary"]).status == 66)
        #expect(try String(contentsOfFile: bench.path("diary"), encoding: .utf8) == "my diary")
        #expect(try bench.licet(["sync", "diary", "--bundle", "x"]).status == 66)
        #expect(try bench.licet(["sync", "nowhere", "--bundle", "x"]).status == 66)
        #expect(try bench.licet(["sync", "home/publication", "--bundle", "x", "--to", "y"]).status == 64)
        #expect(try bench.licet(["verify", "one", "--publication", "diary"]).status == 66)
        #expect(bench.files(in: "").filter { $0.hasPrefix("x") || $0.hasPrefix("y") }.isEmpty)
    }

    /// A tile that cannot be kept is no tile that is missing.
    @Test(arguments: ["--to", "--bundle"])
    func aFullDiskIsToldAsSuchAndWhatWasThereStays(option: String) throws {
        let bench = try founded(250)
        defer { bench.remove() }
        try bench.succeed(["sync", "home/publication", option, "copy"])
        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        func contents() -> [String: String] {
            option == "--bundle"
                ? bench.snapshot("copy")
                : bench.snapshot("copy/status", "copy/issued", "copy/trust-list", "copy/log/checkpoint")
        }
        let before = contents()
        var codes: [Int32] = []
        // In KiB: a full tile of the log has 8, and most else has less.
        for limit in [1, 3, 5, 7, 16, 1_024] {
            let script = "ulimit -f \(limit); exec \"$1\" sync home/publication \(option) copy --root home/root.crt"
            let sync = try bench.run("/bin/bash", ["-c", script, "bash", Workbench.program("licet")])
            codes.append(sync.status)
            let isTold = sync.error.contains("cannot be written: file too large")
            #expect(isTold == (sync.status == 74), "\(limit): \(sync)")
            if sync.status != 0 { #expect(contents() == before, "\(limit)") }
        }
        #expect(codes.first == 74 && codes.last == 0 && Set(codes) == [0, 74], "\(codes)")
        #expect(try bench.licet(["verify", "one", "--publication", "copy"]).status == 13)
    }

    @Test func anAddressIsVerifiedByAndItsCopySpeaksWhereItIsGone() throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication")
        let verify = ["verify", "one", "--publication", web.address]
        #expect(try bench.licet(verify).status == 0)
        web.stop()
        let alone = try bench.licet(verify)
        #expect(alone.status == 0 && alone.error.contains("could not be read anew"), "\(alone)")
        // Where there is not even a copy nobody can tell, and a script gets a verdict all the same.
        let nowhere = try bench.licet(["verify", "one", "--publication", web.address + "/nowhere", "--json"])
        #expect(nowhere.status == 30 && nowhere.output.contains("undetermined"), "\(nowhere)")
    }
}
