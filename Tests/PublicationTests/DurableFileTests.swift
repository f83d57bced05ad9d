import Foundation
import Publication
import TestSupport
import Testing

@Suite struct DurableFileTests {
    @Test(arguments: [
        ("a", "."), ("", "."), ("/a", "/"), ("/", "/"), ("//", "/"), ("a/b", "a"), ("a//b/", "a"), ("/a//b", "/a"),
        ("a/b/c", "a/b"),
        ("./", "."), ("../x", ".."), ("甲/乙", "甲"),
    ])
    func namesTheFolderOfAFile(path: String, parent: String) { #expect(DurableFile.parent(of: path) == parent) }

    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_000])
    func readsBackWhatWasWritten(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try DurableFile.write(bytes, to: folder.file("file"))
        #expect(try DurableFile.read(folder.file("file"), limit: count) == bytes)
        #expect(folder.names == ["file"])
    }

    @Test func replacesWhatStoodThere() throws {
        try DurableFile.write([1, 2, 3], to: folder.file("file"))
        try DurableFile.write([4], to: folder.file("file"))
        #expect(try DurableFile.read(folder.file("file"), limit: 10) == [4])
        #expect(folder.names == ["file"])
    }

    @Test func makesTheFileWithTheModeAsked() throws {
        try DurableFile.write([1], to: folder.file("file"), mode: 0o600)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("file"))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func refusesAFileOverTheLimit() throws {
        try DurableFile.write([1, 2, 3], to: folder.file("file"))
        let error = #expect(throws: PublicationError.self) { try DurableFile.read(folder.file("file"), limit: 2) }
        #expect(error?.code == .tooLarge)
    }

    @Test func tellsAMissingFileFromAnUnreadableOne() throws {
        let missing = #expect(throws: PublicationError.self) { try DurableFile.read(folder.file("file"), limit: 1) }
        #expect(missing?.code == .missing)
        let unreadable = #expect(throws: PublicationError.self) { try DurableFile.read(folder.path, limit: 1) }
        #expect(unreadable?.code == .unreadable)
    }

    @Test func leavesNoTemporaryFileWhenTheNameIsTaken() throws {
        try DurableFile.makeFolder(folder.file("taken/inside"))
        let error = #expect(throws: PublicationError.self) { try DurableFile.write([1], to: folder.file("taken")) }
        #expect(error?.code == .notWritten)
        #expect(folder.names == ["taken"])
    }

    @Test func refusesAFolderThatIsNotThere() {
        let error = #expect(throws: PublicationError.self) { try DurableFile.write([1], to: folder.file("no/file")) }
        #expect(error?.code == .notWritten)
    }

    @Test func neverShowsAHalfWrittenFile() async throws {
        let path = folder.file("file")
        let versions = (0..<8).map { [UInt8](repeating: $0, count: 200_000) }
        try DurableFile.write(versions[0], to: path)
        try await withThrowingTaskGroup { group in
            group.addTask { for version in versions + versions { try DurableFile.write(version, to: path) } }
            for _ in 0..<50 {
                let found = try DurableFile.read(path, limit: 1_000_000)
                #expect(versions.contains(found))
            }
            try await group.waitForAll()
        }
    }

    /// In a process of its own, since the limit on files holds for all of it.
    @Test func keepsTheOldFileWhenTheDiskIsFull() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let old = [UInt8](repeating: 1, count: 1_000)
            try DurableFile.write(old, to: folder.file("file"))
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            try #require(setrlimit(fileSizeLimit, &limit) == 0)
            let new = [UInt8](repeating: 2, count: 1_000_000)
            let error = #expect(throws: PublicationError.self) { try DurableFile.write(new, to: folder.file("file")) }
            #expect(error?.code == .notWritten)
            #expect(try DurableFile.read(folder.file("file"), limit: 10_000) == old)
            #expect(folder.names == ["file"])
        }
    }
}

#if os(Linux)
    private var fileSizeLimit: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_FSIZE.rawValue) }
#else
    private var fileSizeLimit: Int32 { RLIMIT_FSIZE }
#endif
