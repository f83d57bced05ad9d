import Foundation
import Licence
import OpenSSL
import Publication
import Syncing
import TestSupport
import Testing
import TransparencyLog

/// A log that is too large to go out whole in a bundle.
@Suite struct BundledLogTests {
    private let publication: LoggedPublication

    init() throws {
        publication = try LoggedPublication()
        try publication.publish(padding: 20_000)
    }

    private func bundle(_ name: String = "day.licet", seen: HighWater = HighWater()) throws -> Publication.Bundle {
        let file = publication.folder.file(name)
        var seen = seen
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        #expect(try sync.run(to: .bundle(file), seen: &seen, now: .noon).refused.isEmpty)
        return try Publication.Bundle(file: file)
    }

    private func code(_ bundle: Publication.Bundle, _ seen: inout HighWater) -> PublicationError.Code? {
        let snapshot = PublicationReader(source: bundle, root: publication.issuer.root).snapshot(&seen, now: .noon)
        #expect(snapshot.statusLists[statusPath]?.code == snapshot.log?.code)
        return snapshot.log?.code
    }

    @Test func whoSawTheBundleOfAnEarlierDaySeesThatItsLogGoesOn() throws {
        // One who looks each day, one who was away, and one who looks every other day.
        var readers = [HighWater(), HighWater(), HighWater()]
        for day in 0..<6 {
            let bundle = try bundle()
            #expect(bundle.paths.count { $0.hasPrefix("log/tile/") } < 20)
            for reader in 0..<3 where reader == 0 || day % (reader == 1 ? 5 : 2) == 0 {
                #expect(code(bundle, &readers[reader]) == nil, "day \(day), reader \(reader)")
            }
            try publication.publish(padding: 300 + day)
        }
    }

    @Test func aBundleThatWasMadeAnewShowsNothingOfTheSort() throws {
        var seen = HighWater()
        #expect(try code(bundle(), &seen) == nil)
        try publication.publish(padding: 300)
        let before = seen
        #expect(try code(bundle("anew.licet"), &seen) == .notLogged)
        #expect(seen == before)
        // Whoever packs it remembers what he saw himself.
        #expect(try code(bundle("remembered.licet", seen: before), &seen) == nil)
    }

    /// The tile by which a reader sees that the log goes on lies damaged in his copy; what the publication has is whole.
    @Test(arguments: [0, 4_000, 8_191]) func aDamagedTileOfACopyStopsNobodyForEver(place: Int) throws {
        var seen = HighWater()
        #expect(publication.snapshot(&seen).log?.code == nil)
        try publication.publish(padding: 600)
        let copy = publication.folder.file("copy")
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        var stranger = HighWater()
        _ = try sync.run(to: .folder(copy), seen: &stranger, now: .noon)
        let tile = "\(copy)/log/tile/0/078"
        var bytes = try publication.read("log/tile/0/078")
        bytes[place] ^= 1
        try DurableFile.makeFolder("\(copy)/log/tile/0")
        try DurableFile.write(bytes, to: tile)
        try publication.publish()
        #expect(try sync.run(to: .folder(copy), seen: &seen, now: .noon).refused.isEmpty)
        #expect(seen.logSize == publication.heads.last?.size)
        #expect(try DurableFile.read(tile, limit: 1 << 16) == publication.read("log/tile/0/078"))
    }

    @Test func aCopyKeepsNoPartialTileBesideTheFullOne() throws {
        let copy = publication.folder.file("copy")
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        var seen = HighWater()
        for _ in 0..<8 {
            _ = try sync.run(to: .folder(copy), seen: &seen, now: .noon)
            try publication.publish(padding: 60)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(copy)/log/tile/0")
        #expect(names.filter { $0.hasSuffix(".p") }.count == 1, "\(names)")
    }
}
