import Foundation
package import OpenSSL

/// What is sent to a witness: a checkpoint, and a proof that it goes on from what the witness has seen (C2SP tlog-witness, “add-checkpoint”).
package struct AddCheckpoint: Hashable {
    /// How many entries the log had when the witness saw it last.
    package let oldSize: Int
    package let proof: [Digest]
    package let checkpoint: [UInt8]

    package static let maximumProof = 63

    package init(oldSize: Int, proof: [Digest], checkpoint: [UInt8]) {
        self.oldSize = oldSize
        self.proof = proof
        self.checkpoint = checkpoint
    }

    package init(_ body: [UInt8]) throws(LogError) {
        var lines = body.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        guard let first = lines.popFirst(), first.starts(with: "old ".utf8),
            let oldSize = Checkpoint.size(first.dropFirst(4))
        else { throw LogError(.malformed, "the request does not begin with an old size") }
        var proof: [Digest] = []
        var hasEnded = false
        while let line = lines.popFirst() {
            if line.isEmpty {
                // What follows the last line feed is no line.
                hasEnded = !lines.isEmpty
                break
            }
            guard let hash = SignedNote.canonicalBase64(line).flatMap({ Digest(bytes: $0) }),
                proof.count < Self.maximumProof
            else { throw LogError(.malformed, "the request has a hash that cannot be read, or too many") }
            proof.append(hash)
        }
        guard hasEnded else { throw LogError(.malformed, "the request has no empty line before its checkpoint") }
        self.init(oldSize: oldSize, proof: proof, checkpoint: Array(lines.joined(separator: [0x0A])))
    }

    package var body: [UInt8] {
        let hashes = proof.map { Data($0.bytes).base64EncodedString() + "\n" }.joined()
        return Array("old \(oldSize)\n\(hashes)\n".utf8) + checkpoint
    }
}
