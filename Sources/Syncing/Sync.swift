import Dispatch
import Foundation
package import Licence
import LicenceCode
package import OpenSSL
package import Publication
import Synchronization
import TransparencyLog

/// Brings a copy of a publication up to date, and puts nothing into it that was not verified.
///
/// Only what changed is fetched: the log tells which lists were signed since, and a server is asked for nothing that is known by its tag.
package struct Sync {
    private let origin: Origin
    private let root: Certificate
    private let policy: WitnessPolicy
    private let scope: Scope
    private let web: WebOptions

    /// What of a publication is copied.
    package struct Scope: Sendable {
        /// The offices in this division and below; nil: all.
        package let division: DivisionCode?
        /// Every tile and every entry of the log, and not only what proves the lists.
        package let wholeLog: Bool

        package init(division: DivisionCode? = nil, wholeLog: Bool = false) {
            self.division = division
            self.wholeLog = wholeLog
        }
    }

    /// Where the copy is kept.
    package enum Target {
        case folder(String)
        case bundle(String)
    }

    /// What was done.
    package struct Report {
        /// Paths of files that are new or changed.
        package fileprivate(set) var written: [String] = []
        /// Why files were not taken; what was there before stands in their place.
        package fileprivate(set) var refused: [PublicationError] = []
        package fileprivate(set) var bytesFetched = 0
        package let snapshot: Snapshot
    }

    package init(
        from origin: Origin,
        root: Certificate,
        policy: WitnessPolicy = .none,
        scope: Scope = Scope(),
        web: WebOptions = WebOptions()
    ) {
        self.origin = origin
        self.root = root
        self.policy = policy
        self.scope = scope
        self.web = web
    }

    /// Lists that another change overtook while they were fetched are fetched anew so many times.
    private static let attempts = 3
    /// From so many entries of the log on, asking for each list is less to fetch than the entries.
    private static let longestDelta = 100_000

    /// Brings `target` up to date.
    ///
    /// `seen` is what was accepted before, and grows. `progress` is told how many of how many files were asked for.
    ///
    /// - Throws: ``PublicationError`` where the trust list or the log is not had or not believed; then nothing changes.
    package func run(
        to target: Target,
        seen: inout HighWater,
        now: Instant,
        progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        let copy = try Copy(target, origin: origin.name, scope: scope)
        let staged = try StagedPublication(
            folder: copy.staging,
            before: copy.before,
            origin: try files(),
            tags: copy.tags
        )
        if let before = copy.before, case .failure(let error) = PublicationReader.trust(before, root: root),
            error.code == .wrongSignature || error.code == .wrongIssuer
        {
            throw PublicationError(
                error.code,
                file: copy.name,
                "is a copy of another authority's publication (\(error))"
            )
        }
        // What the copy is remembers for whoever has seen nothing yet.
        if let before = copy.before { _ = PublicationReader(source: before, root: root).snapshot(&seen, now: now) }
        do { return try run(staged, copy, &seen, now, progress) } catch {
            // What could not be kept looks as if it were not there.
            throw staged.fault ?? error
        }
    }

    private func run(
        _ staged: StagedPublication,
        _ copy: borrowing Copy,
        _ seen: inout HighWater,
        _ now: Instant,
        _ progress: @Sendable (Int, Int) -> Void
    ) throws -> Report {
        var refused: [PublicationError] = []
        var result: (snapshot: Snapshot, seen: HighWater)?
        var wanted: Set<String>?
        for attempt in 1...Self.attempts {
            // Caches on the way may have kept one of the files longer than another.
            let isAgain = attempt > 1
            try staged.fetch(TrustList.path, fresh: isAgain)
            let trust: TrustList
            do throws(PublicationError) { trust = try TrustList(staged.read(TrustList.path), root: root) } catch {
                // A copy that is damaged is fetched whole.
                try staged.fetch(TrustList.path, fresh: true, isWhole: true)
                trust = try TrustList(staged.read(TrustList.path), root: root)
            }
            let hasLog = try trust.hasLog && fetchCheckpoint(staged, fresh: isAgain)
            if wanted == nil { wanted = try first(trust, staged, copy) }
            try fetch(Array(wanted ?? []), staged, fresh: isAgain, progress)
            var grown = seen
            let snapshot = reader(staged).snapshot(&grown, now: now)
            _ = try snapshot.trust.get()
            if hasLog { _ = try snapshot.log?.get() }
            let outdated = try outdated(snapshot, staged, copy.complete)
            refused = snapshot.refusals + outdated
            result = (snapshot, grown)
            wanted = Set(refused.map(\.file).filter(covers))
            // A tile of the copy may be what is damaged.
            if snapshot.refusals.contains(where: { $0.code == .notLogged }) { staged.distrustTiles() }
            if wanted?.isEmpty ?? true { break }
        }
        // What is believed by nobody leaves the place to what was there; what is merely old is better than nothing.
        let broken = result.map { Set($0.snapshot.refusals.map(\.file)) } ?? []
        for path in broken where staged.staged.contains(path) { staged.drop(path) }
        if !broken.isEmpty {
            var grown = seen
            result = (reader(staged).snapshot(&grown, now: now), grown)
        }
        guard let result else { throw PublicationError(.missing, file: origin.name, "gave nothing") }
        try fetchLog(result.snapshot, staged, copy.before)
        if let fault = staged.fault { throw fault }
        var report = Report(snapshot: result.snapshot)
        report.refused = refused.filter { covers($0.file) }
        report.bytesFetched = staged.fetched
        let size = (try? result.snapshot.log?.get())?.head.size
        report.written = try copy.take(
            staged,
            lists: lists(result.snapshot),
            complete: report.refused.isEmpty ? size : copy.complete,
            now: now
        )
        seen = result.seen
        return report
    }

    private func reader(_ staged: StagedPublication) -> PublicationReader {
        PublicationReader(source: staged, root: root, policy: policy, mustProve: true)
    }

    /// Whether there is a checkpoint: an authority that has signed no list yet has none.
    private func fetchCheckpoint(_ staged: StagedPublication, fresh: Bool) throws -> Bool {
        do throws(PublicationError) { try staged.fetch(AuthorityLog.checkpoint, fresh: fresh) } catch {
            guard error.code == .missing, ListKind.allCases.allSatisfy({ staged.paths(of: $0).isEmpty }) else {
                throw error
            }
            return false
        }
        if (try? SignedNote(staged.read(AuthorityLog.checkpoint))) == nil {
            try staged.fetch(AuthorityLog.checkpoint, fresh: true, isWhole: true)
        }
        return true
    }

    /// Reads what lies here and says what it is, changing nothing.
    package static func look(
        at origin: Origin,
        root: Certificate,
        policy: WitnessPolicy,
        seen: inout HighWater,
        now: Instant
    ) throws(PublicationError) -> Snapshot? {
        guard let source = try origin.local() else { return nil }
        return PublicationReader(source: source, root: root, policy: policy).snapshot(&seen, now: now)
    }

    private func files() throws(PublicationError) -> any FileOrigin {
        if case .web(let address) = origin { return WebFiles(address, web) }
        guard let source = try origin.local() else {
            throw PublicationError(.missing, file: origin.name, "is no publication")
        }
        return LocalFiles(source: source)
    }

    private func covers(_ path: String) -> Bool {
        guard let division = scope.division, let kind = ListKind(path: path) else { return true }
        let office = kind.name(at: path).split(separator: "-").first.flatMap { Int($0) }
        return office.flatMap { try? DivisionCode($0) }.map(division.covers) ?? false
    }

    private func lists(_ snapshot: Snapshot) -> [String] {
        (Array(snapshot.statusLists.keys) + snapshot.issuedLists.keys).filter(covers)
    }

    // MARK: - Which lists

    /// The lists to ask for first: of a server those of offices of which the copy has none; all, where it is not known to be complete.
    private func first(_ trust: TrustList, _ staged: StagedPublication, _ copy: borrowing Copy) throws -> Set<String> {
        if let all = staged.listsOfOrigin { return Set(all.filter(covers)) }
        let offices = Set(trust.keys.filter { $0.purpose == .licences }.map(\.office)).sorted { $0.number < $1.number }
            .filter { scope.division?.covers($0) ?? true }
        let held = Set(ListKind.allCases.flatMap { copy.before?.paths(of: $0) ?? [] }.filter(covers))
        let known = Set(
            held.map { path in
                ListKind(path: path)?.name(at: path).split(separator: "-").first.map(String.init)
            }
        )
        let isComplete = copy.complete != nil
        let partners = held.compactMap { path in
            ListKind(path: path).map { kind in
                (kind == .status ? ListKind.issued : .status).path(named: kind.name(at: path))
            }
        }
        return try Set(
            offices.filter { !isComplete || !known.contains($0.description) }.flatMap { try probe($0, staged) }
        )
        .union(Set(partners).subtracting(held))
    }

    /// Asks for the lists of an office one after another: they are numbered from 1 on without a gap.
    private func probe(_ office: DivisionCode, _ staged: StagedPublication) throws -> [String] {
        var paths: [String] = []
        for number in 1...ListReference.lastList {
            let path = ListKind.status.path(of: office, number)
            do throws(PublicationError) { try staged.fetch(path) } catch {
                guard error.code == .missing else { throw error }
                break
            }
            paths.append(ListKind.issued.path(of: office, number))
        }
        return paths
    }

    /// Lists that are not, or not any more, those that the log tells of last; all entries since the oldest of them are read for that.
    ///
    /// `complete` is the size of the log of which all lists were the newest already.
    private func outdated(
        _ snapshot: Snapshot,
        _ staged: StagedPublication,
        _ complete: Int?
    ) throws -> [PublicationError] {
        guard let head = try? snapshot.log?.get().head else { return [] }
        let held = snapshot.statusLists.compactMapValues { try? $0.get().claims.logIndex }
            .merging(snapshot.issuedLists.compactMapValues { try? $0.get().claims.logIndex }) { first, _ in first }
            .filter { covers($0.key) }
        let start = min(complete ?? held.values.min() ?? 0, head.size)
        guard start < head.size, head.size - start <= Self.longestDelta else { return [] }
        let tree = staged.tree(of: head)
        var edge: TreeEdge
        do throws(LogError) { edge = try tree.edge(before: start) } catch {
            throw PublicationError(.notLogged, file: AuthorityLog.checkpoint, error.reason)
        }
        var newest: [String: Int] = [:]
        for entry in try staged.entries(from: edge.size, to: head.size) {
            let index = edge.size
            edge.append(entry) { _, _ in }
            if case .list(let list) = try LogEntry(entry).content, ListKind.isPath(list.path) {
                newest[list.path] = index
            }
        }
        guard edge.head == head else {
            throw PublicationError(.notLogged, file: AuthorityLog.checkpoint, "its entries do not hash to its root")
        }
        return newest.filter { path, index in covers(path) && index >= start && held[path] != index }.keys.sorted().map
        {
            PublicationError(
                .rolledBack,
                file: $0,
                "is not the one that the log tells of last; it is asked for again the next time"
            )
        }
    }

    // MARK: - Fetching

    private static let connections = 4

    private func fetch(
        _ paths: [String],
        _ staged: StagedPublication,
        fresh: Bool,
        _ progress: @Sendable (Int, Int) -> Void
    ) throws {
        let state = Mutex<(done: Int, error: PublicationError?)>((0, nil))
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: min(Self.connections, paths.count)) { _ in
            while true {
                let index = next.withLock { value in
                    defer { value += 1 }
                    return value
                }
                guard index < paths.count, state.withLock({ $0.error == nil }) else { return }
                do throws(PublicationError) { try staged.fetch(paths[index], fresh: fresh, isWhole: fresh) } catch {
                    // One that is gone is no reason to have none.
                    if error.code != .missing { state.withLock { $0.error = error } }
                }
                let done = state.withLock { value in
                    value.done += 1
                    return value.done
                }
                progress(done, paths.count)
            }
        }
        if let error = state.withLock({ $0.error }) { throw error }
    }

    /// What the next time goes on from; or all of the log.
    private func fetchLog(_ snapshot: Snapshot, _ staged: StagedPublication, _ before: (any PublicationSource)?) throws
    {
        guard let head = try? snapshot.log?.get().head else { return }
        func edge() throws(LogError) {
            _ = try TreeEdge(of: head) { tile throws(LogError) in
                try tile.read { path throws(LogError) in try staged.logFile(path) }
            }
        }
        do throws(LogError) {
            do throws(LogError) { try edge() } catch {
                staged.distrustTiles()
                try edge()
            }
            guard scope.wholeLog else { return }
            guard head.size <= Self.longestLog else {
                throw LogError(.malformed, "the log has \(head.size) entries, which no copy holds")
            }
            for tile in Tile.added(from: 0, to: head.size) {
                _ = try tile.read { path throws(LogError) in try staged.logFile(path) }
            }
        } catch {
            throw PublicationError(.notLogged, file: AuthorityLog.checkpoint, error.reason)
        }
    }

    /// The greatest log that is copied whole, so that the names of its tiles fit into memory.
    private static let longestLog = 1 << 30
}

extension StagedPublication {
    /// Entries of the log, which are not kept.
    func entries(from first: Int, to end: Int) throws -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var index = first / Tile.fullWidth
        while first < end, let tile = Tile(level: nil, index: index, ofTreeOf: end) {
            let bytes: [UInt8]
            do throws(LogError) {
                bytes = try tile.read { path throws(LogError) in try self.logEntries(path) }
                let bundle = try tile.entries(of: bytes)
                entries += bundle.dropFirst(max(0, first - index * Tile.fullWidth)).map { Array($0) }
            } catch { throw PublicationError(.notLogged, file: AuthorityLog.path(of: tile), error.reason) }
            index += 1
        }
        return entries
    }
}

extension Snapshot {
    /// Why lists were not believed.
    package var refusals: [PublicationError] {
        func refusals<List>(_ lists: [String: Result<List, PublicationError>]) -> [PublicationError] {
            lists.values.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        }
        return (refusals(statusLists) + refusals(issuedLists)).sorted { $0.file < $1.file }
    }
}
