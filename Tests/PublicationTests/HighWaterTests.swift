import Licence
import LicenceCode
import Publication
import TestSupport
import Testing

@Suite struct HighWaterTests {
    var seen = HighWater()

    init() throws { try seen.accept(statusPath, sequence: 5, issuedAt: .noon, bytes: [5]) }

    @Test mutating func acceptsTheSameFileAgain() throws {
        let before = seen
        try seen.accept(statusPath, sequence: 5, issuedAt: .noon, bytes: [5])
        #expect(seen == before)
    }

    @Test mutating func acceptsANewerFile() throws {
        try seen.accept(statusPath, sequence: 6, issuedAt: .noon, bytes: [6])
        #expect(seen.marks[statusPath]?.sequence == 6)
    }

    @Test(
        arguments: [
            (4, 0, [5]), (4, 60, [4]), (5, -1, [5]), (6, -1, [6]), (5, 0, [6]), (5, 60, [6]),
        ] as [(Int, Int64, [UInt8])]
    )
    func refusesAnOlderFileAndAnotherOneOfTheSameNumber(sequence: Int, seconds: Int64, bytes: [UInt8]) {
        var memory = seen
        let error = #expect(throws: PublicationError.self) {
            try memory.accept(statusPath, sequence: sequence, issuedAt: .noon + seconds, bytes: bytes)
        }
        #expect(error?.code == .rolledBack)
        #expect(memory == seen)
    }

    @Test mutating func remembersEachPathByItself() throws {
        try seen.accept(issuedPath, sequence: 1, issuedAt: .noon - 100, bytes: [1])
        #expect(seen.marks[statusPath]?.sequence == 5)
        #expect(seen.marks[issuedPath]?.sequence == 1)
    }

    @Test mutating func takesTheTwinOfASignatureForTheSameFile() throws {
        let issuer = try Issuer()
        let bytes = try issuer.statusList()
        let message = try COSESign1(encoded: bytes)
        let twin = COSESign1(
            header: message.header,
            payload: message.payload,
            signature: TwinSignature.of(message.signature)
        ).encoded
        #expect(twin != bytes)
        #expect(throws: Never.self) { try StatusList(twin, path: statusPath, trust: issuer.trustList()) }
        try seen.accept(statusPath, sequence: 6, issuedAt: .noon, bytes: twin)
        try seen.accept(statusPath, sequence: 6, issuedAt: .noon, bytes: bytes)
    }

    // MARK: - On the disk

    @Test func remembersAcrossASave() throws {
        let folder = try TemporaryFolder()
        try seen.save(to: folder.file("seen.json"))
        var loaded = try HighWater(file: folder.file("seen.json"))
        #expect(loaded == seen)
        let error = #expect(throws: PublicationError.self) {
            try loaded.accept(statusPath, sequence: 4, issuedAt: .noon, bytes: [4])
        }
        #expect(error?.code == .rolledBack)
    }

    @Test func isEmptyWhereNothingWasSavedYet() throws {
        let folder = try TemporaryFolder()
        #expect(try HighWater(file: folder.file("seen.json")) == HighWater())
    }

    @Test(arguments: ["", "{", "{}", "[]", "null", #"{"marks":{"a":{"sequence":1}}}"#, #"{"marks":[]}"#, "\u{0}"])
    func refusesADamagedMemory(text: String) throws {
        let folder = try TemporaryFolder()
        try DurableFile.write(Array(text.utf8), to: folder.file("seen.json"))
        let error = #expect(throws: PublicationError.self) { try HighWater(file: folder.file("seen.json")) }
        #expect(error?.code == .malformed)
    }

    @Test func refusesAMemoryThatCannotBeRead() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: PublicationError.self) { try HighWater(file: folder.path) }
        #expect(error?.code == .unreadable)
    }
}
