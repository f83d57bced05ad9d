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
    /// From so many new entries of the log on, asking for each list is less to fetch than the entries.
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
        let copy = try Copy(target, origin: origin.name)
        let staged = try StagedPublication(
            folder: copy.staging,
            before: copy.before,
            origin: try files(),
            tags: copy.tags
        )
        // What the copy is remembers for whoever has seen nothing yet.
        if let before = copy.before { _ = PublicationReader(source: before, root: root).snapshot(&seen, now: now) }
        var refused: [PublicationError] = []
        var result: (Snapshot, HighWater)?
        for attempt in 1...Self.attempts {
            // Caches on the way may have kept one of the files longer than another.
            let isAgain = attempt > 1
            try staged.fetch(TrustList.path, fresh: isAgain)
            let trust = try TrustList(staged.read(TrustList.path), root: root)
            if trust.hasLog { try staged.fetch(AuthorityLog.checkpoint, fresh: isAgain) }
            let paths = try self.paths(trust, staged, copy.before)
            try fetch(paths, staged, progress)
            var grown = seen
            let snapshot = PublicationReader(source: staged, root: root, policy: policy).snapshot(&grown, now: now)
            _ = try snapshot.trust.get()
            _ = try snapshot.log?.get()
            refused = snapshot.refusals
            result = (snapshot, grown)
            // A publication that changed under way: a list is newer than the checkpoint that was fetched before it.
            if attempt == Self.attempts || !refused.contains(where: { $0.code == .notLogged }) { break }
        }
        for refusal in refused where staged.staged.contains(refusal.file) { staged.drop(refusal.file) }
        if !refused.isEmpty {
            var again = seen
            let snapshot = PublicationReader(source: staged, root: root, policy: policy).snapshot(&again, now: now)
            result = (snapshot, again)
        }
        guard let (snapshot, grown) = result else {
            throw PublicationError(.missing, file: origin.name, "gave nothing")
        }
        try fetchLog(snapshot, staged, copy.before)
        var report = Report(snapshot: snapshot)
        report.refused = refused
        report.bytesFetched = staged.fetched
        report.written = try copy.take(staged, lists: lists(snapshot), now: now)
        seen = grown
        return report
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

    /// The lists to ask for: those that the log says were signed since, or all.
    private func paths(_ trust: TrustList, _ staged: StagedPublication, _ before: (any PublicationSource)?) throws
        -> [String]
    {
        if let all = staged.listsOfOrigin { return all.filter(covers) }
        let offices = Set(trust.keys.filter { $0.purpose == .licences }.map(\.office)).sorted { $0.number < $1.number }
            .filter { scope.division?.covers($0) ?? true }
        guard let before, let changed = try changed(trust, staged, before) else {
            return try offices.flatMap { try probe($0, staged) }
        }
        let known = Set(
            before.paths(of: .status).map { ListKind.status.name(at: $0).split(separator: "-").first.map(String.init) }
        )
        // Of an office without a list in the copy nobody knows whether it was left out before.
        let unknown = offices.filter { !known.contains($0.description) }
        return try changed.filter(covers) + unknown.flatMap { try probe($0, staged) }
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

    /// The lists that were signed since the copy was made, as the log tells; nil where the copy cannot be gone on from.
    private func changed(
        _ trust: TrustList,
        _ staged: StagedPublication,
        _ before: any PublicationSource
    ) throws -> Set<String>? {
        let keys = trust.logKeys.map(\.note)
        guard trust.hasLog, let bytes = try? before.read(AuthorityLog.checkpoint),
            let old = try? SignedCheckpoint(bytes, logKeys: keys).head,
            let head = try? SignedCheckpoint(staged.read(AuthorityLog.checkpoint), logKeys: keys).head,
            (old.size...min(old.size + Self.longestDelta, TreeHead.maximumSize)).contains(head.size),
            var edge = try? TreeEdge(
                of: old,
                read: { tile throws(LogError) in
                    try tile.read { path throws(LogError) in try before.logFile(path) }
                }
            )
        else { return nil }
        var paths = Set<String>()
        for entry in try staged.entries(from: old.size, to: head.size) {
            edge.append(entry) { _, _ in }
            if case .list(let list) = try LogEntry(entry).content, ListKind.isPath(list.path) {
                paths.insert(list.path)
            }
        }
        guard edge.head == head else {
            throw PublicationError(
                .rolledBack,
                file: AuthorityLog.checkpoint,
                "is of another log than the copy: it does not go on from its \(old.size) entries"
            )
        }
        return paths
    }

    // MARK: - Fetching

    private static let connections = 4

    private func fetch(_ paths: [String], _ staged: StagedPublication, _ progress: @Sendable (Int, Int) -> Void) throws
    {
        let state = Mutex<(done: Int, error: PublicationError?)>((0, nil))
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: min(Self.connections, paths.count)) { _ in
            while true {
                let index = next.withLock { value in
                    defer { value += 1 }
                    return value
                }
                guard index < paths.count, state.withLock({ $0.error == nil }) else { return }
                do throws(PublicationError) { try staged.fetch(paths[index]) } catch {
                    state.withLock { $0.error = error }
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
        guard let head = try snapshot.log?.get().head else { return }
        do throws(LogError) {
            _ = try TreeEdge(of: head) { tile throws(LogError) in
                try tile.read { path throws(LogError) in try staged.logFile(path) }
            }
            if scope.wholeLog {
                for tile in Tile.added(from: 0, to: head.size) {
                    _ = try tile.read { path throws(LogError) in try staged.logFile(path) }
                }
            }
        } catch {
            throw PublicationError(.notLogged, file: AuthorityLog.checkpoint, error.reason)
        }
    }
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
