import Licence
package import LicenceCode
import OpenSSL

extension LogEntry {
    /// The entry as a CBOR map in core deterministic encoding.
    package var encoded: [UInt8] {
        var writer = CBORWriter()
        switch content {
        case .act(let act):
            head(of: 5, act.kind.rawValue, &writer)
            writer.int(3)
            writer.int(act.number)
            writer.int(4)
            writer.byteString(act.subject.bytes)
            write(act.effects, &writer)
        case .list(let list):
            head(of: 5, Word.list, &writer)
            writer.int(6)
            writer.text(list.path)
            writer.int(7)
            writer.int(list.sequence)
            writer.int(8)
            writer.byteString(list.digest.bytes)
        case .registry(let acts, let digest, let lists):
            head(of: 5, Word.registry, &writer)
            writer.int(3)
            writer.int(acts)
            writer.int(8)
            writer.byteString(digest.bytes)
            writer.int(9)
            writer.byteString(lists.bytes)
        case .restore(let act, let from):
            head(of: 4, Word.restore, &writer)
            writer.int(3)
            writer.int(act)
            writer.int(8)
            writer.byteString(from.bytes)
        case .loss(let effects):
            head(of: 3, Word.loss, &writer)
            write(effects, &writer)
        }
        return writer.bytes
    }

    private enum Word {
        static let list = "list"
        static let registry = "registry"
        static let restore = "restore"
        static let loss = "loss"
    }

    private func head(of pairs: Int, _ kind: String, _ writer: inout CBORWriter) {
        writer.map(pairs)
        writer.int(1)
        writer.text(kind)
        writer.int(2)
        writer.int(Int(at.seconds))
    }

    private func write(_ effects: [Effect], _ writer: inout CBORWriter) {
        writer.int(5)
        writer.array(effects.count)
        for effect in effects {
            writer.array(4)
            writer.text(effect.list)
            writer.int(effect.index)
            writer.byteString(effect.digest)
            writer.int(Int(effect.status.rawValue))
        }
    }

    /// The most effects of one entry, so that it stays below what a bundle takes.
    package static let maximumEffects = 1_000

    /// Reads ``encoded``; an entry of a later kind is an error, since nobody could say what it does.
    package init(_ bytes: some Collection<UInt8>) throws(CodeError) {
        var kind: String?
        var at: Instant?
        var number: Int?
        var subject: Subject?
        var effects: [Effect]?
        var path: String?
        var sequence: Int?
        var digest: Digest?
        var lists: Digest?
        var reader = CBORReader(Array(bytes))
        try reader.map { key, reader throws(CodeError) in
            switch key {
            case 1: kind = try reader.text()
            case 2: at = Instant(seconds: Int64(try reader.uint(upTo: .max)))
            case 3: number = try reader.uint(upTo: .max)
            case 4: subject = Subject(bytes: try reader.byteString(count: Subject.size))
            case 5: effects = try Self.effects(&reader)
            case 6: path = try reader.text()
            case 7: sequence = try reader.uint(upTo: .max)
            case 8: digest = Digest(bytes: try reader.byteString(count: 32))
            case 9: lists = Digest(bytes: try reader.byteString(count: 32))
            default: throw CodeError(.impossibleClaim, "the entry has a field \(key) that nobody knows")
            }
        }
        try reader.finish()
        guard let kind, let at else { throw CodeError(.missingClaim, "the entry lacks its kind or its time") }
        self.at = at
        let present = [
            number != nil, subject != nil, effects != nil, path != nil, sequence != nil, digest != nil, lists != nil,
        ]
        switch (kind, present) {
        case (Word.list, [false, false, false, true, true, true, false]):
            content = .list(SignedList(path: path ?? "", sequence: sequence ?? 0, digest: digest ?? Digest(of: [])))
        case (Word.registry, [true, false, false, false, false, true, true]):
            content = .registry(acts: number ?? 0, head: digest ?? Digest(of: []), lists: lists ?? Digest(of: []))
        case (Word.restore, [true, false, false, false, false, true, false]):
            content = .restore(act: number ?? 0, from: digest ?? Digest(of: []))
        case (Word.loss, [false, false, true, false, false, false, false]):
            content = .loss(effects ?? [])
        case (_, [true, true, true, false, false, false, false]):
            guard let kind = LicenceAct(rawValue: kind), let number, let subject, let effects,
                effects.allSatisfy({ $0.digest.count == 32 })
            else { throw CodeError(.impossibleClaim, "the entry is of a kind that nobody knows") }
            content = .act(ActOnLicence(kind: kind, number: number, subject: subject, effects: effects))
        default: throw CodeError(.impossibleClaim, "the entry is of a kind that nobody knows, or has not its fields")
        }
    }

    private static func effects(_ reader: inout CBORReader) throws(CodeError) -> [Effect] {
        let count = try reader.array()
        guard (1...maximumEffects).contains(count) else { throw CodeError(.impossibleClaim, "the entry has no effect") }
        var effects: [Effect] = []
        for _ in 0..<count {
            guard try reader.array() == 4 else { throw CodeError(.wrongType, "an effect is no array of four") }
            let list = try reader.text()
            let index = try reader.uint(upTo: ListReference.maximumEntries - 1)
            let digest = try reader.byteString()
            let status = ListedStatus(rawValue: UInt8(try reader.uint(upTo: 15)))
            guard let status, (IssuedList.digestBytes...32).contains(digest.count), ListKind.isName(list) else {
                throw CodeError(.impossibleClaim, "an effect has an impossible list, digest or status")
            }
            effects.append(Effect(list: list, index: index, digest: digest, status: status))
        }
        return effects
    }
}
