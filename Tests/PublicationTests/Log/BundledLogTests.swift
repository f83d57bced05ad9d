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
            #expect(bundle.paths.count { $0.hasPrefix("log/tile/") } < 50)
            for reader in 0..<3 where reader == 0 || day % (reader == 1 ? 5 : 2) == 0 {
                #expect(code(bundle, &readers[reader]) == nil, "day \(day), reader \(reader)")
            }
            try publication.publish(padding: 3_000 + day)
        }
    }

    @Test func aBundleThatWasMadeAnewShowsNothingOfTheSort() throws {
        var seen = HighWater()
        #expect(try code(bundle(), &seen) == nil)
        try publication.publish(padding: 300)
        let before = seen
        // Of what is new all is shown.
        var recent = seen
        #expect(try code(bundle("anew.licet"), &recent) == nil)
        try publication.publish(padding: 9_000)
        #expect(try code(bundle("anew-again.licet"), &seen) == .notLogged)
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

    private func verdictful(_ source: any PublicationSource) -> Int? {
        var seen = HighWater()
        let snapshot = PublicationReader(source: source, root: publication.issuer.root).snapshot(&seen, now: .noon)
        return try? snapshot.statusLists[statusPath]?.get().claims.sequence
    }

    /// What a bundle says of itself is a label: whoever changes a list in it and not the label deceives nobody.
    @Test func anOlderListInTheCopyIsNotTakenForTheNewestByItsLabel() throws {
        let file = publication.folder.file("day.licet")
        let old = try publication.read(statusPath)
        try publication.publish()
        let bundle = try bundle()
        #expect(verdictful(bundle) == 2)
        try Publication.Bundle.write(
            bundle.paths,
            of: bundle.origin,
            created: bundle.created,
            tags: bundle.tags,
            to: file
        ) {
            $0 == statusPath ? old : try bundle.read($0)
        }
        #expect(verdictful(try Publication.Bundle(file: file)) == nil)
        #expect(verdictful(try self.bundle()) == 2)
    }

    /// A publication that gives the new log and a list from before, however much the log has grown.
    @Test(arguments: [500, 100_500]) func aListThatTheLogOvertookIsBelievedByNobody(padding: Int) throws {
        let old = try publication.read(statusPath)
        let copy = publication.folder.file("copy")
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        var seen = HighWater()
        #expect(try sync.run(to: .folder(copy), seen: &seen, now: .noon).refused.isEmpty)
        try publication.publish(padding: padding)
        let new = try publication.read(statusPath)
        try publication.write(old, statusPath)
        #expect(verdictful(FolderSource(publication.folder.path)) == nil)
        let report = try sync.run(to: .folder(copy), seen: &seen, now: .noon)
        #expect(report.refused.map(\.code) == [.overtaken])
        #expect(verdictful(FolderSource(copy)) == nil)
        var stranger = HighWater()
        let bundle = publication.folder.file("stale.licet")
        #expect(try sync.run(to: .bundle(bundle), seen: &stranger, now: .noon).refused.map(\.code) == [.overtaken])
        #expect(verdictful(try Publication.Bundle(file: bundle)) == nil)
        try publication.write(new, statusPath)
        #expect(try sync.run(to: .folder(copy), seen: &seen, now: .noon).refused.isEmpty)
        #expect(verdictful(FolderSource(copy)) == 2)
    }

    /// A thief of the log's key shows a log without end; once the key is revoked, the true one is copied again.
    @Test func aLogThatAThiefSignedShutsTheTrueOneOutNoLongerThanItsKeyStands() throws {
        let copy = publication.folder.file("copy")
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        var seen = HighWater()
        let theirs = TreeHead(size: 1 << 40, root: digest(7))
        try publication.write(publication.checkpoint(theirs), AuthorityLog.checkpoint)
        _ = publication.snapshot(&seen)
        #expect(seen.logSize == 1 << 40)
        let revoked = try Issuer.trusted(
            3,
            .log,
            certificate: publication.log.certificate,
            divisions: [],
            kinds: [],
            revocation: TrustedKey.Revocation(at: .noon - 7_200, reason: "stolen")
        )
        let key = try PrivateKey(algorithm: .edDSA)
        let certificate = try publication.issuer.certificate(of: key, .log)
        let next = try Issuer.trusted(4, .log, certificate: certificate, divisions: [], kinds: [])
        let issuer = publication.issuer
        try publication.write(
            trust: issuer.trustList(sequence: 2, keys: [issuer.lists, issuer.licences, revoked, next])
        )
        try publication.sign(by: key)
        #expect(try sync.run(to: .folder(copy), seen: &seen, now: .noon).refused.isEmpty)
        #expect(verdictful(FolderSource(copy)) == 1)
    }

    /// Others copy from a copy, as it grows.
    @Test func aCopyOfACopyFollows() throws {
        let (first, second) = (publication.folder.file("first"), publication.folder.file("second"))
        var (one, two) = (HighWater(), HighWater())
        for _ in 0..<4 {
            let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
            #expect(try sync.run(to: .folder(first), seen: &one, now: .noon).refused.isEmpty)
            let again = Sync(from: .folder(first), root: publication.issuer.root)
            #expect(try again.run(to: .folder(second), seen: &two, now: .noon).refused.isEmpty)
            #expect(two.logSize == publication.heads.last?.size)
            try publication.publish(padding: 700)
        }
        let bundle = try bundle()
        let file = publication.folder.file("day.licet")
        let third = Sync(from: .bundle(file), root: publication.issuer.root)
        var seen = HighWater()
        #expect(try third.run(to: .folder(publication.folder.file("third")), seen: &seen, now: .noon).refused.isEmpty)
        #expect(verdictful(bundle) == verdictful(FolderSource(publication.folder.file("third"))))
    }

    /// A tile that only who saw less needs.
    @Test func aDamagedTileOfACopyIsFoundBeforeAReaderMeetsIt() throws {
        var seen = HighWater()
        #expect(publication.snapshot(&seen).log?.code == nil)
        try publication.publish(padding: 600)
        let copy = publication.folder.file("copy")
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        var other = HighWater()
        _ = try sync.run(to: .folder(copy), seen: &other, now: .noon)
        var bytes = try DurableFile.read("\(copy)/log/tile/0/078", limit: 1 << 16)
        bytes[5_000] ^= 4
        try DurableFile.write(bytes, to: "\(copy)/log/tile/0/078")
        _ = try sync.run(to: .folder(copy), seen: &other, now: .noon)
        #expect(try DurableFile.read("\(copy)/log/tile/0/078", limit: 1 << 16) == publication.read("log/tile/0/078"))
        let snapshot = PublicationReader(folder: copy, root: publication.issuer.root).snapshot(&seen, now: .noon)
        #expect(snapshot.log?.code == nil)
    }

    /// A table of lists that a copy keeps may be damaged or gone.
    @Test(arguments: [nil, 0, 60] as [Int?]) func aDamagedTableOfACopyIsFetchedAnew(place: Int?) throws {
        let copy = publication.folder.file("copy")
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        var seen = HighWater()
        _ = try sync.run(to: .folder(copy), seen: &seen, now: .noon)
        let path = AuthorityLog.lists(ofLogOf: publication.heads[0].size)
        if let place {
            var bytes = try publication.read(path)
            bytes[place] ^= 1
            try DurableFile.write(bytes, to: "\(copy)/\(path)")
        } else {
            try FileManager.default.removeItem(atPath: "\(copy)/\(path)")
        }
        #expect(verdictful(FolderSource(copy)) == nil)
        #expect(try sync.run(to: .folder(copy), seen: &seen, now: .noon).refused.isEmpty)
        #expect(try DurableFile.read("\(copy)/\(path)", limit: 1 << 20) == publication.read(path))
        #expect(verdictful(FolderSource(copy)) == 1)
    }

    @Test func aCopyKeepsTheTablesOfAWhileAndABundleOne() throws {
        let copy = publication.folder.file("copy")
        let sync = Sync(from: .folder(publication.folder.path), root: publication.issuer.root)
        var seen = HighWater()
        for _ in 0..<20 {
            _ = try sync.run(to: .folder(copy), seen: &seen, now: .noon)
            try publication.publish()
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(copy)/log/lists")
        #expect(Set(names.compactMap { Int($0) }) == Set(publication.heads.dropLast().suffix(16).map(\.size)))
        #expect(try bundle().paths.filter(AuthorityLog.isLists).count == 1)
    }

    /// A bundle tells nothing of what it leaves out: whoever read one asks the publication as before.
    @Test func aBundleVouchesForNoListThatItDoesNotHave() throws {
        let (root, copy) = (publication.issuer.root, publication.folder.file("copy"))
        let honest = Sync(from: .folder(publication.folder.path), root: root)
        var seen = HighWater()
        _ = try honest.run(to: .folder(copy), seen: &seen, now: .noon)
        let old = try publication.read(statusPath)
        try publication.publish()
        let bundle = try bundle()
        let evil = publication.folder.file("evil.licet")
        // As an office's own, or as somebody's who has no key: the new log, and the lists from before or none.
        for paths in [bundle.paths, bundle.paths.filter { $0 != statusPath }] {
            try Publication.Bundle.write(paths, of: bundle.origin, created: bundle.created, tags: [:], to: evil) {
                $0 == statusPath ? old : try bundle.read($0)
            }
            #expect(verdictful(try Publication.Bundle(file: evil)) == nil)
            for target in ["x", "y"] {
                let sync = Sync(from: .bundle(evil), root: root)
                _ = try? sync.run(to: .folder(publication.folder.file(target)), seen: &seen, now: .noon)
                #expect(verdictful(FolderSource(publication.folder.file(target))) == nil)
            }
            _ = PublicationReader(source: try Publication.Bundle(file: evil), root: root).snapshot(&seen, now: .noon)
        }
        #expect(try honest.run(to: .folder(copy), seen: &seen, now: .noon).refused.isEmpty)
        #expect(verdictful(FolderSource(copy)) == 2)
    }

    @Test func aListThatAnotherHasNotIsNotThrownAway() throws {
        let (root, copy) = (publication.issuer.root, publication.folder.file("copy"))
        var seen = HighWater()
        let half = Sync(from: .folder(publication.folder.path), root: root)
        _ = try half.run(to: .folder(copy), seen: &seen, now: .noon)
        let list = try publication.read(statusPath)
        try publication.write(Array("<html>".utf8), statusPath)
        #expect(try half.run(to: .folder(copy), seen: &seen, now: .noon).refused.isEmpty)
        #expect(try DurableFile.read("\(copy)/\(statusPath)", limit: 1 << 20) == list)
        var stranger = HighWater()
        let report = try half.run(to: .folder(publication.folder.file("new")), seen: &stranger, now: .noon)
        #expect(report.refused.map(\.code) == [.malformed])
        #expect(!FileManager.default.fileExists(atPath: publication.folder.file("new/\(statusPath)")))
    }
}
