import Licence
import LicenceCode
package import OpenSSL

/// What a log has told so far: goes along its entries one by one, and says of each what it must not do.
///
/// Whoever replays a whole log knows what each list must say, and that no index was used twice, no licence granted twice, and no status taken
/// back.
package struct LogReplay {
    /// By the name that the two lists of a pair share.
    package private(set) var lists: [String: List] = [:]
    /// The newest of each list that was told of.
    package private(set) var table = ListTable()
    /// The entry that ended the last publication.
    package private(set) var end: LogEntry?
    /// How far the acts had come when the last publication ended, and the hash of the last one.
    package private(set) var registry: (acts: Int, head: Digest)?
    /// How many entries were gone along.
    package private(set) var count = 0
    /// What became of the registry that people should know, though it breaks no rule.
    package private(set) var notices: [String] = []

    private var lastAct = 0
    private var lastTime = Instant(seconds: 0)
    /// The version of each licence that was granted last; by the first 8 bytes of its subject, since there are many.
    private var current: [UInt64: Place] = [:]
    private var mayLose = false
    private var names: [String] = []
    private var numbers: [String: Int] = [:]

    private struct Place {
        let list: UInt32
        let index: UInt32
    }

    package init() {}

    /// What was told of the entries of a pair of lists; it takes memory for these alone, wherever in the list they stand.
    package struct List {
        private var entries: [UInt32: Entry] = [:]
        package private(set) var used = 0
        /// By kinds of list that were signed: what entries were then, of those that were told of since.
        ///
        /// Others are at work while lists are signed one after another.
        private var before: [ListKind: [UInt32: Entry]] = [:]

        package init() {}

        private struct Entry {
            var status = ListedStatus.neverIssued
            var digest = Beginning([])
        }

        package func status(at index: Int) -> ListedStatus {
            UInt32(exactly: index).flatMap { entries[$0] }?.status ?? .neverIssued
        }

        fileprivate mutating func set(_ effect: LogEntry.Effect) {
            let index = UInt32(effect.index)
            let was = entries[index] ?? Entry()
            for kind in ListKind.allCases where before[kind].map({ $0[index] == nil }) ?? false {
                before[kind]?[index] = was
            }
            if was.status == .neverIssued, effect.status != .neverIssued { used += 1 }
            if was.status != .neverIssued, effect.status == .neverIssued { used -= 1 }
            entries[index] = Entry(status: effect.status, digest: Beginning(effect.digest))
        }

        /// The list of a kind was signed, and tells of all until here.
        fileprivate mutating func sign(_ kind: ListKind) { before[kind] = [:] }

        /// Whether an entry was told of as that of a digest, of which the beginning is known.
        fileprivate func isOf(_ digest: [UInt8], at index: Int) -> Bool {
            UInt32(exactly: index).flatMap { entries[$0] }?.digest == Beginning(digest)
        }

        /// Whether the code of `digest` was issued at an index.
        package func isDigest(_ digest: Digest, at index: Int) -> Bool { isOf(digest.bytes, at: index) }

        /// That the entries that are not among `present` are lost.
        package func lost(among present: Set<Int>, of name: String) -> [LogEntry.Effect] {
            entries.filter { $0.value.status != .neverIssued && !present.contains(Int($0.key)) }
                .sorted { $0.key < $1.key }
                .map { index, entry in
                    LogEntry.Effect(list: name, index: Int(index), digest: entry.digest.bytes, status: .neverIssued)
                }
        }

        /// What became of all that was issued, by index.
        package var issued: [(index: Int, status: ListedStatus)] {
            entries.compactMap { $0.value.status == .neverIssued ? nil : (Int($0.key), $0.value.status) }
        }

        /// Whether a status list says what was told until it was signed last, and nothing else.
        package func isSaid(by list: StatusList) -> Bool {
            let never = ListedStatus.neverIssued.rawValue
            var count = 0
            for index in entries.keys {
                let told = told(at: index, in: .status).status
                if told == .neverIssued { continue }
                count += 1
                guard list.value(at: Int(index)) == told.rawValue else { return false }
            }
            return (0..<list.count).count { list.value(at: $0) != never } == count
        }

        /// Whether an issued list says what was told until it was signed last, and nothing else.
        package func isSaid(by list: IssuedList) -> Bool {
            var count = 0
            for index in entries.keys {
                let told = told(at: index, in: .issued)
                if told.status == .neverIssued { continue }
                count += 1
                guard let listed = list.digest(at: Int(index)), Beginning(listed) == told.digest else { return false }
            }
            return list.count == count
        }

        private func told(at index: UInt32, in kind: ListKind) -> Entry {
            before[kind]?[index] ?? entries[index] ?? Entry()
        }

        /// ``IssuedList/digestBytes`` of a digest, without an array for each.
        private struct Beginning: Equatable {
            private let high: UInt64
            private let low: UInt16

            init(_ bytes: some Collection<UInt8>) {
                high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
                low = bytes.dropFirst(8).prefix(IssuedList.digestBytes - 8).reduce(0) { $0 << 8 | UInt16($1) }
            }

            var bytes: [UInt8] {
                (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) } + [UInt8(low >> 8), UInt8(low & 0xFF)]
            }
        }
    }

    /// Goes along one more entry; what is wrong with it, in words.
    package mutating func apply(_ entry: LogEntry) -> [String] {
        defer { count += 1 }
        var faults: [String] = []
        switch entry.content {
        case .act(let act): faults = apply(act, at: entry.at)
        case .list(let list):
            if let last = table[list.path], list.sequence <= last.sequence {
                faults.append("\(list.path) has number \(list.sequence) after \(last.sequence)")
            }
            guard ListKind.isPath(list.path) else {
                faults.append("\(list.path.prefix(40)) is no list")
                break
            }
            table.tell(list, at: count)
            if let kind = ListKind(path: list.path) { lists[kind.name(at: list.path)]?.sign(kind) }
        case .registry(let acts, let head, let lists):
            if let registry, !mayLose, acts < registry.acts || acts == registry.acts && head != registry.head {
                faults.append("the registry has \(acts) acts after \(registry.acts), or others")
            }
            if lists != table.digest { faults.append("the registry's entry names other lists than were told of") }
            end = entry
            registry = (acts, head)
            mayLose = false
        case .restore(let act, _):
            notices.append("entry \(count): at \(entry.at) a registry from before was put back, as its act \(act)")
            lastAct = act - 1
            mayLose = true
        case .loss(let effects):
            if !mayLose { faults.append("\(effects.count) licences are lost, and no registry was put back") }
            notices.append("entry \(count): \(effects.count) licences are lost, or stand otherwise")
            for effect in effects { set(effect) }
        }
        return faults.map { "entry \(count): \($0)" }
    }

    private mutating func apply(_ act: LogEntry.ActOnLicence, at time: Instant) -> [String] {
        var faults: [String] = []
        let name = "act \(act.number), \(act.kind.rawValue)"
        if act.number <= lastAct { faults.append("\(name): comes after act \(lastAct)") }
        if time < lastTime { faults.append("\(name): was at \(time), and the one before at \(lastTime)") }
        (lastAct, lastTime) = (max(lastAct, act.number), max(lastTime, time))
        let key = act.subject.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let held = current[key].map { (list: names[Int($0.list)], index: Int($0.index)) }
        var rest = act.effects[...]
        if act.kind.makesVersion {
            let new = rest.removeFirst()
            if status(new.list, new.index) != .neverIssued {
                faults.append("\(name): entry \(new.index) of \(new.list) was given away before")
            }
            if ![.valid, .suspended, .dormant].contains(new.status) {
                faults.append("\(name): a new version is \(new.status)")
            }
            if act.kind == .issue, let held, ![.superseded, .neverIssued].contains(status(held.list, held.index)) {
                faults.append(
                    "\(name): the business has a licence already, entry \(held.index) of \(held.list), which is "
                        + "\(status(held.list, held.index))"
                )
            }
            set(new)
            current[key] = place(new)
        }
        let isNext = act.kind.makesVersion && act.kind != .issue
        if rest.count != (act.kind.makesVersion && !isNext ? 0 : 1) {
            faults.append("\(name): has \(act.effects.count) effects")
        }
        for effect in rest {
            let was = status(effect.list, effect.index)
            // What was granted last may be lost.
            let isLost = held.map { status($0.list, $0.index) == .neverIssued } ?? true
            if let held, held != (effect.list, effect.index), !isLost {
                faults.append("\(name): entry \(effect.index) of \(effect.list) is not the licence's newest version")
            }
            if !effect.status.canFollow(was) || was == .neverIssued || isNext && effect.status != .superseded {
                faults.append("\(name): entry \(effect.index) of \(effect.list) is \(effect.status) after \(was)")
            } else if case .status(let status)? = act.kind.outcome(from: was.plain),
                ListedStatus(status) != effect.status
            {
                faults.append("\(name): entry \(effect.index) of \(effect.list) became \(effect.status)")
            }
            if lists[effect.list]?.isOf(effect.digest, at: effect.index) != true {
                faults.append("\(name): entry \(effect.index) of \(effect.list) is of another code")
            }
            set(effect)
        }
        return faults
    }

    private func status(_ list: String, _ index: Int) -> ListedStatus { lists[list]?.status(at: index) ?? .neverIssued }

    private mutating func set(_ effect: LogEntry.Effect) { lists[effect.list, default: List()].set(effect) }

    private mutating func place(_ effect: LogEntry.Effect) -> Place {
        let number = numbers[effect.list] ?? names.count
        if number == names.count {
            names.append(effect.list)
            numbers[effect.list] = number
        }
        return Place(list: UInt32(number), index: UInt32(effect.index))
    }
}

extension ListedStatus {
    /// What a licence of this status may be; a superseded one may have moved away.
    fileprivate var plain: LicenceStatus? {
        switch self {
        case .valid: .valid
        case .revoked: .revoked
        case .suspended: .suspended
        case .superseded: .relocated
        case .cancelled: .cancelled
        case .annulled: .annulled
        case .dormant: .dormant
        case .neverIssued: nil
        }
    }

    /// Whether the business's licence came to its end, and not only this version of it.
    package var isEnd: Bool { [.revoked, .cancelled, .annulled].contains(self) }

    /// Whether it can end, and the licence be valid again.
    package var isReversible: Bool { [.suspended, .dormant].contains(self) }

    /// Whether an act can lead here from `before`; a licence that moved away is listed as superseded, and may come to its end.
    package func canFollow(_ before: ListedStatus) -> Bool {
        switch before {
        case .superseded: isEnd
        case .revoked: self == .cancelled
        case .cancelled, .annulled: false
        case .valid, .suspended, .dormant, .neverIssued: true
        }
    }
}
