import Dispatch
import Licence
import LicenceCode
import OpenSSL
import Publication
import Synchronization
import TransparencyLog

/// Which lists of a publication a copy is to have, and which of them are not the newest any more.
struct ListSearch {
    let scope: Sync.Scope
    let staged: StagedPublication
    /// The copy as it was; nil where there was none.
    let before: (any PublicationSource)?
    /// The size of the log of which every list in the copy was the newest, as the reader's own memory knows; nil where nobody does.
    let vouched: Int?
    /// The size of the log that the copy had; 0 where there was none.
    let sizeBefore: Int

    /// What an origin is asked for.
    enum Wanted {
        case list(String)
        /// All lists of an office, which an origin does not tell: they are numbered from 1 on without a gap.
        case lists(DivisionCode)
    }

    /// More entries of the log are not read to find out which lists are the newest.
    private static let longestDelta = 100_000
    private static let connections = 8

    func covers(_ path: String) -> Bool { scope.covers(path) }

    /// The number of the office whose list lies at a path.
    private static func office(_ path: String) -> Int? {
        ListKind(path: path)?.name(at: path).split(separator: "-").first.flatMap { Int($0) }
    }

    /// What to ask for first: of a server the lists of offices of which the copy has none; of all, where nobody vouches for
    /// those that it has.
    func first(_ trust: TrustList) -> [Wanted] {
        if let all = staged.listsOfOrigin { return all.filter(covers).map(Wanted.list) }
        let held = Set(ListKind.allCases.flatMap { before?.paths(of: $0) ?? [] }.filter(covers))
        let known = vouched == nil ? [] : Set(held.compactMap(Self.office))
        let offices = Set(trust.keys.filter { $0.purpose == .licences }.map(\.office))
            .filter { scope.division?.covers($0) ?? true && !known.contains($0.number) }
            .sorted { $0.number < $1.number }
        let partners = held.compactMap { path in
            ListKind(path: path).map { kind in
                (kind == .status ? ListKind.issued : .status).path(named: kind.name(at: path))
            }
        }
        return offices.map(Wanted.lists) + Set(partners).subtracting(held).sorted().map(Wanted.list)
    }

    /// Whatever there may be.
    func all(_ trust: TrustList) -> [Wanted] {
        let held = ListKind.allCases.flatMap { staged.paths(of: $0) }.filter(covers)
        let offices = Set(trust.keys.filter { $0.purpose == .licences }.map(\.office))
            .filter { scope.division?.covers($0) ?? true }.sorted { $0.number < $1.number }
        return offices.map(Wanted.lists) + held.map(Wanted.list)
    }

    /// Fetches what is wanted, several at once; `fresh` whatever the server calls it.
    ///
    /// - Throws: ``PublicationError``, the first of them; a file that is not there is none.
    func fetch(
        _ wanted: [Wanted],
        trust: TrustList,
        fresh: Bool,
        _ count: FileCount
    ) throws(PublicationError) {
        for one in wanted { if case .list = one { count.expect(1) } else { count.expect(2) } }
        let state = Mutex<(next: Int, error: PublicationError?)>((0, nil))
        DispatchQueue.concurrentPerform(iterations: min(Self.connections, wanted.count)) { _ in
            while true {
                let index = state.withLock { state in
                    defer { state.next += 1 }
                    return state.error == nil && state.next < wanted.count ? state.next : nil
                }
                guard let index else { return }
                do throws(PublicationError) {
                    switch wanted[index] {
                    case .list(let path):
                        _ = try fetchIfThere(path, fresh: fresh)
                        count.pass()
                    case .lists(let office): try fetchLists(of: office, trust, fresh: fresh, count)
                    }
                } catch { state.withLock { $0.error = $0.error ?? error } }
            }
        }
        if let error = state.withLock({ $0.error }) { throw error }
    }

    private func fetchLists(of office: DivisionCode, _ trust: TrustList, fresh: Bool, _ count: FileCount)
        throws(PublicationError)
    {
        for number in 1...ListReference.lastList {
            let status = ListKind.status.path(of: office, number)
            let isThere = try fetchIfThere(status, fresh: fresh)
            // Whoever answers with a page whatever he is asked for is not asked on, and what he says is not kept.
            let isOne =
                isThere
                && (try? staged.read(status)).map { (try? StatusList($0, path: status, trust: trust)) != nil } ?? false
            if isThere, !isOne, !isSigned(status) { staged.drop(status) }
            if number > 1, isOne { count.expect(2) }
            if number == 1 || isOne { count.pass() }
            if isOne { _ = try fetchIfThere(ListKind.issued.path(of: office, number), fresh: fresh) }
            if number == 1 || isOne { count.pass() }
            if !isOne { return }
        }
    }

    /// Whether a file is at least signed, by whomever: then it is worth an error.
    private func isSigned(_ path: String) -> Bool { (try? COSESign1(encoded: staged.read(path))) != nil }

    /// Whether there is such a file.
    private func fetchIfThere(_ path: String, fresh: Bool = false) throws(PublicationError) -> Bool {
        do throws(PublicationError) {
            try staged.fetch(path, fresh: fresh, isWhole: fresh)
            return true
        } catch {
            guard error.code == .missing else { throw error }
            return false
        }
    }

    /// Lists that are not, or not any more, those that the log tells of last; nil where that cannot be told.
    ///
    /// The entries since those that somebody vouches for are read for that; of a log that is not too long all.
    func outdated(_ snapshot: Snapshot) throws(PublicationError) -> [PublicationError]? {
        guard let head = try? snapshot.log?.get().head else { return [] }
        let all = snapshot.statusLists.compactMapValues { try? $0.get().claims.logIndex }
            .merging(snapshot.issuedLists.compactMapValues { try? $0.get().claims.logIndex }) { first, _ in first }
        let held = all.filter { covers($0.key) }
        // Others that the copy has stand under the same checkpoint, whether they are believed or not.
        let others = Set(others)
        let vouched = others.isEmpty ? vouched : vouched.map { min($0, sizeBefore) }
        let start = min(vouched ?? (head.size <= Self.longestDelta ? 0 : held.values.min() ?? 0), head.size)
        guard head.size - start <= Self.longestDelta else { return nil }
        guard start < head.size else { return [] }
        let newest: [String: Int]
        do throws(LogError) {
            do throws(LogError) { newest = try lists(from: start, in: head) } catch {
                guard error.code != .missing else { throw error }
                // What was kept of the entries may be damaged.
                staged.distrustTiles()
                newest = try lists(from: start, in: head)
            }
        } catch {
            // A bundle, or a copy from one, has no entries.
            if error.code == .missing, staged.listsOfOrigin != nil { return nil }
            throw PublicationError(
                .notLogged,
                file: AuthorityLog.checkpoint,
                error.code == .missing
                    ? "\(error.reason); without entries of the log nobody can tell which lists are the newest"
                    : error.reason
            )
        }
        return newest.filter { path, index in (covers(path) || others.contains(path)) && all[path] != index }.keys
            .sorted()
            .map {
                PublicationError(
                    .overtaken,
                    file: $0,
                    "is not the one that the log tells of last; it is asked for again the next time"
                )
            }
    }

    /// Lists in the copy that nobody asks for.
    var others: [String] { ListKind.allCases.flatMap { staged.paths(of: $0) }.filter { !covers($0) } }

    /// Whether what ``outdated(_:)`` says is of every list that the log ever told of.
    func isOfAll(_ head: TreeHead) -> Bool { vouched != nil || head.size <= Self.longestDelta }

    /// The entries in which lists were told last, from `start` on.
    private func lists(from start: Int, in head: TreeHead) throws(LogError) -> [String: Int] {
        var newest: [String: Int] = [:]
        var edge = try staged.tree(of: head).edge(before: start)
        for entry in try staged.entries(from: edge.size, to: head.size) {
            let index = edge.size
            edge.append(entry) { _, _ in }
            // One that cannot be read tells of no list.
            if index >= start, case .list(let list)? = (try? LogEntry(entry))?.content, ListKind.isPath(list.path) {
                newest[list.path] = index
            }
        }
        guard edge.head == head else { throw LogError(.inconsistent, "its entries do not hash to its root") }
        return newest
    }
}

extension StagedPublication {
    /// Entries of the log.
    fileprivate func entries(from first: Int, to end: Int) throws(LogError) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var index = first / Tile.fullWidth
        while first < end, let tile = Tile(level: nil, index: index, ofTreeOf: end) {
            let bytes = try tile.read { path throws(LogError) in try logEntries(path) }
            entries += try tile.entries(of: bytes).dropFirst(max(0, first - index * Tile.fullWidth)).map { Array($0) }
            index += 1
        }
        return entries
    }
}

/// How many files of how many were asked for, as far as is known.
final class FileCount: Sendable {
    private let state: Mutex<(done: Int, total: Int)>
    private let told: @Sendable (Int, Int) -> Void

    init(expecting total: Int, _ told: @escaping @Sendable (Int, Int) -> Void) {
        state = Mutex((0, total))
        self.told = told
        told(0, total)
    }

    func expect(_ more: Int) { state.withLock { $0.total += more } }

    /// One more was asked for; in order, whoever asked.
    func pass() {
        state.withLock { state in
            state.done += 1
            told(state.done, max(state.done, state.total))
        }
    }
}
