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
    }
}

/// What can go wrong between a server and a copy, and how the copy comes right by itself.
@Suite struct StaleCopyTests {
    private static let code = "91341181MA2QW7K3XM"

    private func founded() throws -> Workbench {
        let bench = try Workbench()
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "one"])
        try bench.succeed(["publish"])
        return bench
    }

    /// A cache on the way keeps a list longer than the checkpoint, or the publication changed under way.
    @Test func aListThatIsNotTheNewestOfTheLogIsToldAndComesTheNextTime() throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        let sync = ["sync", web.address, "--to", "copy"]
        try bench.succeed(sync)
        let list = URL(filePath: bench.path("home/publication/status/341181-1"))
        let before = try Data(contentsOf: list)
        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        let after = try Data(contentsOf: list)
        try before.write(to: list)
        let stale = try bench.licet(sync)
        #expect(stale.status == 66 && stale.error.contains("not the one that the log tells of last"), "\(stale)")
        // Of a list of which the log tells anew nobody knows what it says now, whatever the older one says.
        #expect(try bench.licet(["verify", "one", "--publication", "copy"]).status == 30)
        let bundled = try bench.licet(["sync", web.address, "--bundle", "bundle"])
        #expect(bundled.status == 66, "\(bundled)")
        for place in ["bundle", web.address] {
            #expect(try bench.licet(["verify", "one", "--publication", place]).status == 30, "\(place)")
        }
        try after.write(to: list)
        try bench.succeed(sync)
        #expect(try bench.licet(["verify", "one", "--publication", "copy"]).status == 13)
        #expect(try bench.succeed(sync).contains("nothing is new"))
    }

    @Test(arguments: ["status/341181-1", "issued/341181-1", "log/checkpoint", "trust-list", "log/tile/0/000.p/4"])
    func aCopyThatIsDamagedOrIncompleteHeals(path: String) throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        let sync = ["sync", web.address, "--to", "copy"]
        try bench.succeed(sync)
        let file = URL(filePath: bench.path("copy/\(path)"))
        #expect(FileManager.default.fileExists(atPath: file.path))
        let whole = try Data(contentsOf: file)
        // Cut off, and one bit bent wherever it is, which the server calls by the same tag.
        for place in [nil, 0, whole.count / 3, whole.count / 2, whole.count - 2] {
            var bytes = place == nil ? whole.prefix(40) : whole
            if let place { bytes[place] ^= 1 }
            try bytes.write(to: file)
            try bench.succeed(sync)
            let verdict = try bench.licet(["verify", "one", "--publication", "copy"])
            #expect(verdict.status == 0, "\(place ?? -1): \(verdict)")
        }
        try FileManager.default.removeItem(at: file)
        try bench.succeed(sync)
        #expect(try bench.licet(["verify", "one", "--publication", "copy"]).status == 0)
    }

    @Test func manyAtOnceDoNotDisturbEachOther() throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        let script = """
            for i in 1 2 3 4; do "$1" verify one --publication "$2" > out-$i & done
            wait
            grep -c VALID out-1 out-2 out-3 out-4
            """
        let all = try bench.run("/bin/bash", ["-c", script, "bash", Workbench.program("licet"), web.address])
        #expect(all.output == (1...4).map { "out-\($0):1\n" }.joined(), "\(all)")
    }

    @Test func aCopyOfAnotherAuthorityIsLeftAlone() throws {
        let bench = try founded()
        defer { bench.remove() }
        try bench.succeed(["sync", "home/publication", "--to", "copy"])
        let before = bench.snapshot("copy/status", "copy/issued", "copy/trust-list")
        try bench.succeed(["authority", "create", "--name", "另一个市场监督管理局", "--home", "other"])
        try bench.succeed(["office", "add", "341181", "--name", "另局", "--name-en", "Other", "--home", "other"])
        try bench.succeed(["issue", bench.application(), "--out", "two", "--home", "other"])
        try bench.succeed(["publish", "--home", "other"])
        let mixed = try bench.licet(["sync", "other/publication", "--to", "copy", "--root", "other/root.crt"])
        #expect(mixed.status == 66 && mixed.error.contains("another authority"), "\(mixed)")
        #expect(bench.snapshot("copy/status", "copy/issued", "copy/trust-list") == before)
    }

    /// Whoever has seen the bundle of yesterday sees that the log goes on in that of today, and believes no other.
    @Test func aBundleShowsThatItsLogGoesOnFromTheOnesBefore() throws {
        let bench = try founded()
        defer { bench.remove() }
        // As a day of a large office: more than a whole tile between the two.
        func publish(_ day: Int) throws {
            for step in 0..<3 {
                try bench.succeed([step % 2 == day % 2 ? "suspend" : "resume", Self.code, "--reason", "整改"])
                try bench.succeed(["publish"])
            }
        }
        let machine = ["--publication"]
        func verify(_ bundle: String, _ state: String) throws -> Workbench.Outcome {
            try bench.run(
                Workbench.program("licet"),
                ["verify", "one", "--root", "home/root.crt"] + machine + [bundle],
                environment: ["XDG_STATE_HOME": bench.path(state)]
            )
        }
        try bench.succeed(["sync", "home/publication", "--bundle", "day.licet"])
        #expect(try verify("day.licet", "first").status == 0)
        for day in 0..<3 {
            try publish(day)
            try bench.succeed(["sync", "home/publication", "--bundle", "day.licet"])
            for inspector in ["first", "second"] {
                let seen = try verify("day.licet", inspector)
                #expect([0, 11].contains(seen.status), "day \(day), \(inspector): \(seen)")
            }
        }
    }

    /// A bundle of somebody else says of itself what the server calls the files of today, or that any name will do.
    @Test(arguments: [true, false]) func whatABundleCallsItsFilesIsNotBelieved(isTrue: Bool) throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        try bench.succeed(["sync", web.address, "--bundle", "old.licet"])
        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        try bench.succeed(["sync", web.address, "--bundle", "new.licet"])
        _ = try bench.run("/bin/rm", ["-r", "state"])
        let script = """
            import hashlib, os, sys
            data, address, root = open("old.licet", "rb").read(), sys.argv[1], "home/publication/"
            def text(value): return (b"" if not value else b"") + head(3, len(value)) + value
            def head(kind, size):
                return bytes([kind << 5 | size]) if size < 24 else bytes([kind << 5 | 24, size]) if size < 256 else \
                    bytes([kind << 5 | 25]) + size.to_bytes(2, "big")
            names = [os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root) for name in names]
            def tag(name):
                if sys.argv[2] != "true": return b"*"
                return ('"' + hashlib.sha256(open(root + name, "rb").read()).hexdigest()[:20] + '"').encode()
            tags = b"".join(text(name.encode()) + text(tag(name)) for name in sorted(names))
            begin = data.index(address.encode()) + len(address)
            # The tags that it has: one, of its sizes, or none.
            count, rest = data[begin] & 31, begin + 1
            assert data[begin] >> 5 == 4 and count <= 2
            for _ in range(count):
                size = data[rest] & 31
                assert data[rest] >> 5 == 3 and size < 24
                rest += 1 + size
            open("old.licet", "wb").write(data[:begin] + head(4, 2 * len(names)) + tags + data[rest:])
            """
        let made = try bench.run("/usr/bin/env", ["python3", "-c", script, web.address, "\(isTrue)"])
        #expect(made.status == 0, "\(made)")
        try bench.succeed(["sync", web.address, "--bundle", "old.licet"])
        #expect(try bench.licet(["verify", "one", "--publication", "old.licet"]).status == 13)
    }

    /// What is no list is no list, whoever sends it, and the server is not asked on for ever.
    @Test func aServerThatAnswersWithAPageWhateverItIsAskedForFillsNoDisk() throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication", page: "<!doctype html><title>no such page</title>")
        defer { web.stop() }
        for _ in 1...2 {
            try bench.succeed(["sync", web.address, "--to", "copy"])
            #expect(web.asked().count < 20)
        }
        #expect(bench.files(in: "copy/status") == ["341181-1"])
        #expect(try bench.licet(["verify", "one", "--publication", "copy"]).status == 0)
        #expect(try bench.licet(["sync", web.address + "/nowhere", "--to", "other"]).error.contains("no trust list"))
    }

    @Test func whatIsToBeCopiedIsNoPlaceForTheCopyAndNoOfficeIsNoDivision() throws {
        let bench = try founded()
        defer { bench.remove() }
        #expect(try bench.licet(["sync", "home/publication", "--to", "home/../home/publication"]).status == 64)
        let nowhere = try bench.licet(["sync", "home/publication", "--to", "copy", "--office", "110000"])
        #expect(nowhere.status == 66 && nowhere.error.contains("has no office in 110000"), "\(nowhere)")
        try FileManager.default.createDirectory(atPath: bench.path("mine"), withIntermediateDirectories: false)
        try Data("a poem".utf8).write(to: URL(filePath: bench.path("mine/trust-list")))
        #expect(try bench.licet(["sync", "home/publication", "--to", "mine"]).status == 66)
        #expect(try String(contentsOfFile: bench.path("mine/trust-list"), encoding: .utf8) == "a poem")
    }

    @Test func nothingIsWrittenOverBesideABundle() throws {
        let bench = try founded()
        defer { bench.remove() }
        try FileManager.default.createDirectory(atPath: bench.path("x.licet.new"), withIntermediateDirectories: false)
        try Data("precious".utf8).write(to: URL(filePath: bench.path("x.licet.new/thesis")))
        try bench.succeed(["sync", "home/publication", "--bundle", "x.licet"])
        #expect(bench.files(in: "x.licet.new") == ["thesis"])
    }

    @Test func anAuthorityOfTheFirstDayIsCopiedAndFollowed() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["publish"])
        try bench.succeed(["sync", "home/publication", "--to", "copy"])
        #expect(try bench.succeed(["log", "monitor", "home/publication", "--state", "seen"]).contains("no log yet"))
        try bench.succeed(["issue", bench.application(), "--out", "one"])
        try bench.succeed(["publish"])
        try bench.succeed(["sync", "home/publication", "--to", "copy"])
        #expect(try bench.succeed(["log", "monitor", "home/publication", "--state", "seen"]).contains("2 lists say"))
    }
}
