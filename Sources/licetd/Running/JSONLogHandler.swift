import Foundation
import Logging
import Synchronization

/// The level of all loggers, which SIGHUP may change.
final class LogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    init(_ level: Logger.Level) { self.level = Mutex(level) }

    var value: Logger.Level {
        get { level.withLock { $0 } }
        set { level.withLock { $0 = newValue } }
    }
}

/// Writes what is logged to standard error, a line each: as text, or as a JSON object with `time`, `level` and `message`.
struct LineLogHandler: LogHandler {
    let label: String
    let writesJSON: Bool
    let level: LogLevel
    var metadata: Logger.Metadata = [:]

    var logLevel: Logger.Level {
        get { level.value }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }
        // Hummingbird numbers requests, which says nothing to anybody.
        fields["hb.request.id"] = nil
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let line = writesJSON ? json(event, fields, time) : text(event, fields, time)
        StandardError.write(line)
    }

    private func text(_ event: LogEvent, _ fields: Logger.Metadata, _ time: String) -> String {
        let pairs = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
        return "\(time) \(event.level) \(event.message)\(pairs.joined())"
    }

    private func json(_ event: LogEvent, _ fields: Logger.Metadata, _ time: String) -> String {
        var object: [String: Any] = fields.mapValues(Self.value)
        object["time"] = time
        object["level"] = event.level.rawValue
        object["message"] = "\(event.message)"
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        let data = try? JSONSerialization.data(withJSONObject: object, options: options)
        return String(decoding: data ?? Data("{}".utf8), as: UTF8.self)
    }

    private static func value(_ value: Logger.Metadata.Value) -> Any {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): values.map(Self.value)
        case .dictionary(let values): values.mapValues(Self.value)
        }
    }

    /// In quotation marks where there is anything in it that could be taken for the line's own.
    private static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
        return isPlain ? text : text.debugDescription
    }
}
