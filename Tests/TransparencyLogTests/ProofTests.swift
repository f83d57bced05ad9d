import OpenSSL
import Testing
import TransparencyLog

@Suite struct ProofTests {
    @Test func everyEntryOfEveryTreeIsProvedAndNothingElseIs() throws {
        let log = TestLog(40)
        for size in 1...40 {
            let tree = log.tree(of: size)
            for index in 0..<size {
                let proof = try tree.inclusionProof(of: index)
                let leaf = Digest.leaf(Array(String(index).utf8))
                #expect(tree.head.includes(leaf, at: index, by: proof))
                #expect(!tree.head.includes(leaf, at: index, by: proof + [leaf]))
                #expect(proof.isEmpty || !tree.head.includes(leaf, at: index, by: Array(proof.dropLast())))
                for other in -1...size where other != index {
                    #expect(!tree.head.includes(leaf, at: other, by: proof))
                }
                for place in proof.indices {
                    var changed = proof
                    changed[place] = Digest.leaf([9])
                    #expect(!tree.head.includes(leaf, at: index, by: changed))
                }
            }
        }
    }

    @Test func everyTreeIsProvedToGoOnFromEveryOneBeforeAndFromNoOther() throws {
        let log = TestLog(40)
        for size in 0...40 {
            let tree = log.tree(of: size)
            for old in 0...size {
                let proof = try tree.consistencyProof(from: old)
                #expect(tree.head.continues(log.heads[old], by: proof))
                if old > 0, old < size {
                    let other = TreeHead(size: old, root: Digest.leaf([7]))
                    #expect(!tree.head.continues(other, by: proof))
                    #expect(!tree.head.continues(log.heads[old], by: proof + [other.root]))
                    #expect(!tree.head.continues(log.heads[old], by: Array(proof.dropLast())))
                    #expect(!tree.head.continues(log.heads[old - 1], by: proof))
                    for place in proof.indices {
                        var changed = proof
                        changed[place] = other.root
                        #expect(!tree.head.continues(log.heads[old], by: changed))
                    }
                }
                if old < size { #expect(!log.heads[old].continues(tree.head, by: proof)) }
            }
        }
    }

    @Test(arguments: [(299, 300), (0, 70_000), (65_535, 70_000), (69_999, 70_000), (256, 70_000)])
    func proofsReachOverSeveralLevelsOfTiles(index: Int, size: Int) throws {
        let log = TestLog(size, step: size)
        let tree = TileTree(log.edge.head) { tile throws(LogError) in try log.read(tile) }
        let proof = try tree.inclusionProof(of: index)
        #expect(tree.head.includes(Digest.leaf(Array(String(index).utf8)), at: index, by: proof))
        let old = TreeHead(size: index + 1, root: TestLog.root(of: 0..<index + 1))
        #expect(try tree.head.continues(old, by: tree.consistencyProof(from: old.size)))
        #expect(try tree.root(of: old.size) == old.root)
    }

    @Test func aPartialTileThatIsGoneIsReadFromTheFullOneThatItBecame() throws {
        let log = TestLog(600)
        for path in log.files.keys where path.contains(".p/") && path.contains("/000.") { log.remove(path) }
        let tree = log.tree(of: 200)
        #expect(try tree.head.includes(Digest.leaf(Array("7".utf8)), at: 7, by: tree.inclusionProof(of: 7)))
        _ = try TreeEdge(of: log.heads[200]) { tile throws(LogError) in try log.read(tile) }
    }

    @Test func aProofTravelsAsText() throws {
        let log = TestLog(40)
        let proof = try LogProof(
            index: 7,
            path: log.tree(of: 40).inclusionProof(of: 7),
            checkpoint: Array("a\n\nb".utf8)
        )
        #expect(try LogProof(proof.bytes) == proof)
        #expect(proof.holds(Array("7".utf8), in: log.heads[40]))
        #expect(!proof.holds(Array("8".utf8), in: log.heads[40]))
        let text = String(decoding: proof.bytes, as: UTF8.self)
        #expect(
            try LogProof(Array(text.replacing("index", with: "extra AAAA\nindex", maxReplacements: 1).utf8)) == proof
        )
        for other in ["index 07", "index -1", "index", "idx 7", "index 9999999999999999999"] {
            #expect(throws: LogError.self) { try LogProof(Array(text.replacing("index 7", with: other).utf8)) }
        }
    }
}
