import Foundation
import Publication
import Yams

/// What the command line, the environment and the configuration file say; the first of these that says something counts.
struct SettingsSources {
    private(set) var given: [SettingKey: Given] = [:]

    /// The greatest size of a configuration file.
    private static let maximumFile = 65_536

    /// Throws ``SettingsError`` for what no setting is called, and `PublicationError` for a file that cannot be read.
    init(flags: [(key: SettingKey, text: String, flag: String)], environment: [String: String], file: String?) throws {
        for key in SettingKey.allCases {
            if let text = key.standard { given[key] = Given(text: text, origin: .standard) }
        }
        if let file { try read(file) }
        try read(environment)
        for (key, text, flag) in flags { given[key] = Given(text: text, origin: .flag(flag)) }
    }

    private mutating func read(_ environment: [String: String]) throws(SettingsError) {
        // What systemd gives the unit is no more than a default, and LICET_ROOT is of `licet` as well.
        let common: [(String, SettingKey)] = [("STATE_DIRECTORY", .state), ("LICET_ROOT", .root)]
        for (variable, key) in common {
            guard let text = environment[variable], !text.isEmpty, given[key]?.origin ?? .standard == .standard
            else { continue }
            given[key] = Given(text: text, origin: .variable(variable))
        }
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("LICETD_") {
            guard let key = SettingKey.allCases.first(where: { $0.variable == variable }) else {
                throw SettingsError("\(variable): there is no such setting; `licetd --check-config` shows all")
            }
            // An empty one is none, as everywhere.
            if !text.isEmpty { given[key] = Given(text: text, origin: .variable(variable)) }
        }
    }

    private mutating func read(_ path: String) throws {
        let bytes = try DurableFile.read(path, limit: Self.maximumFile)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError("\(path): is not UTF-8 text; save it as UTF-8")
        }
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            let line = "\(error)".split(separator: "\n").first ?? ""
            throw SettingsError("\(path): is no YAML: \(line)")
        }
        // A file of comments alone says nothing.
        guard let node, node.null == nil else { return }
        try read(node, at: "", path)
    }

    private mutating func read(_ node: Node, at name: String, _ file: String) throws(SettingsError) {
        let line = node.mark?.line ?? 1
        // YAML's null says nothing; in quotation marks it is a text.
        if case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any, node.null != nil { return }
        if let mapping = node.mapping, SettingKey(rawValue: name) == nil {
            var seen: Set<String> = []
            for (key, value) in mapping {
                let part = key.string ?? ""
                let inner = name.isEmpty ? part : "\(name).\(part)"
                guard
                    SettingKey.allCases.contains(where: { $0.rawValue == inner || $0.rawValue.hasPrefix(inner + ".") })
                else {
                    throw SettingsError(noSetting: inner, at: "\(file):\(key.mark?.line ?? line)")
                }
                guard seen.insert(inner).inserted else {
                    throw SettingsError("\(file):\(key.mark?.line ?? line): \(inner) is there twice")
                }
                try read(value, at: inner, file)
            }
            return
        }
        guard let key = SettingKey(rawValue: name) else {
            throw SettingsError("\(file):\(line): \(name.isEmpty ? "the file" : name) is no mapping of names to values")
        }
        let texts = node.sequence.map { $0.map(\.string) } ?? [node.string]
        let values = texts.compactMap { $0 }
        guard values.count == texts.count, node.sequence == nil || key == .proxies else {
            throw SettingsError("\(file):\(line): \(name): is no single value")
        }
        // `limits.burst` and `burst` within `limits` are one.
        if case .file(_, let earlier)? = given[key]?.origin {
            throw SettingsError("\(file):\(line): \(name) is there twice; see line \(earlier)")
        }
        given[key] = Given(text: values.joined(separator: ","), origin: .file(file, line: line))
    }
}
