import Authority
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// What readers were told before a registry is taken on, as far as it can be known.
///
/// A log that has all that readers saw tells of everything. Where there is none, each log is heard as far as it goes, and each list.
struct Told {
    /// By the name that the two lists of a pair share.
    private(set) var tellers: [String: [Teller]] = [:]
    /// The greatest number of each list that a reader may have seen, and when it was signed, by path.
    private(set) var numbers: [String: (sequence: Int, issuedAt: Instant)] = [:]
    /// The greatest number of a list, by office.
    private(set) var lists: [DivisionCode: Int] = [:]
    /// What nobody looked at.
    private(set) var remarks: [String] = []

    /// Who tells of the entries of a list.
    enum Teller {
        case list(StatusList)
        /// What a log told of it, and when it ended.
        case log(LogReplay.List, until: Instant)

        var until: Instant {
            switch self {
            case .list(let list): list.claims.issuedAt
            case .log(_, let until): until
            }
        }

        func status(at index: Int) -> ListedStatus? {
            switch self {
            case .list(let list): list.value(at: index).flatMap { ListedStatus(rawValue: $0) }
            case .log(let list, _): list.status(at: index)
            }
        }

        /// Whether it knows that the entry was that of another code.
        func isOfOther(than digest: Digest, at index: Int) -> Bool {
            guard case .log(let list, _) = self else { return false }
            return list.status(at: index) != .neverIssued && !list.isDigest(digest, at: index)
        }

        /// What became of all that was issued.
        var issued: [(index: Int, status: ListedStatus)] {
            switch self {
            case .list(let list):
                (0..<list.count).compactMap { index in
                    status(at: index).flatMap { $0 == .neverIssued ? nil : (index, $0) }
                }
            case .log(let list, _): list.issued
            }
        }
    }

    /// Hears what is `published`, and the home's log as the restoration has it so far.
    init(
        _ published: Published,
        in folder: String?,
        _ way: LogPlan.Way,
        at home: Home,
        _ session: Registry.Session,
        _ numbersBefore: [String: Int],
        now: Instant
    ) throws {
        var (isWhole, replay, other, aside) = (false, LogReplay(), LogReplay(), String?.none)
        switch way {
        case .none: break
        case .own: (isWhole, replay) = (true, try LogFolder(home.log).replay().0)
        case .takenOver(let log):
            (isWhole, replay) = (true, try LogFolder(home.log).replay().0)
            (other, aside) = (log.other, log.aside)
            hear(other)
        // Only the home is believed without a signature.
        case .anew: replay = LogFolder(home.log).replayAsFar()
        }
        let isKnown = try replay.registry.map { try session.hash(ofAct: $0.acts) == $0.head } ?? false
        if !isKnown || !isWhole { hear(replay) }
        let until = replay.end?.at ?? Instant(seconds: 0)
        for (path, list) in published.statuses {
            // Of another log, perhaps from before this one began, are those that it does not have.
            if isWhole, let entry = published.entries[path], let index = list.claims.logIndex,
                (try? LogFolder(home.log).entry(index)) == entry
            {
                continue
            }
            tellers[ListKind.status.name(at: path), default: []].append(.list(list))
        }
        for (path, file) in published.files { see(path, file.sequence, file.issuedAt) }
        // A number that no publishing can have come to, one a second, is none of ours.
        func isPossible(_ sequence: Int) -> Bool { sequence < Int(now.seconds) }
        for table in [replay.table, other.table] {
            for path in table.paths {
                if let place = table[path], isPossible(place.sequence) { see(path, place.sequence, until) }
            }
        }
        let heard = numbers
        // Nobody has signed these, and so they only forbid.
        let last = LastPublication(at: home)?.files.mapValues(\.sequence) ?? [:]
        var recorded = try [session.publishedNumbers(), numbersBefore, last]
        let logs = [home.log, aside, isWhole ? nil : folder.map { "\($0)/\(AuthorityLog.folder)" }]
        // A number of a list that no office can have come to is none of ours either.
        var known = lists
        for list in try session.statusLists() { known[list.office] = max(known[list.office] ?? 0, list.number) }
        recorded += logs.compactMap { $0 }.flatMap(Self.numbers(inTablesOf:)).map { numbers in
            numbers.filter { path, _ in
                ListKind(path: path).flatMap { Published.place(ofListNamed: $0.name(at: path)) }.map { office, number in
                    known[office].map { number <= $0 + Self.mostNew } ?? false
                } ?? false
            }
        }
        for (path, sequence) in recorded.joined() where isPossible(sequence) { see(path, sequence, until) }
        remarks = unheard(heard, isWhole ? [] : published.damaged, isNamed: folder != nil)
    }

    /// So many lists an office may have begun since the copy was made, as tables say.
    private static let mostNew = 100

    private static func numbers(inTablesOf log: String) -> [[String: Int]] {
        LogFolder(log).tables().map { table in
            Dictionary(table.paths.map { ($0, table[$0]?.sequence ?? 0) }, uniquingKeysWith: max)
        }
    }

    /// Status lists that were published, by what is recorded, and of which nobody has told: `heard` are those of which somebody has.
    private func unheard(
        _ heard: [String: (sequence: Int, issuedAt: Instant)],
        _ damaged: Set<String>,
        isNamed: Bool
    ) -> [String] {
        Set(numbers.keys).union(damaged).sorted().compactMap { path in
            let sequence = numbers[path]?.sequence ?? 0
            let known = heard[path]?.sequence
            guard ListKind(path: path) == .status, known.map({ $0 < sequence }) ?? true else { return nil }
            let here =
                damaged.contains(path)
                ? "what lies there does not verify"
                : known.map { "here is number \($0)" } ?? (isNamed ? "it is not there" : "no publication was named")
            return
                "\(path) WAS SIGNED\(sequence > 0 ? " AS NUMBER \(sequence)" : ""), and nobody looked at that: \(here). Where it was published, "
                + "who was revoked since may be valid again; wherever a copy of it is, take the registry on once more with --publication"
        }
    }

    private mutating func hear(_ replay: LogReplay) {
        let until = replay.end?.at ?? Instant(seconds: 0)
        for (name, list) in replay.lists { tellers[name, default: []].append(.log(list, until: until)) }
    }

    private mutating func see(_ path: String, _ sequence: Int, _ issuedAt: Instant) {
        guard let kind = ListKind(path: path), let (office, number) = Published.place(ofListNamed: kind.name(at: path))
        else { return }
        lists[office] = max(lists[office] ?? 0, number)
        let seen = numbers[path]
        numbers[path] = (max(sequence, seen?.sequence ?? 0), max(issuedAt, seen?.issuedAt ?? issuedAt))
    }
}
