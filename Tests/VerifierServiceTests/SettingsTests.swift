import Foundation
import Logging
import Serving
import Testing
import VerifierService

@testable import licetd

/// Where a setting comes from, and what is refused.
@Suite struct SettingsTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "licet-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func settings(
        _ yaml: String? = nil,
        environment: [String: String] = [:],
        flags: [SettingKey: String] = [.publication: "/srv/publication"]
    ) throws -> Settings {
        let file = "\(folder)/licetd.yaml"
        if let yaml { try Data(yaml.utf8).write(to: URL(fileURLWithPath: file)) }
        let sources = try SettingsSources(
            flags: flags.map { ($0.key, $0.value, "--\($0.key.rawValue)") },
            environment: environment,
            file: yaml == nil ? nil : file
        )
        return try Settings(sources)
    }

    private func refusal(_ yaml: String? = nil, environment: [String: String] = [:]) -> String {
        do { _ = try settings(yaml, environment: environment) } catch { return "\(error)".replacing(folder, with: "") }
        return "nothing"
    }

    @Test func hasSaneDefaults() throws {
        let settings = try settings()
        #expect(settings.listen.description == "127.0.0.1:8787")
        #expect(settings.requestsPerSecond == 100 && settings.burst == 1_000 && settings.connections == 1_024)
        #expect(settings.proxies.isEmpty && !settings.logsRequests && !settings.logsLicences)
        #expect(settings.logLevel == .notice && settings.syncEvery == 60)
    }

    @Test func theFlagBeatsTheEnvironmentAndThatTheFileAndThatTheDefault() throws {
        let yaml = "listen: 127.0.0.1:1\ncache: 10\nlimits:\n  burst: 20\n  photos: 3\n"
        let environment = ["LICETD_CACHE": "11", "LICETD_LIMITS_BURST": "21"]
        let found = try settings(yaml, environment: environment, flags: [.publication: "/p", .burst: "22"])
        #expect(found.photos == 3 && found.cache == 11 && found.burst == 22 && found.batches == 32)
        #expect(found.given[.photos]?.origin == .file("\(folder)/licetd.yaml", line: 5))
        #expect(found.given[.cache]?.origin == .variable("LICETD_CACHE"))
        #expect(found.given[.burst]?.origin == .flag("--limits.burst"))
        #expect(found.given[.batches]?.origin == .standard)
    }

    @Test func aRegisterIsAttachedOnlyWhereSomebodySaysSo() throws {
        #expect(try settings().register == nil)
        #expect(try settings("register: /a\n").register == "/a")
        #expect(try settings("register: /a\n", environment: ["LICETD_REGISTER": "/b"]).register == "/b")
        #expect(try settings(environment: ["LICETD_REGISTER": ""]).register == nil)
    }

    @Test func whatSystemdAndLicetSayIsLessThanTheDaemonsOwn() throws {
        let environment = ["STATE_DIRECTORY": "/var/lib/licetd", "LICET_ROOT": "/a.crt"]
        #expect(try settings(environment: environment).state == "/var/lib/licetd")
        #expect(try settings(environment: environment).root == "/a.crt")
        #expect(try settings("state: /s\nroot: /b.crt\n", environment: environment).state == "/s")
        #expect(try settings("root: /b.crt\n", environment: environment).root == "/b.crt")
        let own = environment.merging(["LICETD_ROOT": "/c.crt", "LICETD_STATE": "/t"]) { $1 }
        #expect(try settings(environment: own).root == "/c.crt")
        #expect(try settings(environment: own).state == "/t")
    }

    @Test func readsEverySettingOfAFile() throws {
        let yaml = """
            publication: https://lic.example.cn/publication
            proxies: [127.0.0.1, "10.0.0.0/8"]
            sync: {every: 5m, whole-log: yes}
            log: {level: debug, format: json, requests: true}
            host: lic.example.cn
            report: {phone: "12315", text-zh: 请拨打 12315}
            """
        let found = try settings(yaml, flags: [:])
        #expect(found.isFromWeb && found.syncEvery == 300 && found.syncWholeLog)
        #expect(found.proxies.map(\.description) == ["127.0.0.1", "10.0.0.0/8"])
        #expect(found.logLevel == .debug && found.logsJSON && found.logsRequests)
        #expect(found.pages.host == "lic.example.cn" && found.pages.report.phone == "12315")
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "limits: {}\n"]) func aFileMaySayNothing(yaml: String) throws {
        #expect(try settings(yaml).cache == 4_096)
    }

    @Test(arguments: [
        ("listn: 127.0.0.1:1\n", "/licetd.yaml:1: there is no setting listn"),
        ("limits:\n  bursts: 1\n", "/licetd.yaml:2: there is no setting limits.bursts"),
        ("limits:\n  burst: many\n", "/licetd.yaml:2: limits.burst: expected a number from 1"),
        ("limits: 5\n", "/licetd.yaml:1: limits is no mapping"),
        ("cache: [1, 2]\n", "/licetd.yaml:1: cache: is no single value"),
        ("cache:\n  size: 1\n", "/licetd.yaml:2: cache: is no single value"),
        ("- cache\n", "/licetd.yaml:1: the file is no mapping"), ("cache: {", "/licetd.yaml: is no YAML"),
        ("cache: 1\ncache: 2\n", "/licetd.yaml"),
        ("proxies: 10.0.0.1/8\n", "/licetd.yaml:1: proxies: expected addresses"),
        ("sync: {every: 1s}\n", "/licetd.yaml:1: sync.every: expected a span of time"),
        ("log: {requests: maybe}\n", "/licetd.yaml:1: log.requests: expected yes or no"),
        ("log: {level: loud}\n", "/licetd.yaml:1: log.level: expected one of"),
        ("quorum: 2\n", "quorum is of witnesses"), ("host: \"a\\u0007\"\n", "/licetd.yaml:1: host: expected a host"),
        ("host: https://lic.example.cn/\n", "/licetd.yaml:1: host: expected a host"),
        ("host: lic example\n", "/licetd.yaml:1: host: expected a host"),
        ("host: lic.example.cn/\n", "/licetd.yaml:1: host: expected a host"),
        ("limits.burst: 5\nlimits: {burst: 6}\n", "/licetd.yaml:2: limits.burst is there twice; see line 1"),
    ])
    func refusesWhatCannotBeAndSaysWhere(yaml: String, reason: String) {
        #expect(refusal(yaml).hasPrefix(reason), "\(refusal(yaml))")
    }

    @Test(arguments: ["~", "null", ""]) func nullSaysNothing(null: String) throws {
        let found = try settings("host: \(null)\ncache: \(null)\nreport: {phone: \(null)}\n")
        #expect(found.pages.host == nil && found.pages.report.phone == nil && found.cache == 4_096)
    }

    @Test func refusesAVariableThatIsNoSetting() {
        #expect(refusal(environment: ["LICETD_LISTN": "1"]).hasPrefix("LICETD_LISTN: there is no such setting"))
        #expect(refusal(environment: ["LICETD_LISTEN": "1"]).hasPrefix("LICETD_LISTEN: listen: expected HOST:PORT"))
        #expect(refusal(environment: ["LICETD_LISTEN": ""]) == "nothing")
    }

    @Test(arguments: [
        ("limits.bursts=500", "--set limits.bursts=500: there is no setting limits.bursts; limits.burst is one; "),
        ("LISTEN=a:1", "--set LISTEN=a:1: there is no setting LISTEN; `licetd --check-config` shows all"),
        ("limits.burst", "--set limits.burst: expected NAME=VALUE"), ("=5", "--set =5: expected NAME=VALUE"),
    ])
    func saysWhatIsWrongWithASettingOfTheCommandLine(text: String, reason: String) {
        do {
            _ = try SettingKey.assignment(text)
            Issue.record("\(text) is taken")
        } catch { #expect(error.description.hasPrefix(reason), "\(error)") }
    }

    @Test func takesASettingOfTheCommandLineWithWhateverFollows() throws {
        let assignment = try SettingKey.assignment("report.address=https://lic.example.cn/?a=b")
        #expect(assignment == (.reportAddress, "https://lic.example.cn/?a=b"))
    }

    @Test(arguments: ["https://lic.example.cn/p?token=a", "HTTP://127.0.0.1:8080/p#a", "https://lic.example.cn/?"])
    func refusesAnAddressBehindWhichNoFileCanBeNamed(address: String) throws {
        #expect(throws: SettingsError.self) { try settings(flags: [.publication: address]) }
        #expect(try settings(flags: [.publication: "/srv/p?#"]).publication == "/srv/p?#")
    }

    @Test func needsAPublication() {
        #expect(throws: SettingsError.self) { try settings(flags: [:]) }
    }
}
