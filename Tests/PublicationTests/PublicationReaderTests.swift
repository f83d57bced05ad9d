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
        #expect(try snapshot.lists(of: issuer.licences, 1).status.get().value(at: 3) == 1)
        #expect(try snapshot.lists(of: issuer.licences, 1).issued.get().count == 3)
        #expect(Set(seen.marks.keys) == [TrustList.path, statusPath, issuedPath])
    }

    @Test mutating func readsTheSamePublicationAgain() throws {
        _ = read()
        let before = seen
        let snapshot = read()
        #expect(throws: Never.self) { try snapshot.lists(of: issuer.licences, 1).status.get() }
        #expect(seen == before)
    }

    @Test mutating func saysThatAListIsMissing() throws {
        #expect(code(read().lists(of: issuer.licences, 2).status) == .missing)
        #expect(code(read().lists(of: issuer.licences, 2).issued) == .missing)
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
        let snapshot = PublicationReader(folder: folder.path, root: other.root).snapshot(&seen, now: .noon)
        #expect(code(snapshot.trust) == .wrongSignature)
    }

    @Test mutating func believesAListOnlyUnderItsOwnName() throws {
        try DurableFile.write(issuer.statusList(), to: folder.file("status/341181-2"))
        #expect(code(read().lists(of: issuer.licences, 2).status) == .malformed)
    }

    @Test mutating func oneDamagedListStopsNoOther() throws {
        try DurableFile.write([1, 2, 3], to: folder.file(statusPath))
        let snapshot = read()
        #expect(code(snapshot.lists(of: issuer.licences, 1).status) == .malformed)
        #expect(throws: Never.self) { try snapshot.lists(of: issuer.licences, 1).issued.get() }
    }

    @Test mutating func passesOverTemporaryFiles() throws {
        try DurableFile.write([1], to: folder.file("\(statusPath).123.tmp"))
        #expect(Array(read().statusLists.keys) == [statusPath])
    }

    @Test mutating func refusesAnOlderListOnceItHasSeenANewerOne() throws {
        try DurableFile.write(issuer.statusList(Issuer.claims(sequence: 2)), to: folder.file(statusPath))
        _ = read()
        try DurableFile.write(issuer.statusList(Issuer.claims(sequence: 1)), to: folder.file(statusPath))
        #expect(code(read().lists(of: issuer.licences, 1).status) == .rolledBack)
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

    @Test(arguments: [(300, true), (301, false)] as [(Int64, Bool)])
    mutating func doesNotBelieveOrRememberAListThatIsIssuedAheadOfTheClock(seconds: Int64, isBelieved: Bool) throws {
        let ahead = Issuer.claims(issuedAt: .noon + seconds, sequence: 99)
        try DurableFile.write(issuer.statusList(ahead), to: folder.file(statusPath))
        let list = read().lists(of: issuer.licences, 1).status
        #expect(code(list) == (isBelieved ? nil : .ahead))
        #expect(seen.marks[statusPath]?.sequence == (isBelieved ? 99 : nil))
    }

    @Test mutating func aNumberThatAThiefWroteDoesNotOutliveTheRevocationOfHisKey() throws {
        try DurableFile.write(issuer.statusList(Issuer.claims(sequence: .max)), to: folder.file(statusPath))
        _ = read()
        #expect(seen.marks[statusPath]?.sequence == .max)
        let newKey = try PrivateKey(algorithm: .es256)
        let stolen = try Issuer.trusted(
            1,
            .lists,
            certificate: issuer.lists.certificate,
            revocation: TrustedKey.Revocation(at: .noon - 60, reason: "stolen")
        )
        let next = try Issuer.trusted(3, .lists, certificate: issuer.certificate(of: newKey, .lists))
        try write(trust: issuer.trustList(sequence: 2, keys: [stolen, issuer.licences, next]))
        let honest = try issuer.statusList(Issuer.claims(sequence: 2), key: newKey, number: next.number)
        try DurableFile.write(honest, to: folder.file(statusPath))
        #expect(try read().lists(of: issuer.licences, 1).status.get().claims.sequence == 2)
        #expect(seen.marks[statusPath]?.sequence == 2)
    }

    private mutating func read() -> Snapshot {
        PublicationReader(folder: folder.path, root: issuer.root).snapshot(&seen, now: .noon)
    }

    private func write(trust: TrustList) throws {
        try DurableFile.write(trust.signed(by: issuer.rootKey), to: folder.file(TrustList.path))
    }

    private func code<Value>(_ result: Result<Value, PublicationError>) -> PublicationError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }
}
