import Foundation
import OpenSSL
import Testing
import TransparencyLog

@Suite struct TreeTests {
    /// Leaves are the indices in decimal.
    @Test(arguments: [
        (1, "2zQm6HgGjSjSabbIcXIyLOU3K2V1bQeJAB00g19gHAM="), (256, "goUV0DPBnYyQHzfsy4rtkZZncDSG+NL/8c9wQDIcXbE="),
        (257, "HtoEmkNR2G92JSvX7At3Rq11t/oDFq1fVB29pFijEsQ="), (300, "hOE+weA3FVrmGXV1mbLNIa2lpWXg/ZsxOcDDxsG4rak="),
        (70_000, "Gkzfy2Y3SgwNy+9JrL1JdtE+6GT7PLJB/JQ8rQTwL34="),
    ])
    func rootsAreTheKnownAnswersOfTlogtiles(size: Int, root: String) {
        let log = TestLog(size, step: size)
        #expect(Data(log.edge.head.root.bytes).base64EncodedString() == root)
    }

    @Test func theRootOfAnEmptyLogIsTheHashOfNothing() {
        #expect(TreeEdge().head == TreeHead(size: 0, root: Digest(of: [])))
    }

    @Test func rootsOfEverySizeAreThoseOfTheDefinition() {
        let log = TestLog(600)
        for size in [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 600] {
            #expect(log.heads[size].root == TestLog.root(of: 0..<size))
        }
    }

    @Test func tilesLieWhereTheSpecificationSays() {
        #expect(Tile(level: 0, index: 1_234_067).path == "tile/0/x001/x234/067")
        #expect(Tile(level: nil, index: 0, width: 5).path == "tile/entries/000.p/5")
        #expect(Tile(level: 3, index: 999_999).path == "tile/3/x999/999")
        #expect(Tile(level: 3, index: 1_000).path == "tile/3/x001/000")
    }

    @Test func aTreeOf70000HasTheTilesOfTheSpecificationsExample() {
        let tiles = Tile.added(from: 0, to: 70_000)
        #expect(tiles.count { $0.level == 0 && $0.isFull } == 273)
        #expect(tiles.filter { $0.level == 0 && !$0.isFull } == [Tile(level: 0, index: 273, width: 112)])
        #expect(tiles.count { $0.level == 1 && $0.isFull } == 1)
        #expect(tiles.filter { $0.level == 1 && !$0.isFull } == [Tile(level: 1, index: 1, width: 17)])
        #expect(tiles.filter { $0.level == 2 } == [Tile(level: 2, index: 0, width: 1)])
        #expect(tiles.count { $0.level == nil } == 274)
        #expect(tiles.allSatisfy { $0.level ?? 0 <= 2 })
    }

    @Test(arguments: [0, 1, 255, 256, 257, 400, 512])
    func anEdgeThatIsReadGoesOnAsTheOneThatWas(size: Int) throws {
        let log = TestLog(512)
        var edge = try TreeEdge(of: log.heads[size]) { tile throws(LogError) in try log.read(tile) }
        for index in size..<600 { edge.append(Array(String(index).utf8)) { _, _ in } }
        #expect(edge.head == TestLog(600, step: 600).edge.head)
    }

    @Test func anEdgeIsRefusedWhereAHashOrAnEntryOfItWasChanged() {
        let log = TestLog(300)
        for path in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"] {
            var files = log.files
            files[path]?[20] ^= 1
            #expect(throws: LogError.self) {
                _ = try TreeEdge(of: log.heads[300]) { tile throws(LogError) in files[tile.path] ?? [] }
            }
        }
    }

    @Test func whatWasAddedIsWhatOneTreeHasAndTheOneBeforeHadNot() {
        let log = TestLog(520)
        for (old, size) in [(0, 1), (255, 256), (256, 257), (200, 513), (512, 520)] {
            for tile in Tile.added(from: old, to: size) { #expect(log.files[tile.path] != nil) }
            let before = Set(Tile.added(from: 0, to: old))
            let all = Set(Tile.added(from: 0, to: size))
            #expect(all.isSubset(of: before.union(Tile.added(from: old, to: size))))
        }
    }

    @Test func aBundleThatIsCutOrHasOtherEntriesThanItsTileSaysIsRefused() throws {
        let tile = Tile(level: nil, index: 0, width: 2)
        let bundle = Tile.bundle([[1, 2, 3], []])
        #expect(try tile.entries(of: bundle).map { Array($0) } == [[1, 2, 3], []])
        for end in 0..<bundle.count {
            #expect(throws: LogError.self) { try tile.entries(of: Array(bundle.prefix(end))) }
        }
        #expect(throws: LogError.self) { try tile.entries(of: bundle + [0]) }
        #expect(throws: LogError.self) { try tile.entries(of: bundle + [0, 0]) }
    }
}
