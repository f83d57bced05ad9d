import Foundation
import OpenSSL
import Publication
import Synchronization
import TransparencyLog

/// What is being brought up to date: files that were fetched, in a folder of their own, over those that were there before.
///
/// What is asked for and is in neither is fetched, when it is a tile of the log: which of them are needed shows when lists are verified.
final class StagedPublication: PublicationSource {
    let folder: String
    private let before: (any PublicationSource)?
    private let origin: any FileOrigin
    private let tag: @Sendable (String, [UInt8]) -> String?
    private let state = Mutex(State())

    private struct State {
        /// Paths of what was fetched.
        var staged: Set<String> = []
        /// Tiles and tables of the log that were asked for, wherever they came from.
        var tiles: Set<String> = []
        var bytes = 0
        var trustsTilesBefore = true
        /// What the server called the files that it has given, and their digests.
        var tags: [String: (tag: String, digest: String)] = [:]
        /// Why a file could not be kept; whoever reads on would take it for one that is not there.
        var fault: PublicationError?
    }

    /// `tag` is what the reader himself remembers that the server called a file, for the bytes that are at hand.
    init(
        folder: String,
        before: (any PublicationSource)?,
        origin: any FileOrigin,
        tag: @escaping @Sendable (String, [UInt8]) -> String?
    ) throws(PublicationError) {
        self.folder = folder
        self.before = before
        self.origin = origin
        try DurableFile.makeFolder(folder, mode: 0o700)
        self.tag = tag
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var staged: Set<String> { state.withLock { $0.staged } }
    var tiles: Set<String> { state.withLock { $0.tiles } }
    /// What the server has called the files that it has given.
    var tags: [String: (tag: String, digest: String)] { state.withLock { $0.tags } }
    /// Why something that was fetched could not be kept, such as a full disk; then nothing here is complete.
    var fault: PublicationError? { state.withLock { $0.fault } }
    /// How many bytes were fetched.
    var fetched: Int { state.withLock { $0.bytes } }

    /// Fetches a file unless it is the one that was there before; whether it is new.
    ///
    /// With `isWhole` it is fetched whatever the server calls it; `version` tells it apart from earlier ones of its name.
    @discardableResult
    func fetch(
        _ path: String,
        fresh: Bool = false,
        isWhole: Bool = false,
        version: Int? = nil
    ) throws(PublicationError) -> Bool {
        let known = before.flatMap { try? $0.read(path) }
        let tag = isWhole ? nil : known.flatMap { self.tag(path, $0) }
        switch try origin.get(path, tag: tag, fresh: fresh, version: version) {
        case .unchanged:
            // Another may have come before in its place.
            state.withLock { _ = $0.staged.remove(path) }
            return false
        case .new(let bytes, let tag):
            state.withLock {
                if !isWhole { $0.tags[path] = tag.map { ($0, Digest(of: bytes).description) } }
                $0.bytes += bytes.count
            }
            guard bytes == known else {
                try put(bytes, at: path)
                return true
            }
            // Another may have come before in its place.
            state.withLock { _ = $0.staged.remove(path) }
            return false
        }
    }

    func put(_ bytes: [UInt8], at path: String) throws(PublicationError) {
        // It becomes durable when it is put in its place.
        var file = UnreadFiles()
        do throws(PublicationError) { try file.write(bytes, to: "\(folder)/\(path)") } catch {
            state.withLock { $0.fault = error }
            throw error
        }
        state.withLock { _ = $0.staged.insert(path) }
    }

    /// Takes no tile any more from what was there before, nor of what was fetched until now: one of them may be damaged.
    func distrustTiles() {
        let tiles = state.withLock { state in
            state.trustsTilesBefore = false
            return state.staged.filter(Self.isTile)
        }
        for path in tiles { drop(path) }
    }

    /// Forgets a file that turned out not to be believed; what was there before stands again.
    func drop(_ path: String) {
        state.withLock {
            $0.staged.remove(path)
            $0.tags[path] = nil
        }
        try? FileManager.default.removeItem(atPath: "\(folder)/\(path)")
    }

    func read(_ path: String) throws(PublicationError) -> [UInt8] {
        let isTile = Self.isTile(path)
        if staged.contains(path) {
            if isTile { note(path) }
            return try FolderSource(folder).read(path)
        }
        do throws(PublicationError) {
            guard let before, !isTile || state.withLock({ $0.trustsTilesBefore }) else {
                throw PublicationError(.missing, file: path, "is not in the publication")
            }
            let bytes = try before.read(path)
            if isTile { note(path) }
            return bytes
        } catch {
            guard isTile, error.code == .missing else { throw error }
            // What turned out to be damaged, or missing, may be so in a cache alone.
            let isAgain = state.withLock { !$0.trustsTilesBefore }
            let answer = try origin.get(path, fresh: isAgain)
            guard case .new(let bytes, _) = answer else { throw error }
            state.withLock { $0.bytes += bytes.count }
            try put(bytes, at: path)
            note(path)
            return bytes
        }
    }

    /// Whether a path is that of a file of the log that never changes: a tile, or a table of lists.
    private static func isTile(_ path: String) -> Bool {
        path.hasPrefix("\(AuthorityLog.folder)/") && path != AuthorityLog.checkpoint
    }

    private func note(_ path: String) { state.withLock { _ = $0.tiles.insert(path) } }

    func paths(of kind: ListKind) -> [String] {
        let new = staged.filter { ListKind(path: $0) == kind }
        return Set(before?.paths(of: kind) ?? []).union(new).sorted()
    }
}
