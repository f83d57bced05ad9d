import Foundation
import Testing

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
        #expect(stale.status == 66 && stale.error.contains("is number 1, and the log tells of number 2"), "\(stale)")
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

    @Test(arguments: [
        "status/341181-1", "issued/341181-1", "log/checkpoint", "log/lists/4", "trust-list", "log/tile/0/000.p/4",
    ])
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

    /// A cache that takes no notice of whoever asks for what is new knows the list of now by another name.
    @Test func aCacheThatKeepsAnOldListIsPassedBy() throws {
        let bench = try founded()
        defer { bench.remove() }
        let web = try bench.serve("home/publication", stale: "/status/341181-1")
        defer { web.stop() }
        let sync = ["sync", web.address, "--to", "copy"]
        try bench.succeed(sync)
        try bench.succeed(["revoke", Self.code, "--reason", "查处"])
        try bench.succeed(["publish"])
        _ = web.asked()
        try bench.succeed(sync)
        let asked = web.asked().filter { $0.contains("status") }
        #expect(asked.count == 2 && asked[1].hasPrefix("200 /status/341181-1?"), "\(asked)")
        #expect(try bench.licet(["verify", "one", "--publication", "copy"]).status == 13)
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

    /// Only where nobody has seen a log or a list yet there may be none.
    @Test func aPublicationThatLostItsLogIsNoneOfTheFirstDay() throws {
        let bench = try founded()
        defer { bench.remove() }
        try FileManager.default.removeItem(atPath: bench.path("home/publication/log"))
        let web = try bench.serve("home/publication")
        defer { web.stop() }
        for source in ["home/publication", web.address] {
            // A stranger who asks a server cannot tell.
            let expected: Int32 = source == web.address ? 0 : 66
            let made = try bench.licet(["sync", source, "--bundle", "\(expected).licet"])
            #expect(made.status == expected, "\(made)")
            if expected == 0 { #expect(made.output.contains("NO LISTS"), "\(made)") }
        }
        try bench.succeed(["publish"])
        try bench.succeed(["sync", web.address, "--bundle", "whole.licet"])
        try FileManager.default.removeItem(atPath: bench.path("home/publication/log"))
        #expect(try bench.licet(["sync", web.address, "--bundle", "another.licet"]).status == 66)
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
