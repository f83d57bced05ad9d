import Foundation
package import Licence
import LicenceCode
package import OpenSSL
package import Publication
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

        /// What a reader's memory calls it.
        var name: String { division?.description ?? HighWater.everything }

        /// Whether a file belongs to it; each does that is no list.
        func covers(_ path: String) -> Bool {
            guard let division, let kind = ListKind(path: path), ListKind.isPath(path) else { return true }
            let office = kind.name(at: path).split(separator: "-").first.flatMap { Int($0) }
            return office.flatMap { try? DivisionCode($0) }.map(division.covers) ?? false
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

    /// Brings `target` up to date.
    ///
    /// `seen` is what was accepted before, and grows. `progress` is told how many of how many files were asked for, as far as is known, `whenHeld` is called
    /// before another process is waited for that is at work with the copy.
    ///
    /// - Throws: ``PublicationError`` where the trust list or the log is not had or not believed; then nothing changes.
    package func run(
        to target: Target,
        seen: inout HighWater,
        now: Instant,
        whenHeld: () -> Void = {},
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        let copy = try Copy(target, origin: origin.name, whenHeld: whenHeld)
        try refuseForeign(copy)
        let address = origin.name
        let staged = try StagedPublication(
            folder: copy.staging,
            before: copy.before,
            origin: try files(),
            tag: { [seen] path, bytes in seen.tag(of: "\(address)/\(path)", for: bytes) }
        )
        // What the copy is remembers for whoever has seen nothing yet.
        if let before = copy.before { _ = PublicationReader(source: before, root: root).snapshot(&seen, now: now) }
        let count = FileCount(expecting: 2, progress)
        do { return try run(staged, copy, &seen, now, count) } catch {
            // What could not be kept looks as if it were not there.
            throw staged.fault ?? error
        }
    }

    private func run(
        _ staged: StagedPublication,
        _ copy: borrowing Copy,
        _ seen: inout HighWater,
        _ now: Instant,
        _ count: FileCount
    ) throws -> Report {
        let address = origin.name
        let search = ListSearch(
            scope: scope,
            staged: staged,
            before: copy.before,
            vouched: vouched(copy.before, seen),
            sizeBefore: before(copy) ?? 0
        )
        var outdated: [PublicationError]? = nil
        var result: (snapshot: Snapshot, seen: HighWater)?
        var wanted: [ListSearch.Wanted]?
        for attempt in 1...Self.attempts {
            // Caches on the way may have kept one of the files longer than another.
            let isAgain = attempt > 1
            let trust = try fetchTrust(staged, fresh: isAgain)
            if !isAgain { count.pass() }
            let hasLog = try trust.hasLog && fetchCheckpoint(staged, trust, fresh: isAgain)
            if !isAgain { count.pass() }
            try search.fetch(wanted ?? search.first(trust), trust: trust, fresh: isAgain, count)
            var grown = seen
            let snapshot = reader(staged).snapshot(&grown, now: now)
            _ = try snapshot.trust.get()
            if hasLog, case .failure(let error)? = snapshot.log {
                guard !isAgain else { throw error }
                staged.distrustTiles()
                continue
            }
            outdated = try search.outdated(snapshot)
            result = (snapshot, grown)
            // A tile of the copy may be what is damaged.
            if snapshot.refusals.contains(where: { $0.code == .notLogged }) { staged.distrustTiles() }
            if outdated == nil, attempt == 1, search.vouched != nil, staged.listsOfOrigin == nil {
                // Nobody can tell which are the newest: each is asked for, whatever the copy has.
                wanted = search.all(trust)
                continue
            }
            let missed = Set((snapshot.refusals + (outdated ?? [])).map(\.file).filter(search.covers))
            if missed.isEmpty { break }
            wanted = missed.map(ListSearch.Wanted.list)
        }
        guard var result else { throw PublicationError(.missing, file: origin.name, "gave nothing") }
        // What is believed by nobody leaves the place to what was there.
        let broken = result.snapshot.refusals.filter { $0.code != .overtaken }
        for path in broken.map(\.file) where staged.staged.contains(path) { staged.drop(path) }
        if !broken.isEmpty {
            var grown = seen
            result = (reader(staged).snapshot(&grown, now: now), grown)
            outdated = try search.outdated(result.snapshot)
        }
        // Where nobody can tell, what others have signed since is unknown.
        let isKnown = outdated != nil
        let unknown = !isKnown ? search.others.filter { result.snapshot.isBelieved($0) } : []
        outdated = outdated ?? unknown.map { PublicationError(.overtaken, file: $0, "may not be the newest any more") }
        // Of what the log tells anew nobody knows what it says now.
        for path in (outdated ?? []).map(\.file) {
            staged.drop(path)
            try staged.put(PublicationReader.overtaken, at: path)
        }
        try fetchLog(result.snapshot, staged)
        let sizes = try fetchProofs(
            result.snapshot,
            staged,
            Set(copy.sizes + [before(copy), seen.logSize].compactMap { $0 })
        )
        if let fault = staged.fault { throw fault }
        var report = Report(snapshot: result.snapshot.without(outdated ?? []))
        // One that was overtaken before, and of which nobody can tell now, is still not had.
        let told = Set((outdated ?? []).map(\.file))
        let marked = result.snapshot.refusals.filter { $0.code == .overtaken && !told.contains($0.file) }
        report.refused = (broken + (outdated ?? []) + marked).filter { search.covers($0.file) }
        for path in staged.overtakenThere.sorted() where (try? staged.read(path)) == nil {
            report.refused.append(
                PublicationError(.overtaken, file: path, "is not had there either; the log tells of a newer one")
            )
        }
        report.bytesFetched = staged.fetched
        let lists = ListKind.allCases.flatMap { staged.paths(of: $0) }
        report.written = try copy.take(
            staged,
            Copy.Edition(
                lists: lists.filter(search.covers),
                overtaken: Set((outdated ?? []).map(\.file)),
                sizes: sizes
            ),
            now: now
        )
        seen = result.seen
        if report.refused.isEmpty, let head = try? result.snapshot.log?.get().head {
            if isKnown, search.isOfAll(head) { seen.setComplete(head.size, of: scope.name) }
        }
        if case .web = origin {
            if !isKnown { seen.forgetComplete() }
            for (path, known) in staged.tags { seen.setTag(known.tag, of: "\(address)/\(path)", digest: known.digest) }
        }
        return report
    }

    /// The size of the log of which this reader knows that all lists in the copy were the newest.
    private func vouched(_ before: (any PublicationSource)?, _ seen: HighWater) -> Int? {
        guard let before, let size = seen.completeSize(of: scope.name) else { return nil }
        let isAsSeen = seen.marks.allSatisfy { path, mark in
            guard ListKind.isPath(path), scope.covers(path) else { return true }
            return (try? before.read(path)).map { HighWater.digest(of: $0) == mark.digest } ?? false
        }
        return isAsSeen ? size : nil
    }

    /// Refuses to write over what is no copy of this authority's publication; one that is damaged is fetched anew.
    private func refuseForeign(_ copy: borrowing Copy) throws(PublicationError) {
        guard !copy.isOfOrigin, let bytes = try? copy.before?.read(TrustList.path),
            (try? TrustList(bytes, root: root)) == nil
        else { return }
        let message = try? COSESign1(encoded: bytes)
        if let message, message.header.keyID == root.publicKey.id.bytes { return }
        throw PublicationError(
            .wrongIssuer,
            file: copy.name,
            message == nil
                ? "holds a \(TrustList.path) that is none; name another place"
                : "is a copy of another authority's publication"
        )
    }

    /// The size of the log that a copy has had.
    private func before(_ copy: borrowing Copy) -> Int? {
        let note = (try? copy.before?.read(AuthorityLog.checkpoint)).flatMap { try? SignedNote($0) }
        return note.flatMap { try? Checkpoint(text: $0.text) }?.head.size
    }

    private func fetchTrust(_ staged: StagedPublication, fresh: Bool) throws(PublicationError) -> TrustList {
        let trust: TrustList
        try staged.fetch(TrustList.path, fresh: fresh)
        do throws(PublicationError) { trust = try TrustList(staged.read(TrustList.path), root: root) } catch {
            // A copy that is damaged is fetched whole.
            try staged.fetch(TrustList.path, fresh: true, isWhole: true)
            trust = try TrustList(staged.read(TrustList.path), root: root)
        }
        if let division = scope.division,
            !trust.keys.contains(where: { $0.purpose == .licences && division.covers($0.office) })
        {
            throw PublicationError(.missing, file: origin.name, "has no office in \(division)")
        }
        return trust
    }

    private func reader(_ staged: StagedPublication) -> PublicationReader {
        PublicationReader(source: staged, root: root, policy: policy)
    }

    /// Whether there is a checkpoint: an authority that has signed no list yet has none.
    private func fetchCheckpoint(_ staged: StagedPublication, _ trust: TrustList, fresh: Bool) throws -> Bool {
        do throws(PublicationError) { try staged.fetch(AuthorityLog.checkpoint, fresh: fresh) } catch {
            guard error.code == .missing, ListKind.allCases.allSatisfy({ staged.paths(of: $0).isEmpty }) else {
                throw error
            }
            return false
        }
        // One of the copy may be damaged, and the server call its own by the same tag.
        if (try? SignedCheckpoint(staged.read(AuthorityLog.checkpoint), logKeys: trust.logKeys.map(\.note))) == nil {
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

    /// What the next time goes on from; or all of the log.
    private func fetchLog(_ snapshot: Snapshot, _ staged: StagedPublication) throws {
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

    /// Tiles by which others see, who saw the log when it was shorter, that it goes on from there; and the sizes from which they show it.
    ///
    /// They are held against the root: by one that is damaged a reader would be told that the log is another one.
    private func fetchProofs(_ snapshot: Snapshot, _ staged: StagedPublication, _ sizes: Set<Int>) throws -> [Int] {
        guard let head = try? snapshot.log?.get().head, head.size > 0 else { return [] }
        let recent = max(0, head.size - Self.shownFrom)
        // By the tile that they end in; of what is recent the tiles are there anyway.
        var ends: [Int: Int] = [:]
        for size in sizes.sorted() where size > 0 && size <= head.size { ends[size / Tile.fullWidth] = size }
        let older = ends.values.filter { $0 < recent }.sorted().suffix(Self.mostOlder)
        let tiles = Set(Tile.added(from: recent, to: head.size).filter { $0.level != nil })
            .union(Tile.proving(older.flatMap { [$0 - 1, $0] }, in: head.size))
        func fetch() throws(LogError) {
            let tree = staged.tree(of: head)
            for tile in tiles where try !tree.isSound(tile) {
                throw LogError(.inconsistent, "\(tile.path) is not of the tree that was signed")
            }
        }
        do throws(LogError) {
            do throws(LogError) { try fetch() } catch {
                staged.distrustTiles()
                try fetch()
            }
        } catch {
            throw PublicationError(.notLogged, file: AuthorityLog.checkpoint, error.reason)
        }
        return older + ends.values.filter { $0 >= recent }.sorted()
    }

    /// From so many entries before its end on, a copy shows to everybody that the log goes on: these are 256 KiB of tiles.
    private static let shownFrom = 8_192
    /// Of older sizes so many are shown, each by a tile of 8 KiB.
    private static let mostOlder = 32

    /// The greatest log that is copied whole, so that the names of its tiles fit into memory.
    private static let longestLog = 1 << 30
}
