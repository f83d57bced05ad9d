import Foundation
import Licence
import LicenceCode
import Publication
import TestSupport
import Testing
import TransparencyLog

@Suite struct BundleTests {
    let publication: LoggedPublication
    let file: String

    init() throws {
        publication = try LoggedPublication()
        try publication.publish(padding: 300)
        file = publication.folder.file("inspector.licet")
    }

    private func pack() throws {
        let tiles = Tile.added(from: 0, to: publication.heads[0].size).map(AuthorityLog.path)
        let table = AuthorityLog.lists(ofLogOf: publication.heads[0].size)
        let paths = [TrustList.path, AuthorityLog.checkpoint, table, statusPath, issuedPath] + tiles
        try Bundle.write(
            paths,
            of: "https://lic.example.cn/publication",
            created: .noon,
            tags: [statusPath: "\"a\""],
            to: file
        ) {
            try publication.read($0)
        }
    }

    @Test func saysWhatTheFolderSays() throws {
        try pack()
        let bundle = try Bundle(file: file)
        #expect(bundle.created == .noon && bundle.origin == "https://lic.example.cn/publication")
        #expect(bundle.tags == [statusPath: "\"a\""])
        #expect(Bundle.isOne(file) && !Bundle.isOne(publication.folder.file(TrustList.path)))
        var (seen, other) = (HighWater(), HighWater())
        let snapshot = PublicationReader(source: bundle, root: publication.issuer.root).snapshot(&seen, now: .noon)
        let folder = publication.snapshot(&other)
        #expect(try snapshot.statusLists[statusPath]?.get() == folder.statusLists[statusPath]?.get())
        #expect(try snapshot.issuedLists[issuedPath]?.get() == folder.issuedLists[issuedPath]?.get())
        #expect(try snapshot.log?.get() == folder.log?.get())
        #expect(seen == other)
    }

    @Test func whatIsCutShortOrGoesOnIsRefused() throws {
        try pack()
        let bytes = try publication.read("inspector.licet")
        for end in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: CodeError.self) { try Bundle(Array(bytes.prefix(end))) }
        }
        #expect(throws: CodeError.self) { try Bundle(bytes + [0]) }
    }

    @Test func noChangedByteMakesAnotherListBelieved() throws {
        try pack()
        let bytes = try publication.read("inspector.licet")
        let honest = publication.snapshot()
        for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 400)) {
            var changed = bytes
            changed[position] ^= 0x40
            guard let bundle = try? Bundle(changed) else { continue }
            var seen = HighWater()
            let snapshot = PublicationReader(source: bundle, root: publication.issuer.root).snapshot(&seen, now: .noon)
            for (path, list) in snapshot.statusLists {
                if let list = try? list.get() { #expect(list == (try? honest.statusLists[path]?.get())) }
            }
            for (path, list) in snapshot.issuedLists {
                if let list = try? list.get() { #expect(list == (try? honest.issuedLists[path]?.get())) }
            }
        }
    }

    @Test(arguments: ["../trust-list", "status/341181-1/x", "b", "/etc/passwd"])
    func aFileOfAnotherNameIsRefused(path: String) throws {
        try Bundle.write([path], of: "", created: .noon, to: file) { _ in [1] }
        #expect(throws: PublicationError.self) { try Bundle(file: file) }
    }

    @Test func aBundleThatCannotBeFilledIsNotThereAndTheOldOneStays() throws {
        try pack()
        let before = try publication.read("inspector.licet")
        #expect(throws: PublicationError.self) {
            try Bundle.write([TrustList.path, "status/341181-9"], of: "", created: .noon, to: file) {
                path throws(PublicationError) in
                throw PublicationError(.missing, file: path, "is gone")
            }
        }
        #expect(try publication.read("inspector.licet") == before)
        #expect(!publication.folder.names.contains { $0.hasSuffix(".tmp") })
    }
}
