import Foundation
package import OpenSSL

/// That an entry stands in a log, to be checked without it (C2SP tlog-proof).
package struct LogProof: Hashable {
    package let index: Int
    /// From the leaf's sibling to the root's child.
    package let path: [Digest]
    /// The checkpoint, as it was signed.
    package let checkpoint: [UInt8]

    private static let header = "c2sp.org/tlog-proof@v1"
    /// A tree of 2⁵⁰ entries has as many levels.
    private static let maximumPath = 63

    package init(index: Int, path: [Digest], checkpoint: [UInt8]) {
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    package init(_ bytes: [UInt8]) throws(LogError) {
        guard bytes.count <= SignedNote.maximumSize * 2 else { throw Self.malformed("is too long") }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        guard lines.popFirst()?.elementsEqual(Self.header.utf8) == true else {
            throw Self.malformed("does not begin with \(Self.header)")
        }
        if lines.first?.starts(with: "extra ".utf8) == true { lines.removeFirst() }
        guard let line = lines.popFirst(), line.starts(with: "index ".utf8),
            let index = Checkpoint.size(line.dropFirst(6))
        else { throw Self.malformed("does not say which entry it is of") }
        var path: [Digest] = []
        var hasEnded = false
        while let line = lines.popFirst() {
            if line.isEmpty {
                hasEnded = true
                break
            }
            guard let hash = SignedNote.canonicalBase64(line).flatMap({ Digest(bytes: $0) }),
                path.count < Self.maximumPath
            else { throw Self.malformed("has a hash that cannot be read, or too many") }
            path.append(hash)
        }
        guard hasEnded else { throw Self.malformed("has no empty line before its checkpoint") }
        self.init(index: index, path: path, checkpoint: Array(lines.joined(separator: [0x0A])))
    }

    package var bytes: [UInt8] {
        let hashes = path.map { Data($0.bytes).base64EncodedString() + "\n" }.joined()
        return Array("\(Self.header)\nindex \(index)\n\(hashes)\n".utf8) + checkpoint
    }

    /// Whether the checkpoint's tree has an entry of these bytes there.
    package func holds(_ entry: [UInt8], in head: TreeHead) -> Bool {
        head.includes(Digest.leaf(entry), at: index, by: path)
    }

    private static func malformed(_ what: String) -> LogError { LogError(.malformed, "the proof \(what)") }
}
