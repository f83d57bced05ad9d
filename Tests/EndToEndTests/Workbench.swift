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

    init() throws {
        folder = NSTemporaryDirectory() + "licet-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LANG": "C.UTF-8",
            "HOME": folder, "LICET_HOME": "\(folder)/home", "XDG_STATE_HOME": "\(folder)/state",
            "LICET_OFFICER": "test officer",
        ]
        try write(secret: "a passphrase for tests", to: passphrase)
    }

    /// Writes the first line of a file that nobody else may read.
    func write(secret: String, to file: String) throws {
        try Data("\(secret)\n".utf8).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

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

    /// Runs `licet` with the passphrase where it takes one.
    @discardableResult
    func licet(_ arguments: [String], input: String? = nil) throws -> Outcome {
        let opening = ["authority", "office", "issue", "change", "publish"]
        let needsPassphrase = arguments.first.map(opening.contains) ?? false
        return try run(
            Self.program("licet"),
            arguments + (needsPassphrase ? ["--passphrase-file", passphrase] : []),
            input: input
        )
    }

    /// Runs `licet`, which must succeed; what it printed.
    @discardableResult
    func succeed(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let outcome = try licet(arguments)
        #expect(outcome.status == 0, "\(arguments.first ?? ""): \(outcome.error)", sourceLocation: sourceLocation)
        return outcome.output
    }

    /// Runs any program to its end.
    func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = environment
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
    func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Self.program("licet"))
        process.arguments = arguments + ["--passphrase-file", passphrase]
        process.environment = environment
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
        for (key, value) in changes { fields[key] = value }
        let data = try JSONSerialization.data(withJSONObject: fields)
        try data.write(to: URL(filePath: path(name)))
        return path(name)
    }

    func files(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
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
