package import OpenSSL

/// A tree whose hashes are read from tiles when they are asked for; nothing that comes of it is believed before it is verified.
package final class TileTree {
    package let head: TreeHead
    private let read: (Tile) throws(LogError) -> [UInt8]
    /// The hashes of tiles, and above them those of two, of four, … side by side.
    private var tiles: [Tile: [[Digest]]] = [:]

    /// `read` gets the bytes of a tile, as by ``Tile/read(_:)``.
    package init(_ head: TreeHead, read: @escaping (Tile) throws(LogError) -> [UInt8]) {
        self.head = head
        self.read = read
    }

    /// The inclusion proof of an entry (RFC 6962, section 2.1.1), from the leaf's sibling to the root's child.
    package func inclusionProof(of index: Int) throws(LogError) -> [Digest] {
        guard index >= 0, index < head.size else { throw LogError(.missing, "the log has no entry \(index)") }
        var path: [Digest] = []
        var range = 0..<head.size
        while range.count > 1 {
            let middle = range.lowerBound + range.count.splittingPoint
            if index < middle {
                path.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return path.reversed()
    }

    /// The proof that this tree goes on from its first `size` entries (RFC 6962, section 2.1.2); empty where there is nothing to prove.
    package func consistencyProof(from size: Int) throws(LogError) -> [Digest] {
        guard size > 0, size < head.size else { return [] }
        var path: [Digest] = []
        var range = 0..<head.size
        var isWhole = true
        while range.upperBound != size {
            let middle = range.lowerBound + range.count.splittingPoint
            if size <= middle {
                path.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        if !isWhole { path.append(try hash(of: range)) }
        return path.reversed()
    }

    /// The hash over the first `size` entries.
    package func root(of size: Int) throws(LogError) -> Digest { try hash(of: 0..<size) }

    /// Whether a tile is what the head was signed over, as far as the tiles above it are.
    package func isSound(_ tile: Tile) throws(LogError) -> Bool {
        guard let level = tile.level, let top = try rows(of: tile).last?.last else { return false }
        guard tile.isFull, let above = Tile(level: level + 1, index: tile.index / Tile.fullWidth, ofTreeOf: head.size)
        else {
            // At the right edge: all of them together make the root.
            return try hash(of: 0..<head.size) == head.root
        }
        guard try rows(of: above)[0][tile.index % Tile.fullWidth] == top else { return false }
        return try isSound(above)
    }

    private func rows(of tile: Tile) throws(LogError) -> [[Digest]] {
        if let known = tiles[tile] { return known }
        var rows = [try tile.hashes(of: read(tile))]
        while let row = rows.last, row.count > 1 {
            rows.append(stride(from: 0, to: row.count - 1, by: 2).map { Digest.node(row[$0], row[$0 + 1]) })
        }
        if tiles.count >= Self.kept { tiles.removeAll(keepingCapacity: true) }
        tiles[tile] = rows
        return rows
    }

    /// How many tiles are kept in memory, of some 40 KiB each.
    private static let kept = 256

    /// `MTH` over a range of entries that the tree has.
    private func hash(of range: Range<Int>) throws(LogError) -> Digest {
        if range.isEmpty { return TreeHead.empty.root }
        let height = range.count.trailingZeroBitCount
        if range.count == 1 << height, range.lowerBound.isMultiple(of: range.count) {
            let level = height / 8
            let first = range.lowerBound >> (8 * level)
            guard let tile = Tile(level: level, index: first / Tile.fullWidth, ofTreeOf: head.size) else {
                throw LogError(.missing, "the log has no entries \(range)")
            }
            return try rows(of: tile)[height % 8][(first % Tile.fullWidth) >> (height % 8)]
        }
        let middle = range.lowerBound + range.count.splittingPoint
        return Digest.node(
            try hash(of: range.lowerBound..<middle),
            try hash(of: middle..<range.upperBound)
        )
    }
}
