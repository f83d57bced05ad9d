import Foundation
import Testing

/// Keys that are made in a PKCS#11 token, here SoftHSM, and never leave it.
@Suite struct TokenTests {
    private typealias Opening = Workbench.Opening

    @Test func anAuthorityWithEveryKeyInATokenIssuesAndIsBelieved() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let token = try bench.makeToken()
        let opening = Opening.arguments(["--pin-file", bench.pinFile])
        try bench.found(in: token)
        try bench.succeed(
            ["office", "rotate-key", "341181", "--algorithm", "EdDSA", "--token", token],
            opening: opening
        )
        try bench.succeed(["issue"] + Workbench.applications + ["--out", "codes"], opening: opening)
        try bench.succeed(["publish"], opening: opening)
        #expect(try bench.licet(["verify", "codes"]).status == 0)
        let keys = bench.files(in: "home/keys")
        // The officer's own is in a file.
        let files = keys.filter { $0.hasSuffix(".key") }
        #expect(keys.count == 6 && files.count == 1)
        for (name, content) in bench.snapshot("home") where !files.contains(where: name.hasSuffix) {
            let bytes = content.split(separator: " ").last.flatMap { Data(base64Encoded: String($0)) } ?? Data()
            #expect(bytes.range(of: Data("PRIVATE KEY".utf8)) == nil, "\(name)")
            #expect(bytes.range(of: Data(Workbench.pin.utf8)) == nil, "\(name)")
        }
        #expect(try bench.keys().allSatisfy { $0.place?.hasPrefix("pkcs11:") ?? false })
    }

    @Test func anSM2KeyInATokenIsRefusedAndNothingIsMade() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let token = try bench.makeToken()
        try bench.found(in: token)
        let before = bench.snapshot("home/keys", "home/certificates", "tokens").keys.sorted()
        let dump = try bench.dump()
        let arguments = ["office", "rotate-key", "341181", "--algorithm", "SM2", "--token", token]
        let outcome = try bench.licet(arguments, opening: .arguments(["--pin-file", bench.pinFile]))
        #expect(outcome.status == 77 && outcome.error.contains("SM2 keys are not made in tokens"))
        // What cannot be made leaves no key in the token either.
        let again = ["office", "add", "341181", "--name", "again", "--token", token]
        #expect(try bench.licet(again, opening: .arguments(["--pin-file", bench.pinFile])).status == 65)
        #expect(bench.snapshot("home/keys", "home/certificates", "tokens").keys.sorted() == before)
        #expect(try bench.dump() == dump)
    }

    @Test func aRootInATokenIsMadeAndUsedByCeremonies() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let token = try bench.makeToken("root")
        let opening = Opening.arguments(["--pin-file", bench.pinFile])
        let profile = try bench.profile(Workbench.createRoot + "      token: \"\(token)\"\n")
        let before = bench.snapshot("")
        try bench.succeed(["authority", "ceremony", profile, "--home", "root", "--dry-run"], opening: .arguments([]))
        #expect(bench.snapshot("") == before)
        let held = try bench.succeed(["authority", "ceremony", profile, "--home", "root", "--yes"], opening: opening)
        #expect(held.contains("kept in a token"))
        #expect(bench.files(in: "root/keys").allSatisfy { $0.hasSuffix(".uri") })
        try bench.succeed(["authority", "create", "--name", Workbench.authority, "--root", "root/root.crt"])
        try bench.succeed(["office", "add", "341181", "--name", "天长市市场监督管理局"])
        try bench.succeed(["authority", "request", "--out", "request.json"])
        let answering = try bench.profile(bench.answerStep("request.json", out: "trust-list"))
        let answered = try bench.succeed(
            ["authority", "ceremony", answering, "--home", "root", "--yes"],
            opening: opening
        )
        let signed = try #require(answered.split(separator: " ").last?.trimmingCharacters(in: .newlines))
        #expect(try bench.licet(["authority", "transcript", signed, "--root", "root/root.crt"]).status == 0)
        try bench.succeed(["authority", "accept", "trust-list"])
        try bench.succeed(["issue", bench.application(), "--out", "codes"])
        try bench.succeed(["publish"])
        #expect(try bench.licet(["verify", "codes", "--root", "root/root.crt"]).status == 0)
    }

    @Test func aTokenThatIsTakenOutStopsABatchCleanlyAndTheSameCommandGoesOn() throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.found(in: try bench.makeToken())
        let opening = Opening.arguments(["--pin-file", bench.pinFile])
        let issue = ["issue", try bench.applications(3_000), "--out", "codes"]
        try bench.takeTokenOut()
        let without = try bench.licet(issue, opening: opening)
        #expect(without.status == 77 && without.error.contains("licet: "), "\(without.error)")
        #expect(try bench.register().isEmpty)
        try bench.putTokenBack()

        let script = """
            "$@" 2>error & issuing=$!
            while [ "$(ls codes | wc -l)" -lt 100 ] && kill -0 $issuing; do sleep 0.01; done
            mv tokens taken
            wait $issuing
            """
        let command =
            [Workbench.program("licet")] + issue + [
                "--pin-file", bench.pinFile, "--officer-passphrase-file", bench.passphrase,
            ]
        let broken = try bench.run("/bin/sh", ["-c", script, "sh"] + command)
        let error = try String(contentsOfFile: bench.path("error"), encoding: .utf8)
        #expect(broken.status == 77, "\(error)")
        #expect(error.contains("token “office”"), "\(error)")
        let recorded = try bench.register().count
        #expect(recorded >= 100 && recorded < 3_000)
        #expect(bench.files(in: "codes").allSatisfy { $0.hasSuffix(".png") })
        #expect(bench.files(in: "codes").count <= recorded)
        #expect(try bench.succeed(["doctor"]).contains("all as they should be"))
        #expect(try bench.licet(["publish"], opening: opening).status == 77)

        try bench.putTokenBack()
        try bench.succeed(issue, opening: opening)
        let licences = try bench.register()
        #expect(licences.count == 3_000)
        #expect(Set(licences.map { "\($0.list)/\($0.index)" }).count == 3_000)
        #expect(bench.files(in: "codes").count == 3_000)
        try bench.succeed(["publish"], opening: opening)
        #expect(try bench.licet(["verify", "codes/\(bench.files(in: "codes")[2_999])"]).status == 0)
    }
}
