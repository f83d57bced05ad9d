import Foundation
import Testing

/// A folder of its own with an authority, and the built programs run in it.
struct Workbench {
    let folder: String
    private let environment: [String: String]

    /// What a program did.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    /// Whether programs find no terminal that they could ask, from wherever these tests are run.
    private static let hasNoTerminal: Bool = {
        let terminal = open("/dev/tty", O_RDWR)
        guard terminal >= 0 else { return true }
        defer { close(terminal) }
        return getsid(0) != getpid() && ioctl(terminal, UInt(TIOCNOTTY)) == 0
    }()

    init() throws {
        try #require(Self.hasNoTerminal)
        folder = NSTemporaryDirectory() + "licet-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LANG": "C.UTF-8",
            "HOME": folder, "LICET_HOME": "\(folder)/home", "XDG_STATE_HOME": "\(folder)/state",
            "LICET_OFFICER": "test officer", "SOFTHSM2_CONF": "\(folder)/softhsm2.conf",
        ]
        try write(secret: "a passphrase for tests", to: passphrase)
    }

    /// Writes the first line of a file that nobody else may read.
    func write(secret: String, to file: String) throws {
        try Data("\(secret)\n".utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    /// Takes the folder away, after the whole registry was rechecked: whatever a test did, nothing in it may be wrong.
    func remove(sourceLocation: SourceLocation = #_sourceLocation) {
        if FileManager.default.fileExists(atPath: path("home/licet.sqlite")) {
            let examined = Result { try licet(["doctor"]) }
            if (try? examined.get().status) != 0 {
                let report = (try? examined.get()).map { $0.output + $0.error } ?? "\(examined)"
                Issue.record("licet doctor: \(report)", sourceLocation: sourceLocation)
            }
        }
        discard()
    }

    /// Takes the folder away as it is: for tests that damage the registry on purpose.
    func discard() { try? FileManager.default.removeItem(atPath: folder) }

    var passphrase: String { "\(folder)/passphrase" }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The repository that these tests were built from.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A program that was built with these tests.
    static func program(_ name: String) -> String {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        let products =
            bundle?.deletingLastPathComponent() ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appending(path: name).path
    }

    static var applications: [String] {
        let folder = "\(repository)/templates/applications"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { "\(folder)/\($0)" }
    }

    /// Makes the authority with one office in 341181.
    func found() throws {
        try succeed(["authority", "create", "--name", "安徽省市场监督管理局", "--verify-address", "https://lic.example.cn"])
        try succeed(["office", "add", "341181", "--name", "天长市市场监督管理局", "--name-en", "Tianchang Office"])
    }

    /// How `licet` comes by passphrases and PINs.
    enum Opening {
        /// The file of the bench.
        case passphraseFile
        /// These arguments, to commands that open keys.
        case arguments([String])
        /// systemd's folder.
        case credentials(String)

        fileprivate var arguments: [String]? { if case .arguments(let arguments) = self { arguments } else { nil } }
        fileprivate var environment: [String: String] {
            if case .credentials(let folder) = self { ["CREDENTIALS_DIRECTORY": folder] } else { [:] }
        }
    }

    /// Runs `licet` with what opens keys where it takes that.
    @discardableResult
    func licet(_ arguments: [String], input: String? = nil, opening: Opening = .passphraseFile) throws -> Outcome {
        try run(
            Self.program("licet"),
            whole(arguments, opening),
            input: input,
            environment: opening.environment
        )
    }

    /// Commands that open a key: the authority's, or that of the officer who acts.
    private static let opening: Set = [
        "authority", "office", "officer", "policy", "approve", "issue", "change", "renew", "replace", "suspend",
        "resume",
        "dormant", "relocate", "revoke", "cancel", "annul", "publish", "restore",
    ]

    private func whole(_ arguments: [String], _ opening: Opening) -> [String] {
        let keyless = [
            ["authority", "status"], ["authority", "request"], ["authority", "transcript"], ["office", "list"],
            ["officer", "list"],
        ]
        let isKeyless = keyless.contains(Array(arguments.prefix(2)))
        let opens = arguments.first.map(Self.opening.contains) ?? false
        guard opens, !isKeyless else { return arguments }
        if case .passphraseFile = opening { return arguments + ["--passphrase-file", passphrase] }
        let more = opening.arguments ?? []
        // A token opens with a PIN; the officer's own key is in a file.
        let isOfTokens = more.contains("--pin-file") && arguments.prefix(2) != ["authority", "ceremony"]
        return arguments + more + (isOfTokens ? ["--officer-passphrase-file", passphrase] : [])
    }

    /// Runs `licet`, which must succeed; what it printed.
    @discardableResult
    func succeed(
        _ arguments: [String],
        opening: Opening = .passphraseFile,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try licet(arguments, opening: opening)
        let name = arguments.prefix(2).joined(separator: " ")
        #expect(outcome.status == 0, "\(name): \(outcome.error)", sourceLocation: sourceLocation)
        return outcome.output
    }

    /// Runs any program to its end.
    func run(
        _ program: String,
        _ arguments: [String],
        input: String? = nil,
        environment more: [String: String] = [:]
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = environment.merging(more) { $1 }
        process.currentDirectoryURL = URL(filePath: folder)
        // Files, since a pipe that nobody empties stops the program.
        let names = ["out", "err", "in"].map { path("\($0)-\(UUID().uuidString)") }
        for name in names { try Data((name == names[2] ? input ?? "" : "").utf8).write(to: URL(filePath: name)) }
        defer { for name in names { try? FileManager.default.removeItem(atPath: name) } }
        process.standardOutput = FileHandle(forWritingAtPath: names[0])
        process.standardError = FileHandle(forWritingAtPath: names[1])
        process.standardInput = FileHandle(forReadingAtPath: names[2])
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: try String(contentsOfFile: names[0], encoding: .utf8),
            error: try String(contentsOfFile: names[1], encoding: .utf8)
        )
    }

    /// Starts `licet` and leaves it running.
    func start(_ arguments: [String], opening: Opening = .passphraseFile) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Self.program("licet"))
        process.arguments = whole(arguments, opening)
        process.environment = environment.merging(opening.environment) { $1 }
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Writes an application that is right but for `changes`; nil takes a field away.
    func application(_ changes: [String: Any?] = [:], name: String = "application.json") throws -> String {
        var fields: [String: Any] = [
            "creditCode": "91341181MA2QW7K3XM", "kind": "company", "name": "天长市测试科技有限公司",
            "type": "有限责任公司(自然人投资或控股)", "representative": "王小明",
            "capital": ["amount": "1000000.00", "currency": "CNY"], "established": "2019-06-12",
            "address": "安徽省滁州市天长市永福路1号", "scope": "软件开发；软件销售",
        ]
        // Another business has another name, unless a test is about that.
        if let code = changes["creditCode"] as? String { fields["name"] = "天长市测试\(code.suffix(9))科技有限公司" }
        for (key, value) in changes { fields[key] = value }
        let data = try JSONSerialization.data(withJSONObject: fields)
        try data.write(to: URL(filePath: path(name)))
        return path(name)
    }

    /// Invents `count` applications in 341181.
    func applications(_ count: Int, seed: Int = 1) throws -> String {
        let arguments = [
            "--count", "\(count)", "--seed", "\(seed)", "--division", "341181", "--out", "applications.json",
        ]
        let made = try run(
            "/usr/bin/env",
            ["python3", "\(Self.repository)/scripts/make-applications"] + arguments
        )
        #expect(made.status == 0, "\(made.error)")
        return path("applications.json")
    }

    func files(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
    }

    /// Every file and folder below `names`, with mode and content, so that any change shows.
    func snapshot(_ names: String...) -> [String: String] {
        var found: [String: String] = [:]
        for name in names {
            let inside = FileManager.default.enumerator(atPath: path(name))?.compactMap { $0 as? String } ?? []
            for file in [name] + inside.map({ "\(name)/\($0)" }) {
                let facts = try? FileManager.default.attributesOfItem(atPath: path(file))
                let content = FileManager.default.contents(atPath: path(file))?.base64EncodedString() ?? ""
                found[file] = facts.map { "\($0[.type] ?? "") \($0[.posixPermissions] ?? "") \(content)" }
            }
        }
        return found
    }

    /// The lines of `licet list --json`, decoded.
    func register() throws -> [Registered] {
        try succeed(["list", "--json"]).split(separator: "\n").map {
            try JSONDecoder().decode(Registered.self, from: Data($0.utf8))
        }
    }

    struct Registered: Decodable {
        let status: String
        let office: String
        let list: Int
        let index: Int
        let digest: String
        let licence: Licence

        struct Licence: Decodable {
            let creditCode: String
            let version: Int
        }
    }
}
