import Licence
import Licensing
import OpenSSL
import Publication

/// An entry of the log, for people and as JSON.
struct LogEntryDocument: Encodable {
    let kind: String
    let at: String
    let act: Int?
    let effects: [Effect]?
    let path: String?
    let sequence: Int?

    struct Effect: Encodable {
        let list: String
        let index: Int
        let digest: String
        let status: String
    }

    init(_ entry: LogEntry) {
        at = entry.at.description
        func effects(_ all: [LogEntry.Effect]) -> [Effect] {
            all.map { Effect(list: $0.list, index: $0.index, digest: $0.digest.hexadecimal, status: "\($0.status)") }
        }
        switch entry.content {
        case .act(let made):
            (kind, act, self.effects, path, sequence) = (
                made.kind.rawValue, made.number, effects(made.effects), nil, nil
            )
        case .list(let list): (kind, act, self.effects, path, sequence) = ("list", nil, nil, list.path, list.sequence)
        case .registry(let acts, _, _): (kind, act, self.effects, path, sequence) = ("registry", acts, nil, nil, nil)
        case .restore(let number, _): (kind, act, self.effects, path, sequence) = ("restore", number, nil, nil, nil)
        case .loss(let lost): (kind, act, self.effects, path, sequence) = ("loss", nil, effects(lost), nil, nil)
        }
    }

    var line: String {
        let what = effects.map {
            $0.map { "entry \($0.index) of \($0.list) became \($0.status), code \($0.digest)" }.joined(separator: "; ")
        }
        return "\(kind) at \(at)\(what.map { ": \($0)" } ?? path.map { ": \($0), number \(sequence ?? 0)" } ?? "")"
    }
}
