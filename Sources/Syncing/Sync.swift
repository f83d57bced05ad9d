import Foundation
package import Licence
import LicenceCode
package import OpenSSL
package import Publication
import TransparencyLog

/// Brings a copy of a publication up to date, and puts nothing into it that was not verified.
///
/// Only what changed is fetched: the log tells which lists are the newest, and what is known by its tag is not sent again.
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
    private static let attempts = 5
    /// Seconds before the next attempt, times its number.
    private static let pause = 0.4

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
        if let before = copy.before { PublicationReader(source: before, root: root).remember(in: &seen, now: now) }
        do {
            let (head, missed) = try fetch(staged, seen, FileCount(expecting: 2, progress))
            return try take(staged, head, missed, into: copy, &seen, now)
        } catch {
            // What could not be kept looks as if it were not there.
            throw staged.fault ?? error
        }
    }

    /// Fetches what is new; the head of the log, or nil where there is none yet, and why lists were not had.
    private func fetch(
        _ staged: StagedPublication,
        _ seen: HighWater,
        _ count: FileCount
    ) throws -> (TreeHead?, [PublicationError]) {
        var head: TreeHead?
        var missed: [PublicationError] = []
        for attempt in 1...Self.attempts {
            // Caches on the way may have kept one of the files longer than another, or somebody publishes.
            let isAgain = attempt > 1
            if isAgain { Thread.sleep(forTimeInterval: Self.pause * Double(attempt - 1)) }
            let hasLog = try fetchCheckpoint(staged, seen, fresh: isAgain)
            if !isAgain { count.pass() }
            // After the checkpoint: it then has the keys of all lists of which that tells.
            let trust = try fetchTrust(staged, fresh: isAgain)
            if !isAgain { count.pass() }
            guard hasLog else { return (nil, []) }
            try refetchDamaged(staged, trust)
            var grown = seen
            grown.forget(revokedBy: trust)
            let logged: LoggedLists
            do throws(PublicationError) {
                logged = try LoggedLists.read(from: staged, trust: trust, policy: policy, &grown).get()
            } catch {
                guard !isAgain else { throw error }
                // A tile of the copy may be what is damaged.
                staged.distrustTiles()
                continue
            }
            head = logged.checkpoint.head
            let fetch = ListFetch(staged: staged, trust: trust, logged: logged)
            missed = try fetch.fetch(logged.table.paths.filter(scope.covers), attempt: attempt, count)
            if missed.isEmpty { break }
        }
        return (head, missed)
    }

    /// Takes over what was fetched.
    private func take(
        _ staged: StagedPublication,
        _ head: TreeHead?,
        _ missed: [PublicationError],
        into copy: borrowing Copy,
        _ seen: inout HighWater,
        _ now: Instant
    ) throws -> Report {
        var grown = seen
        let snapshot = reader(staged).snapshot(&grown, now: now)
        _ = try snapshot.trust.get()
        if head != nil { _ = try snapshot.log?.get() }
        try fetchLog(head, staged)
        let sizes = try fetchProofs(head, staged, Set(copy.sizes + [before(copy), seen.logSize].compactMap { $0 }))
        if let fault = staged.fault { throw fault }
        var report = Report(snapshot: snapshot)
        let had = Set(ListKind.allCases.flatMap { staged.paths(of: $0) })
        let isTold = Set(missed.map(\.file))
        report.refused = missed + snapshot.refusals.filter { scope.covers($0.file) && !isTold.contains($0.file) }
        report.bytesFetched = staged.fetched
        let lists = had.filter(scope.covers)
        report.written = try copy.take(staged, Copy.Edition(lists: lists, size: head?.size, sizes: sizes), now: now)
        seen = grown
        if case .web(let address) = origin {
            for (path, known) in staged.tags { seen.setTag(known.tag, of: "\(address)/\(path)", digest: known.digest) }
        }
        return report
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
        guard trust.hasLog else {
            throw PublicationError(.notLogged, file: origin.name, "keeps no log, which would say what lists there are")
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
    private func fetchCheckpoint(_ staged: StagedPublication, _ seen: HighWater, fresh: Bool) throws -> Bool {
        do throws(PublicationError) { try staged.fetch(AuthorityLog.checkpoint, fresh: fresh) } catch {
            let source = try? origin.local()
            let lists = ListKind.allCases.flatMap { staged.paths(of: $0) + (source?.paths(of: $0) ?? []) }
            guard error.code == .missing, lists.isEmpty, seen.logSize == nil,
                (try? staged.read(AuthorityLog.checkpoint)) == nil
            else { throw error }
            return false
        }
        return true
    }

    /// A checkpoint of the copy may be damaged, and the server call its own by the same tag.
    private func refetchDamaged(_ staged: StagedPublication, _ trust: TrustList) throws {
        if (try? SignedCheckpoint(staged.read(AuthorityLog.checkpoint), logKeys: trust.logKeys.map(\.note))) == nil {
            try staged.fetch(AuthorityLog.checkpoint, fresh: true, isWhole: true)
        }
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

    /// All of the log, where that is asked for.
    private func fetchLog(_ head: TreeHead?, _ staged: StagedPublication) throws {
        guard scope.wholeLog, let head else { return }
        do throws(LogError) {
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
    private func fetchProofs(_ head: TreeHead?, _ staged: StagedPublication, _ sizes: Set<Int>) throws -> [Int] {
        guard let head, head.size > 0 else { return [] }
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
