import Foundation
import Licence
import OpenSSL
import Publication
import TestSupport
import Testing
import TransparencyLog

/// A reader believes no list that the log does not tell of, and no log that goes back.
@Suite struct LoggedListsTests {
    let publication: LoggedPublication

    init() throws { publication = try LoggedPublication() }

    @Test func aListThatStandsInTheLogIsBelieved() throws {
        try publication.publish()
        let snapshot = publication.snapshot()
        #expect(try snapshot.log?.get().head == publication.heads.last)
        #expect(try snapshot.lists(of: publication.issuer.licences, 1).status.get().claims.logIndex == 0)
        #expect(try snapshot.lists(of: publication.issuer.licences, 1).issued.get().claims.logIndex == 1)
    }

    @Test(arguments: [0, 1, 250, 254, 255, 256, 600, 70_000])
    func aListIsFoundInALogOfAnyLength(padding: Int) throws {
        try publication.publish(padding: padding)
        try publication.publish(padding: padding / 3)
        let snapshot = publication.snapshot()
        #expect(snapshot.statusLists[statusPath]?.code == nil)
        #expect(snapshot.issuedLists[issuedPath]?.code == nil)
    }

    @Test func aListThatIsNotToldIsNotBelieved() throws {
        try publication.publish(isTold: false)
        #expect(publication.snapshot().statusLists[statusPath]?.code == .notLogged)
    }

    @Test(arguments: [nil, 1, 2, 3, 4_000_000] as [Int?])
    func aListThatNamesNoPlaceOrAnotherIsNotBelieved(place: Int?) throws {
        try publication.publish(index: { index in place.map { index + $0 } })
        let snapshot = publication.snapshot()
        #expect(snapshot.statusLists[statusPath]?.code == .notLogged)
        #expect(snapshot.issuedLists[issuedPath]?.code == .notLogged)
    }

    @Test func aListThatThiefsOfItsKeySignAndNobodyToldIsNotBelieved() throws {
        try publication.publish()
        let claims = ListClaims(
            subject: Issuer.base + statusPath,
            issuedAt: .noon,
            expires: .noon + .day,
            timeToLive: 600,
            sequence: 99,
            logIndex: 0
        )
        try publication.write(publication.issuer.statusList(claims), statusPath)
        var seen = HighWater()
        #expect(publication.snapshot(&seen).statusLists[statusPath]?.code == .notLogged)
        #expect(seen.marks[statusPath] == nil, "and shuts out no true one")
    }

    @Test func withoutItsCheckpointNoListIsBelieved() throws {
        try publication.publish()
        for bytes: [UInt8]? in [nil, [], Array("x".utf8)] {
            if let bytes {
                try publication.write(bytes, AuthorityLog.checkpoint)
            } else {
                unlink(publication.folder.file(AuthorityLog.checkpoint))
            }
            let snapshot = publication.snapshot()
            #expect(snapshot.log?.code == (bytes == nil ? .missing : .malformed))
            #expect(snapshot.statusLists[statusPath]?.code != nil && snapshot.issuedLists[issuedPath]?.code != nil)
        }
    }

    @Test func aCheckpointByAnotherKeyOrOfAnotherLogIsNotBelieved() throws {
        try publication.publish()
        try publication.sign(by: PrivateKey(algorithm: .edDSA))
        #expect(publication.snapshot().log?.code == .wrongSignature)
        try publication.sign(origin: "lic.example.cn/other")
        #expect(publication.snapshot().log?.code == .wrongSignature)
        try publication.sign()
        #expect(publication.snapshot().log?.code == nil)
    }

    @Test func aRevokedKeyOfTheLogSignsNothing() throws {
        try publication.publish()
        let revoked = try Issuer.trusted(
            3,
            .log,
            certificate: publication.log.certificate,
            divisions: [],
            kinds: [],
            revocation: TrustedKey.Revocation(at: .noon - 60, reason: "stolen")
        )
        try publication.write(trust: publication.trust(sequence: 2, log: revoked))
        let snapshot = publication.snapshot()
        #expect(snapshot.log?.code == .wrongSignature)
        #expect(snapshot.statusLists[statusPath]?.code == .wrongSignature, "whoever has a log is believed with it only")
    }

    @Test func aKeyForListsSignsNoCheckpointAndOneForTheLogNoList() throws {
        try publication.publish()
        try publication.write(
            publication.issuer.statusList(key: publication.logKey, number: publication.log.number),
            statusPath
        )
        #expect(publication.snapshot().statusLists[statusPath]?.code == .wrongIssuer)
    }

    // MARK: - Nothing goes back

    @Test func aShorterLogIsRefused() throws {
        try publication.publish()
        let old = try publication.read(AuthorityLog.checkpoint)
        try publication.publish()
        var seen = HighWater()
        _ = publication.snapshot(&seen)
        try publication.write(old, AuthorityLog.checkpoint)
        #expect(publication.snapshot(&seen).log?.code == .rolledBack)
    }

    @Test func anotherLogOfTheSameSizeIsRefused() throws {
        try publication.publish()
        var seen = HighWater()
        _ = publication.snapshot(&seen)
        let head = TreeHead(size: publication.heads[0].size, root: digest(9))
        try publication.write(publication.checkpoint(head), AuthorityLog.checkpoint)
        #expect(publication.snapshot(&seen).log?.code == .rolledBack)
    }

    @Test func aLongerLogThatDoesNotGoOnFromWhatWasSeenIsRefused() throws {
        try publication.publish()
        var seen = HighWater()
        _ = publication.snapshot(&seen)
        // The same authority's keys, and another history.
        let fork = try LoggedPublication(forking: publication)
        try fork.append(LogEntry(at: .noon, .restore(act: 1, from: digest(0))))
        try fork.publish(padding: 300)
        #expect(fork.snapshot().log?.code == nil)
        #expect(fork.snapshot(&seen).log?.code == .rolledBack)
    }

    /// Whoever leaves out the tile that would show it has shown nothing.
    @Test(arguments: [nil, "000"]) func aLogOfWhichNobodyCanShowThatItGoesOnIsRefused(file: String?) throws {
        try publication.publish()
        var seen = HighWater()
        _ = publication.snapshot(&seen)
        let before = seen
        let fork = try LoggedPublication(forking: publication)
        try fork.append(LogEntry(at: .noon, .restore(act: 1, from: digest(0))))
        try fork.publish(padding: 300)
        try FileManager.default.removeItem(atPath: fork.folder.file("log/tile/0/\(file ?? "000")"))
        if file == nil {
            try fork.write([UInt8](repeating: 0, count: 32), "log/tile/0/000.p/1")
        }
        let snapshot = fork.snapshot(&seen)
        #expect(snapshot.log?.code == .notLogged)
        #expect(snapshot.statusLists[statusPath]?.code == .notLogged)
        #expect(seen == before)
        // Nor is it the newest from then on.
        try publication.publish()
        #expect(publication.snapshot(&seen).log?.code == nil)
    }

    @Test(arguments: [#""digest" : "00ff""#, #""digest" : "x""#, #""digest" : """#])
    func aMemoryOfALogThatCannotBeReadIsNoMemory(text: String) throws {
        try publication.publish()
        var seen = HighWater()
        _ = publication.snapshot(&seen)
        let file = publication.folder.file("seen")
        try seen.save(to: file)
        let digest = try #require(seen.marks[AuthorityLog.checkpoint]?.digest)
        let whole = String(decoding: try DurableFile.read(file, limit: 1 << 20), as: UTF8.self)
        let bent = whole.replacing(#""digest" : "\#(digest)""#, with: text)
        #expect(bent != whole)
        try DurableFile.write(Array(bent.utf8), to: file)
        #expect(throws: PublicationError.self) { try HighWater(file: file) }
    }

    /// A publisher lays the checkpoint before the lists that it covers, and here between the two that a reader reads.
    @Test func aReaderThatComesInBetweenReadsOnceMore() throws {
        try publication.publish()
        let source = Moving(FolderSource(publication.folder.path))
        let publication = publication
        source.before(statusPath) { try publication.publish() }
        var seen = HighWater()
        let snapshot = PublicationReader(source: source, root: publication.issuer.root).snapshot(&seen, now: .noon)
        #expect(try snapshot.statusLists[statusPath]?.get().claims.sequence == 2)
        #expect(try snapshot.log?.get().head == publication.heads.last)
    }

    /// Files that change while they are read.
    private final class Moving: PublicationSource, @unchecked Sendable {
        private let source: FolderSource
        private var change: (path: String, body: () throws -> Void)?

        init(_ source: FolderSource) { self.source = source }

        func before(_ path: String, _ body: @escaping () throws -> Void) { change = (path, body) }

        func read(_ path: String) throws(PublicationError) -> [UInt8] {
            if let change, change.path == path {
                self.change = nil
                do { try change.body() } catch { throw PublicationError(.notWritten, file: path, "\(error)") }
            }
            return try source.read(path)
        }

        func paths(of kind: ListKind) -> [String] { source.paths(of: kind) }
    }

    @Test func aLogThatGoesOnIsAcceptedAtEverySize() throws {
        var seen = HighWater()
        for step in 0..<8 {
            try publication.publish(padding: step * 97)
            #expect(publication.snapshot(&seen).log?.code == nil)
            #expect(seen.marks[AuthorityLog.checkpoint]?.sequence == publication.heads.last?.size)
        }
    }

    // MARK: - Witnesses

    @Test func asManyWitnessesMustHaveSignedAsAreAskedFor() throws {
        try publication.publish()
        let witnesses = try (1...3).map { number in
            let key = try PrivateKey(algorithm: .edDSA)
            return (try #require(NoteKey(name: "w\(number).example", kind: .witness, key: key.publicKey)), key)
        }
        let file = witnesses.map { "\($0.0.verifierKey)  # somebody\n" }.joined() + "\n# nobody\n"
        for signed in 0...3 {
            try publication.sign(witnesses: Array(witnesses.prefix(signed)))
            for quorum in 1...3 {
                let policy = try WitnessPolicy(Array(file.utf8), quorum: quorum, file: "witnesses")
                let snapshot = publication.snapshot(policy: policy)
                #expect(snapshot.log?.code == (signed >= quorum ? nil : .unwitnessed))
                #expect((snapshot.statusLists[statusPath]?.code == nil) == (signed >= quorum))
            }
        }
    }

    @Test func aPolicyThatCannotBeMetOrCountsOneTwiceIsRefused() throws {
        let key = try PrivateKey(algorithm: .edDSA)
        let one = try #require(NoteKey(name: "w.example", kind: .witness, key: key.publicKey)).verifierKey
        let alias = try #require(NoteKey(name: "v.example", kind: .witness, key: key.publicKey)).verifierKey
        let log = try #require(NoteKey(name: "w.example", kind: .log, key: key.publicKey)).verifierKey
        for (text, quorum) in [
            (one, 2), (one, 0), ("", nil), ("# \(one)", 1), ("\(one)\n\(alias)", 1), (log, 1), ("x", 1),
        ] {
            #expect(throws: PublicationError.self) { try WitnessPolicy(Array(text.utf8), quorum: quorum, file: "w") }
        }
        #expect(try WitnessPolicy(Array(one.utf8), quorum: nil, file: "w").quorum == 1)
    }

    // MARK: - Damage

    @Test func noByteOfTheLogThatIsChangedMakesAnotherListBelieved() throws {
        try publication.publish(padding: 300)
        let honest = publication.snapshot()
        #expect(honest.statusLists[statusPath]?.code == nil)
        let tiles = Tile.added(from: 0, to: publication.heads[0].size).filter { $0.level != nil }
        for path in tiles.map(AuthorityLog.path) + [AuthorityLog.checkpoint] {
            let bytes = try publication.read(path)
            for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
                var changed = bytes
                changed[position] ^= 0x20
                try publication.write(changed, path)
                let snapshot = publication.snapshot()
                if case .success(let list)? = snapshot.statusLists[statusPath] {
                    #expect(list == (try honest.statusLists[statusPath]?.get()))
                }
            }
            try publication.write(bytes, path)
        }
    }
}
