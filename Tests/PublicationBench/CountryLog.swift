import Foundation
import Licence
import OpenSSL
import Publication
import TestSupport
import TransparencyLog

/// A log that counts what it takes; a whole one hashes its entries and keeps the last tiles, by which it is shown to go on.
struct CountryLog {
    private(set) var size = 0
    /// Bytes of all bundles of entries.
    private(set) var entryBytes = 0
    /// Bytes of those bundles that were compressed, before and after.
    private(set) var compressed = (before: 0, after: 0)
    /// Tiles and the checkpoint, by path in the publication.
    private(set) var files: [String: [UInt8]] = [:]

    private let isWhole: Bool
    private var edge = TreeEdge()
    private var bundle: [UInt8] = []
    private var inBundle = 0
    private var bundles = 0
    /// Only every so many bundles are compressed.
    private let compressedEach: Int
    /// So many tiles at the right edge are kept, more than go out.
    private static let keptTiles = 64

    init(isWhole: Bool, compressedEach: Int) {
        self.isWhole = isWhole
        self.compressedEach = compressedEach
    }

    /// Adds an entry that stands for `weight` of its kind.
    mutating func append(_ entry: [UInt8], weight: Int = 1) {
        size += weight
        entryBytes += (entry.count + 2) * weight
        bundle += Tile.bundle(CollectionOfOne(entry))
        inBundle += 1
        if inBundle == Tile.fullWidth {
            if bundles.isMultiple(of: compressedEach) {
                compressed.before += bundle.count
                compressed.after += Zlib.gzip.size(of: bundle)
            }
            bundles += 1
            inBundle = 0
            bundle = []
        }
        guard isWhole else { return }
        edge.append(entry) { tile, bytes in
            guard tile.level != nil else { return }
            files[AuthorityLog.path(of: tile)] = bytes
            guard tile.index >= Self.keptTiles else { return }
            files[AuthorityLog.path(of: Tile(level: tile.level, index: tile.index - Self.keptTiles))] = nil
        }
    }

    /// Signs the head of a whole log.
    mutating func end(_ keys: CountryKeys) throws -> TreeHead {
        struct NoLog: Error {}
        for (tile, bytes) in edge.partial { files[AuthorityLog.path(of: tile)] = bytes }
        guard let origin = keys.trust.logOrigin,
            let key = NoteKey(name: origin, kind: .log, key: keys.logKey.publicKey)
        else { throw NoLog() }
        let checkpoint = Checkpoint(origin: origin, head: edge.head)
        let signature = try key.signature(of: checkpoint.text, by: keys.logKey)
        files[AuthorityLog.checkpoint] = SignedNote(text: checkpoint.text, signatures: [signature]).bytes
        return edge.head
    }

    /// What is left of its entries when a server compresses the bundles.
    var compressedEntryBytes: Double {
        Double(entryBytes) * Double(compressed.after) / Double(max(1, compressed.before))
    }
}
