import Foundation
import Testing

/// The life of an office's keys: several at once, in the future, retired, expired.
@Suite struct KeyLifeTests {
    @Test func afterARotationTheOldLicencesAreValidAndTheNewKeySigns() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue"] + Workbench.applications.prefix(5) + ["--out", "old"])
        try bench.succeed(["office", "rotate-key", "341181", "--algorithm", "EdDSA"])
        try bench.succeed(["office", "rotate-key", "341181", "--algorithm", "SM2"])
        try bench.succeed(["authority", "rotate-key", "--algorithm", "SM2"])
        try bench.succeed(["issue"] + Workbench.applications.suffix(5) + ["--out", "new"])
        try bench.succeed(["publish"])
        #expect(try bench.keys().map(\.state) == ["live", "live", "live", "live", "live", "live"])
        #expect(try bench.licet(["verify", "old", "new"]).status == 0)
        #expect(try signers(in: "old", bench) == [3])
        #expect(try signers(in: "new", bench) == [5])

        try bench.succeed(["office", "retire-key", "3"])
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "old", "new"]).status == 0)
        #expect(try bench.keys().map(\.state) == ["live", "live", "retired", "live", "live", "live"])
        try bench.succeed(["office", "retire-key", "5"])
        try bench.succeed(["issue"] + Workbench.applications + ["--out", "all"])
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "all"]).status == 0)
        #expect(try signers(in: "all", bench) == [3, 4, 5])
    }

    @Test func aKeyOfTheFutureIsPublishedAndDoesNotSignYet() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        let made = try bench.refuse(["office", "rotate-key", "341181", "--from", "2099-01-01T00:00:00+08:00"])
        #expect(made.error.contains("after the root's certificate has ended"))
        #expect(bench.files(in: "home/keys").count == 5)
        try bench.succeed(["office", "rotate-key", "341181", "--from", "2050-01-01T00:00:00+08:00"])
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        #expect(try bench.keys().last?.state == "future")
        #expect(try bench.keys().last?.from == "2049-12-31T16:00:00Z")
        #expect(try signers(in: "codes", bench) == [3])
        #expect(try bench.licet(["verify", "codes"]).status == 0)
        // One that does not sign yet is no heir.
        let retire = try bench.refuse(["office", "retire-key", "3"])
        #expect(retire.error.contains("has no successor that signs"))
        try bench.succeed(["office", "retire-key", "3", "--at", "2050-01-02T00:00:00Z"])
        #expect(try bench.succeed(["office", "list"]).contains("retires at 2050-01-02T00:00:00Z"))
    }

    @Test func whatNoKeyMayUndergoIsRefusedAndChangesNothing() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        let before = try bench.dump()
        let files = bench.snapshot("home/keys", "home/certificates", "home/publication")
        let after = ["--after", "2026-01-01T00:00:00Z", "--reason", "泄露"]
        let cases: [(arguments: [String], reason: String)] = [
            (["retire-key", "3"], "has no successor"), (["retire-key", "1"], "has no successor"),
            (["retire-key", "10"], "there is no key 10"), (["retire-key", "ffffffffffffffff"], "there is no key"),
            (["retire-key", "3", "--at", "2020-01-01T00:00:00Z"], "cannot retire in the past"),
            (["revoke-key", "3", "--after", "2049-01-01T00:00:00Z", "--reason", "泄露"], "which is to come"),
            (["revoke-key", "3"] + after + ["--reissue", "--out", "new"], "has no successor"),
            (["rotate-key", "341100"], "there is no office 341100"),
            (["add", "341181", "--name", "again"], "is there already"),
        ]
        for (arguments, reason) in cases {
            let outcome = try bench.refuse(["office"] + arguments)
            #expect(outcome.error.contains(reason), "\(arguments): \(outcome.error)")
            #expect(outcome.output.isEmpty)
        }
        #expect(try bench.dump() == before)
        #expect(bench.snapshot("home/keys", "home/certificates", "home/publication") == files)
        #expect(try bench.licet(["office", "revoke-key", "3", "--after", "yesterday", "--reason", "-"]).status == 64)
        #expect(try bench.licet(["office", "revoke-key", "3", "--after", "2026-01-01T00:00:00Z"]).status == 64)
    }

    @Test func onceACertificateHasExpiredNothingIsSigned() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found()
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        let before = try bench.dump()
        let publication = bench.snapshot("home/publication")
        // Six years on: the office's key has expired, the one for lists has not, and the root's trust list is old.
        let other = try bench.application(["creditCode": "91341181MA8N4T6P6Q"], name: "other.json")
        let issue = ["issue", other, "--out", "late", "--passphrase-file", bench.passphrase]
        let outcome = try bench.run("/usr/bin/faketime", ["+6 years", Workbench.program("licet")] + issue)
        #expect(outcome.status == 65)
        #expect(
            outcome.error.contains("key 3 expired at 20") && outcome.error.contains("rotate-key"),
            "\(outcome.error)"
        )
        #expect(bench.files(in: "late").filter { $0.hasSuffix(".png") }.isEmpty)
        #expect(try bench.dump() == before)
        #expect(bench.snapshot("home/publication") == publication)
        let listed = try bench.run("/usr/bin/faketime", ["+6 years", Workbench.program("licet"), "office", "list"])
        #expect(listed.output.contains("key 3  expired"))
        // Eleven years on the lists cannot be signed either.
        let publish = ["publish", "--passphrase-file", bench.passphrase]
        let late = try bench.run("/usr/bin/faketime", ["+11 years", Workbench.program("licet")] + publish)
        #expect(late.status == 65 && late.error.contains("no key for lists signs at"), "\(late)")
        #expect(bench.snapshot("home/publication") == publication)
        #expect(try bench.dump() == before)
    }

    /// The numbers of the keys that signed the codes in a folder.
    private func signers(in folder: String, _ bench: Workbench) throws -> Set<Int> {
        let issuers = try bench.files(in: folder).map { name in
            let inspected = try bench.succeed(["inspect", "\(folder)/\(name)", "--json"])
            let document = try #require(JSONSerialization.jsonObject(with: Data(inspected.utf8)) as? [String: Any])
            return try #require(document["issuer"] as? Int)
        }
        return Set(issuers)
    }
}

extension Workbench {
    /// A key of `licet office list --json`.
    struct ListedKey: Decodable {
        let number: Int
        let state: String
        let from: String
        let place: String?
        let keyId: String
    }

    func keys() throws -> [ListedKey] {
        try JSONDecoder().decode([ListedKey].self, from: Data(succeed(["office", "list", "--json"]).utf8))
    }

    /// The registry in SQL, so that any change in it shows.
    func dump() throws -> String {
        let script = """
            import sqlite3, sys
            registry = sqlite3.connect(sys.argv[1])
            for name, in registry.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'licenceName%'"):
                print(name, registry.execute(f"SELECT * FROM {name}").fetchall())
            """
        let dumped = try run("/usr/bin/env", ["python3", "-c", script, path("home/licet.sqlite")])
        #expect(dumped.status == 0, "\(dumped.error)")
        return dumped.output
    }

    /// Runs `licet`, which must refuse.
    func refuse(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
        let outcome = try licet(arguments)
        #expect(outcome.status == 65, "\(arguments): \(outcome)", sourceLocation: sourceLocation)
        return outcome
    }
}
