import Foundation
import LicenceCode
import Logging
import Serving
import VerifierService

/// How the daemon runs; a value that exists is one that can be.
struct Settings {
    let given: [SettingKey: Given]
    /// A folder, or an address.
    let publication: String
    let isFromWeb: Bool
    let root: String
    let listen: ListenAddress
    /// The folder that survives a restart.
    let state: String
    let witnesses: String?
    let quorum: Int?
    /// The file of a registry, to look credit codes up in.
    let register: String?
    let proxies: [AddressRange]
    let cache: Int
    let syncEvery: Int
    let syncCAFile: String?
    let syncWholeLog: Bool
    let connections: Int
    let connectionsOfOne: Int
    let requestsPerSecond: Int
    let burst: Int
    let photos: Int
    let batches: Int
    let logLevel: Logger.Level
    let logsJSON: Bool
    let logsRequests: Bool
    let logsLicences: Bool
    let pages: PageSettings

    init(_ sources: SettingsSources) throws(SettingsError) {
        given = sources.given
        let values = SettingValues(given: sources.given)
        guard let publication = values.text(.publication) else {
            throw SettingsError("publication: is not set; --publication names a folder or the address of one")
        }
        self.publication = publication
        let lower = publication.lowercased()
        isFromWeb = lower.hasPrefix("https://") || lower.hasPrefix("http://")
        // The paths of files are put behind it.
        guard !isFromWeb || !publication.contains(where: { "?#".contains($0) }) else {
            throw SettingsError("publication: the address of a folder has no ? and no #")
        }
        root = values.text(.root) ?? ""
        listen = try values.value(.listen, "HOST:PORT, such as 127.0.0.1:8787", ListenAddress.init)
        state = values.text(.state) ?? Self.standardState
        witnesses = values.text(.witnesses)
        quorum = try values.number(.quorum, in: 1...1_000)
        guard quorum == nil || witnesses != nil else {
            throw SettingsError("quorum is of witnesses; set both, or neither")
        }
        register = values.text(.register)
        proxies = try values.list(.proxies, "addresses such as 10.0.0.0/8", AddressRange.init)
        cache = try values.number(.cache, in: 0...10_000_000) ?? 0
        syncEvery = try values.seconds(.syncEvery, in: 5...86_400)
        syncCAFile = values.text(.syncCAFile)
        syncWholeLog = try values.isYes(.syncWholeLog)
        connections = try values.number(.connections, in: 1...1_000_000) ?? 1
        connectionsOfOne = try values.number(.connectionsOfOne, in: 0...1_000_000) ?? 0
        requestsPerSecond = try values.number(.requestsPerSecond, in: 0...1_000_000) ?? 0
        burst = try values.number(.burst, in: 1...10_000_000) ?? 1
        photos = try values.number(.photos, in: 1...64) ?? 1
        batches = try values.number(.batches, in: 1...1_024) ?? 1
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        logLevel = try values.value(.logLevel, "one of \(levels)") { Logger.Level(rawValue: $0) }
        logsJSON = try values.value(.logFormat, "text or json") { ["json": true, "text": false][$0] }
        logsRequests = try values.isYes(.logRequests)
        logsLicences = try values.isYes(.logLicences)
        let report = PageSettings.Report(
            phone: try values.line(.reportPhone, limit: 40),
            address: try values.line(.reportAddress, limit: 200),
            textEN: try values.line(.reportTextEN, limit: 500),
            textZH: try values.line(.reportTextZH, limit: 500)
        )
        pages = PageSettings(
            host: try values.host(.host),
            report: report,
            // Without lines there is nothing for it to stand in.
            logsLicences: logsRequests && logsLicences
        )
    }

    /// Of a user who runs it by hand; a unit of systemd has STATE_DIRECTORY.
    private static var standardState: String {
        let named = ProcessInfo.processInfo.environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return "\(named ?? "\(NSHomeDirectory())/.local/state")/licetd"
    }
}

/// Texts as what they stand for.
struct SettingValues {
    let given: [SettingKey: Given]

    func text(_ key: SettingKey) -> String? { given[key].flatMap { $0.text.isEmpty ? nil : $0.text } }

    func value<Value>(
        _ key: SettingKey,
        _ expected: String,
        _ read: (String) -> Value?
    ) throws(SettingsError) -> Value {
        guard let said = given[key] else { throw SettingsError("\(key.rawValue): is not set") }
        guard let value = read(said.text) else { throw SettingsError(key, said, "expected \(expected)") }
        return value
    }

    func list<Value>(
        _ key: SettingKey,
        _ expected: String,
        _ read: (String) -> Value?
    ) throws(SettingsError) -> [Value] {
        guard let said = given[key] else { return [] }
        let texts = said.text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let values = texts.compactMap(read)
        guard values.count == texts.count else { throw SettingsError(key, said, "expected \(expected)") }
        return values
    }

    func number(_ key: SettingKey, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        guard given[key] != nil else { return nil }
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        return try value(key, expected) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }

    func seconds(_ key: SettingKey, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
        let expected = "a span of time from \(range.lowerBound)s to \(range.upperBound)s, such as 30s, 5m or 1h"
        return try value(key, expected) { text in
            let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600]
            guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count > 0,
                count <= range.upperBound, range.contains(count * unit)
            else { return nil }
            return count * unit
        }
    }

    func isYes(_ key: SettingKey) throws(SettingsError) -> Bool {
        try value(key, "yes or no") { ["yes": true, "true": true, "no": false, "false": false][$0.lowercased()] }
    }

    /// The name of a host, perhaps with a port, as it stands in an address bar.
    func host(_ key: SettingKey) throws(SettingsError) -> String? {
        guard text(key) != nil else { return nil }
        let host: String = try value(key, "a host without https:// and /, such as lic.example.cn") { text in
            // What a browser shows of an address that begins so.
            let isHost = (try? CodePrefix(verifyAddress: "https://\(text)")) != nil
            return isHost && !text.hasSuffix("/") ? text : nil
        }
        return host
    }

    /// A line that people are shown.
    func line(_ key: SettingKey, limit: Int) throws(SettingsError) -> String? {
        guard text(key) != nil else { return nil }
        let line: String = try value(key, "a line of at most \(limit) characters") { text in
            let isPlain = text.unicodeScalars.allSatisfy {
                ![.control, .format].contains($0.properties.generalCategory)
            }
            return isPlain && text.count <= limit ? text : nil
        }
        return line
    }
}

extension Settings {
    /// The publication's place, without a name and a password that somebody may have put into an address, well written or not.
    var shownPublication: String {
        guard !publication.hasPrefix("/"), let end = publication.lastIndex(of: "@") else { return publication }
        let lower = publication.lowercased()
        let scheme = ["https", "http"].first { lower.hasPrefix($0) } ?? ""
        let signs = publication.dropFirst(scheme.count).prefix { ":/".contains($0) }
        return "\(scheme)\(scheme.isEmpty ? "" : signs)…\(publication[end...])"
    }
}
