import OpenSSL
import Testing
import TransparencyLog

/// A log in memory: entries, and every tile that was ever made of them.
final class TestLog {
    private(set) var edge = TreeEdge()
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var heads: [TreeHead] = [.empty]

    /// Entries are their indices in decimal, as in the known answers; tiles are kept of every `step`-th size.
    init(_ count: Int, step: Int = 1) {
        for index in 0..<count {
            edge.append(Array(String(index).utf8)) { files[$0.path] = $1 }
            if (index + 1).isMultiple(of: step) || index + 1 == count {
                for (tile, bytes) in edge.partial { files[tile.path] = bytes }
                heads.append(edge.head)
            }
        }
    }

    func read(_ tile: Tile) throws(LogError) -> [UInt8] {
        try tile.read { path throws(LogError) in
            guard let bytes = files[path] else { throw LogError(.missing, "\(path) is not there") }
            return bytes
        }
    }

    func tree(of size: Int) -> TileTree { TileTree(heads[size]) { tile throws(LogError) in try self.read(tile) } }

    /// `MTH` as RFC 6962 defines it, of leaves that are their indices.
    static func root(of range: Range<Int>) -> Digest {
        if range.isEmpty { return Digest(of: []) }
        if range.count == 1 { return Digest.leaf(Array(String(range.lowerBound).utf8)) }
        var half = 1
        while half * 2 < range.count { half *= 2 }
        let middle = range.lowerBound + half
        return Digest.node(root(of: range.lowerBound..<middle), root(of: middle..<range.upperBound))
    }

    func remove(_ path: String) { files[path] = nil }
}
