import Foundation
import Testing

/// Passphrases, PINs and private keys are written down nowhere, whatever opens the keys.
@Suite struct SecretTests {
    enum Way: CaseIterable { case file, credentials, terminal }

    private static let passphrase = "a crane above the moor, 47"

    @Test(arguments: Way.allCases)
    func noCommandThatOpensKeysLeavesThemOrTheirPassphraseAnywhere(way: Way) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        try bench.write(secret: Self.passphrase, to: bench.passphrase)
        try FileManager.default.createDirectory(atPath: bench.path("credentials"), withIntermediateDirectories: false)
        try bench.write(secret: Self.passphrase, to: bench.path("credentials/passphrase"))
        var told = Data()
        func run(_ arguments: [String]) throws {
            let outcome =
                switch way {
                case .file: try bench.licet(arguments)
                case .credentials: try bench.licet(arguments, opening: .credentials(bench.path("credentials")))
                case .terminal: try bench.onTerminal(arguments, answers: Array(repeating: Self.passphrase, count: 9))
                }
            #expect(outcome.status == 0, "\(arguments): \(outcome)")
            told += Data((outcome.output + outcome.error).utf8)
        }
        for command in try commands(bench) { try run(command) }
        let answer = try bench.answerStep("request.json", out: "answer")
        try run(["authority", "ceremony", bench.profile(Workbench.rollRoot + answer), "--home", "root", "--yes"])
        try run(["authority", "accept", "answer", "--home", "second"])

        var needles = Needles()
        needles.add(text: Self.passphrase, "passphrase")
        for folder in ["home/keys", "root/keys", "second/keys"] { try needles.addKeys(in: folder, bench) }
        #expect(needles.found(in: told).isEmpty)
        needles.expectNone(in: bench, but: ["passphrase", "credentials/passphrase"])
    }

    /// Every command that opens a key or makes one, in an order in which all succeed.
    private func commands(_ bench: Workbench) throws -> [[String]] {
        let name = Workbench.authority
        let code = "91341181MA2QW7K3XM"
        return [
            ["authority", "create", "--name", name], ["office", "add", "341181", "--name", "天长市市场监督管理局"],
            ["office", "rotate-key", "341181", "--algorithm", "SM2"],
            ["authority", "rotate-key", "--algorithm", "EdDSA"],
            ["issue", try bench.application(), "--out", "codes"],
            ["change", code, "--set", "name=天长市新名有限公司", "--reason", "更名", "--out", "codes"],
            ["office", "rotate-key", "341181"],
            [
                "office", "revoke-key", "4", "--after", "2026-01-01T00:00:00Z", "--reason", "-", "--reissue", "--out",
                "codes",
            ],
            ["office", "retire-key", "3"], ["publish"],
            ["authority", "ceremony", try bench.profile(Workbench.createRoot), "--home", "root", "--yes"],
            ["authority", "create", "--name", name, "--root", "root/root.crt", "--home", "second"],
            ["office", "add", "341102", "--name", "琅琊区市场监督管理局", "--home", "second"],
            ["authority", "request", "--out", "request.json", "--home", "second"],
            ["authority", "answer", "request.json", "--out", "first-answer", "--home", "root"],
            ["authority", "accept", "first-answer", "--home", "second"],
            ["authority", "rotate-key", "--home", "second"],
            ["authority", "request", "--out", "request.json", "--home", "second"],
        ]
    }

    @Test(arguments: Way.allCases)
    func noCommandLeavesAPINAnywhere(way: Way) throws {
        let bench = try Workbench()
        defer { bench.remove() }
        let token = try bench.makeToken()
        try FileManager.default.createDirectory(atPath: bench.path("credentials"), withIntermediateDirectories: false)
        try bench.write(secret: Workbench.pin, to: bench.path("credentials/pin"))
        try bench.write(secret: "of the officer alone", to: bench.path("credentials/officer-passphrase"))
        var told = ""
        let commands = [
            ["authority", "create", "--name", Workbench.authority, "--token", token],
            ["office", "add", "341181", "--name", "天长市市场监督管理局", "--token", token],
            ["issue", try bench.application(), "--out", "codes"], ["publish"],
        ]
        for command in commands {
            let outcome =
                switch way {
                case .file: try bench.licet(command, opening: .arguments(["--pin-file", bench.pinFile]))
                case .credentials: try bench.licet(command, opening: .credentials(bench.path("credentials")))
                case .terminal:
                    try bench.onTerminal(
                        command + ["--officer-passphrase-file", bench.passphrase],
                        answers: Array(repeating: Workbench.pin, count: 9)
                    )
                }
            #expect(outcome.status == 0, "\(command): \(outcome)")
            told += outcome.output + outcome.error
        }
        #expect(!told.contains(Workbench.pin))
        for (name, content) in bench.snapshot("home", "codes") {
            let bytes = content.split(separator: " ").last.flatMap { Data(base64Encoded: String($0)) } ?? Data()
            #expect(bytes.range(of: Data(Workbench.pin.utf8)) == nil, "\(name)")
        }
    }
}
