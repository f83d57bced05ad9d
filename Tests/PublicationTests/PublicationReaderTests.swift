import Licence
import OpenSSL
import Publication
import TestSupport
import Testing

@Suite struct PublicationReaderTests {
    let issuer: Issuer
    let folder: TemporaryFolder
    var seen = HighWater()

    init() throws {
        issuer = try Issuer()
        folder = try TemporaryFolder()
        try DurableFile.makeFolder(folder.file("status"))
        try DurableFile.makeFolder(folder.file("issued"))
        try write(trust: issuer.trustList())
        try DurableFile.write(issuer.statusList(), to: folder.file(statusPath))
        try DurableFile.write(issuer.issuedList(), to: folder.file(issuedPath))
    }

    @Test mutating func readsEveryFile() throws {
        let snapshot = read()
        #expect(try snapshot.trust.get() == issuer.trustList())
        #expect(try snapshot.statusList(of: issuer.licences, 1).get().value(at: 3) == 1)
        #expect(try snapshot.issuedList(of: issuer.licences, 1).get().count == 3)
        #expect(Set(seen.marks.keys) == [TrustList.path, statusPath, issuedPath])
    }

    @Test mutating func readsTheSamePublicationAgain() throws {
        _ = read()
        let before = seen
        let snapshot = read()
        #expect(throws: Never.self) { try snapshot.statusList(of: issuer.licences, 1).get() }
        #expect(seen == before)
    }

    @Test mutating func saysThatAListIsMissing() throws {
        #expect(code(read().statusList(of: issuer.licences, 2)) == .missing)
        #expect(code(read().issuedList(of: issuer.licences, 2)) == .missing)
    }

    @Test mutating func believesNothingWithoutTheTrustList() throws {
        try DurableFile.write([0], to: folder.file(TrustList.path))
        let snapshot = read()
        #expect(code(snapshot.trust) == .malformed)
        #expect(snapshot.statusLists.isEmpty && snapshot.issuedLists.isEmpty)
        #expect(seen == HighWater())
    }

    @Test mutating func believesNothingOfAnotherRoot() throws {
        let other = try Issuer()
        let snapshot = PublicationReader(folder: folder.path, root: other.root).snapshot(&seen)
        #expect(code(snapshot.trust) == .wrongSignature)
    }

    @Test mutating func believesAListOnlyUnderItsOwnName() throws {
        try DurableFile.write(issuer.statusList(), to: folder.file("status/341181-2"))
        #expect(code(read().statusList(of: issuer.licences, 2)) == .malformed)
    }

    @Test mutating func oneDamagedListStopsNoOther() throws {
        try DurableFile.write([1, 2, 3], to: folder.file(statusPath))
        let snapshot = read()
        #expect(code(snapshot.statusList(of: issuer.licences, 1)) == .malformed)
        #expect(throws: Never.self) { try snapshot.issuedList(of: issuer.licences, 1).get() }
    }

    @Test mutating func passesOverTemporaryFiles() throws {
        try DurableFile.write([1], to: folder.file("\(statusPath).123.tmp"))
        #expect(Array(read().statusLists.keys) == [statusPath])
    }

    @Test mutating func refusesAnOlderListOnceItHasSeenANewerOne() throws {
        try DurableFile.write(issuer.statusList(Issuer.claims(sequence: 2)), to: folder.file(statusPath))
        _ = read()
        try DurableFile.write(issuer.statusList(Issuer.claims(sequence: 1)), to: folder.file(statusPath))
        #expect(code(read().statusList(of: issuer.licences, 1)) == .rolledBack)
    }

    @Test mutating func refusesAnOlderTrustListOnceItHasSeenANewerOne() throws {
        try write(trust: issuer.trustList(sequence: 2))
        _ = read()
        try write(trust: issuer.trustList(sequence: 1))
        #expect(code(read().trust) == .rolledBack)
    }

    @Test mutating func remembersNothingThatItDoesNotBelieve() throws {
        let forged = try issuer.statusList(Issuer.claims(sequence: 99), key: issuer.licenceKey)
        try DurableFile.write(forged, to: folder.file(statusPath))
        _ = read()
        #expect(seen.marks[statusPath] == nil)
    }

    private mutating func read() -> Snapshot {
        PublicationReader(folder: folder.path, root: issuer.root).snapshot(&seen)
    }

    private func write(trust: TrustList) throws {
        try DurableFile.write(trust.signed(by: issuer.rootKey), to: folder.file(TrustList.path))
    }

    private func code<Value>(_ result: Result<Value, PublicationError>) -> PublicationError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }
}
