import OpenSSL

/// The right edge of a tree, to which entries are added; it is all that is needed of what came before.
package struct TreeEdge {
    package private(set) var size: Int
    /// The hashes of the last tile of each level that is not full.
    private var levels: [[Digest]]
    /// The entries of the last bundle, where it is not full, one after another as in a bundle.
    private var bundle: [UInt8]

    /// The edge of a log without entries.
    package init() {
        size = 0
        levels = []
        bundle = []
    }

    /// Reads the edge of the tree of `head`; `read` gets the bytes at a path below the log's prefix.
    ///
    /// - Throws: ``LogError/Code/inconsistent`` where what was read is not of the tree.
    package init(of head: TreeHead, read: (Tile) throws(LogError) -> [UInt8]) throws(LogError) {
        self.init()
        size = head.size
        for level in 0..<Tile.maximumLevels {
            let count = size >> (8 * level)
            if count == 0 { break }
            let tile = Tile(level: level, index: count / Tile.fullWidth, width: count % Tile.fullWidth)
            levels.append(tile.width == 0 ? [] : try tile.hashes(of: read(tile)))
        }
        guard root == head.root else {
            throw LogError(.inconsistent, "the tiles do not hash to the root that was signed")
        }
        let last = Tile(level: nil, index: size / Tile.fullWidth, width: size % Tile.fullWidth)
        if last.width > 0 {
            bundle = try read(last)
            guard try last.entries(of: bundle).map({ Digest.leaf($0) }) == levels.first else {
                throw LogError(.inconsistent, "\(last.path): its entries do not hash to their tile")
            }
        }
    }

    /// Adds an entry of at most ``Tile/maximumEntry`` bytes; `emit` gets each tile and bundle that becomes full.
    package mutating func append(_ entry: [UInt8], emit: (Tile, [UInt8]) throws -> Void) rethrows {
        precondition(entry.count <= Tile.maximumEntry)
        bundle += Tile.bundle(CollectionOfOne(entry))
        try push(Digest.leaf(entry), level: 0, emit)
        size += 1
        if size.isMultiple(of: Tile.fullWidth) {
            try emit(Tile(level: nil, index: size / Tile.fullWidth - 1), bundle)
            bundle = []
        }
    }

    private mutating func push(_ hash: Digest, level: Int, _ emit: (Tile, [UInt8]) throws -> Void) rethrows {
        if level == levels.count { levels.append([]) }
        levels[level].append(hash)
        guard levels[level].count == Tile.fullWidth else { return }
        let full = levels[level]
        levels[level] = []
        let index = (size + 1) >> (8 * (level + 1)) - 1
        try emit(Tile(level: level, index: index), full.flatMap(\.bytes))
        try push(Self.hash(of: full), level: level + 1, emit)
    }

    /// The tiles and the bundle at the edge that are not full, which a checkpoint of this size needs.
    package var partial: [(Tile, [UInt8])] {
        var tiles: [(Tile, [UInt8])] = []
        if !bundle.isEmpty {
            tiles.append((Tile(level: nil, index: size / Tile.fullWidth, width: size % Tile.fullWidth), bundle))
        }
        for (level, hashes) in levels.enumerated() where !hashes.isEmpty {
            let index = size >> (8 * (level + 1))
            tiles.append((Tile(level: level, index: index, width: hashes.count), hashes.flatMap(\.bytes)))
        }
        return tiles
    }

    package var head: TreeHead { TreeHead(size: size, root: root) }

    /// From the smallest subtree, which stands at the right, to the largest.
    private var root: Digest {
        var root: Digest?
        for hashes in levels {
            var end = hashes.count
            while end > 0 {
                let width = end & -end
                let hash = Self.hash(of: hashes[end - width..<end])
                root = root.map { Digest.node(hash, $0) } ?? hash
                end -= width
            }
        }
        return root ?? TreeHead.empty.root
    }

    /// The hash over so many hashes side by side as are a power of two.
    static func hash(of hashes: some Collection<Digest>) -> Digest {
        var row = Array(hashes)
        while row.count > 1 {
            row = stride(from: 0, to: row.count - 1, by: 2).map { Digest.node(row[$0], row[$0 + 1]) }
        }
        return row[0]
    }
}
