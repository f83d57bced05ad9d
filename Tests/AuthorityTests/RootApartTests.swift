import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing

/// A root in a folder of its own, an authority that has only its certificate, and the files that go between them.
@Suite struct RootApartTests {
    let folder: TemporaryFolder
    let rootHome: Home
    let home: Home

    init() throws {
        folder = try TemporaryFolder()
        rootHome = Home(path: folder.file("root"), keyCost: .none)
        home = Seat.home(in: folder)
        try rootHome.makeFolders()
        let certificate = try rootHome.withNewRoot(
            of: "滁州市",
            .es256,
            in: .file(passphrase: Seat.passphrase),
            validity: Instant.noon...Instant.noon + 30 * .year
        ) { $0.certificate }
        let founding = Authority.Founding(
            name: "滁州市",
            verifyAddress: nil,
            utcOffset: 480,
            root: .apart(certificate),
            listAlgorithm: .es256,
            listPlace: .file(passphrase: Seat.passphrase),
            officerPlace: .file(passphrase: Seat.passphrase)
        )
        try Authority.found(founding, at: home, officer: "王", now: .noon)
        _ = try open().addOfficer(
            "李",
            isSupervisor: false,
            place: .file(passphrase: Seat.passphrase),
            officer: "王",
            now: .noon
        )
    }

    @Test func nothingSignsBeforeTheRootHasAnswered() throws {
        let authority = try open()
        #expect(!authority.hasRootKey)
        #expect(try authority.registry.read { try $0.keys(of: authority.record) }.isEmpty)
        guard case .requested(let key) = try addOffice() else { return #expect(Bool(false), "it should wait") }
        #expect(key.number.value == 3)
        let error = #expect(throws: AuthorityError.self) { try issue(1) }
        #expect(error?.code == .noSuchOffice)
        #expect(throws: AuthorityError.self) { try publish() }
    }

    @Test func everythingWorksOnceTheAnswerIsAccepted() throws {
        _ = try addOffice()
        let news = try accept(answer())
        #expect(news.count == 4)
        let record = try issue(1)
        #expect(record.issuer.value == 3)
        try publish()
        #expect(try open().untold().isEmpty)
        let authority = try open()
        #expect(try Doctor(authority, now: .noon).examine(find: { Issue.record("\($0)") }).licences == 1)
    }

    @Test func aRequestSaysEverythingAndNothingSecret() throws {
        _ = try addOffice()
        let json = try open().rootRequest(lifetime: 86_400).json
        let text = String(decoding: json, as: UTF8.self)
        #expect(try RootRequest(json: json).json == json)
        #expect(!text.contains("PRIVATE"))
        #expect(text.contains("341181 市场监督管理局"))
        #expect(text.contains("341181"))
    }

    // MARK: - What the root refuses

    @Test(arguments: [
        (#""number" : 2"#, #""number" : 0"#), (#""number" : 2"#, #""number" : 1"#),
        (#""purpose" : 1"#, #""purpose" : 2"#),
        (#""purpose" : 1"#, #""purpose" : 3"#), (#"341181"#, #"999999"#), (#""company""#, #""companies""#),
        (#""company""#, #""branch""#), (#""utcOffset" : 480"#, #""utcOffset" : 4800"#),
        (#""lifetime" : 86400"#, #""lifetime" : 0"#),
        (#""lifetime" : 86400"#, #""lifetime" : 99999999999"#), (#"licet-root-request-1"#, #"licet-root-request-2"#),
        (#""from" : "2026"#, #""from" : "1926"#), (#""until" : "2031"#, #""until" : "2131"#), (#"市场监督"#, #"市场\n监督"#),
        (#""authority" : "滁州市""#, #""authority" : "合肥市""#),
        (#""base" : "licet:""#, #""base" : "https://evil.example/""#),
        (#""sequence" : 1"#, #""sequence" : 9223372036854775807"#),
        (#""sequence" : 1"#, #""sequence" : 20000"#), (#""number" : 2"#, #""number" : 2097151"#),
        (#""nameEn" : "Office 341181""#, #""nameEn" : "Beijing""#), (#""utcOffset" : 480"#, #""utcOffset" : -480"#),
        (#""office" : 341181"#, #""office" : 110000"#), (#""sequence""#, #""more" : 1, "sequence""#),
        (#""sequence""#, #""sequence" : 1, "sequence""#), (#""from" : "2026"#, #""from" : "2016"#),
    ])
    func whatWasWrittenIntoARequestIsNotSigned(text: String, other: String) throws {
        _ = try addOffice()
        let json = String(decoding: try open().rootRequest(lifetime: 86_400).json, as: UTF8.self)
        let changed = json.replacingOccurrences(of: text, with: other)
        #expect(changed != json)
        // Whatever the root makes of it, the registry takes nothing that it did not ask for.
        do {
            let answer = try root().answer(RootRequest(json: Array(changed.utf8)), after: nil, now: .noon)
            #expect(throws: AuthorityError.self) { try accept(answer.bytes) }
        } catch { #expect(error is AuthorityError, "\(error)") }
        #expect(try open().registry.read { try $0.newestTrustList() } == nil)
    }

    @Test func aKeyThatItsHolderDidNotProveIsNotCertified() throws {
        _ = try addOffice()
        let json = try open().rootRequest(lifetime: 86_400).json
        var object = try #require(JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
        var keys = try #require(object["keys"] as? [[String: Any]])
        var proof = try #require((keys[1]["request"] as? String).flatMap { Data(base64Encoded: $0) })
        proof[proof.count - 1] ^= 1
        keys[1]["request"] = proof.base64EncodedString()
        object["keys"] = keys
        let changed = Array(try JSONSerialization.data(withJSONObject: object))
        let error = #expect(throws: AuthorityError.self) {
            try root().answer(RootRequest(json: changed), after: nil, now: .noon)
        }
        #expect(error?.code == .request)
        #expect(error?.reason.contains("key 2") == true)
    }

    @Test func theRootTakesNothingBack() throws {
        _ = try addOffice()
        try accept(answer())
        let authority = try open()
        let key = try authority.key("3")
        let before = try authority.rootRequest(lifetime: 86_400)
        try authority.revoke(key, asOf: .noon, reason: "lost", officer: "王", now: .noon)
        let previous = try answer(now: .noon + 1)
        let list = try TrustList(previous, root: authority.root)
        #expect(list.keys.last?.revocation?.reason == "lost")
        let error = #expect(throws: AuthorityError.self) { try root().answer(before, after: list, now: .noon + 2) }
        #expect(error?.code == .request)
        #expect(error?.reason.contains("not taken back") == true)
    }

    @Test(arguments: [(-1, false), (0, true), (1, true)] as [(Int64, Bool)])
    func theRootSignsNothingWithAClockBehindItsLastList(seconds: Int64, isSigned: Bool) throws {
        let list = try TrustList(answer(now: .noon + 100), root: open().root)
        let request = try open().rootRequest(lifetime: 86_400)
        do {
            let answer = try root().answer(request, after: list, now: .noon + 100 + seconds)
            #expect(isSigned)
            #expect(answer.list.sequence == list.sequence + 1)
        } catch let error as AuthorityError {
            #expect(!isSigned)
            #expect(error.code == .clock)
        }
    }

    @Test func answersAtOnceAreListsOfDifferentNumbers() async throws {
        let request = try open().rootRequest(lifetime: 86_400)
        let (home, folder) = (rootHome, folder)
        let sequences = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let root = try Root(in: home, prompt: Seat.prompt)
                    let file = folder.file("answer-\(number)")
                    return try home.answer(request, by: root, to: file, now: { .noon }).answer.list.sequence
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sequences.sorted() == Array(1...8))
    }

    @Test func aRehearsedAnswerIsNotTheRoots() throws {
        _ = try addOffice()
        let request = try open().rootRequest(lifetime: 86_400)
        let rehearsed = try Root(rehearsing: rootHome).answer(request, after: nil, now: .noon, isRehearsal: true)
        #expect(rehearsed.list.news(since: nil).count == 4)
        #expect(throws: PublicationError.self) { try TrustList(rehearsed.bytes, root: open().root) }
        #expect(throws: AuthorityError.self) { try accept(rehearsed.bytes) }
    }

    // MARK: - What the registry refuses

    @Test func anAnswerIsAcceptedOnce() throws {
        let bytes = try answer()
        try accept(bytes)
        let error = #expect(throws: AuthorityError.self) { try accept(bytes) }
        #expect(error?.code == .request)
    }

    @Test func anAnswerOfAnotherRootIsRefused() throws {
        let other = try Seat()
        let error = #expect(throws: AuthorityError.self) {
            try accept(try #require(try other.authority.registry.read { try $0.newestTrustList() }).bytes)
        }
        #expect(error?.code == .request)
    }

    @Test func anAnswerFromTheFutureOrOneThatHasEndedIsRefused() throws {
        let bytes = try answer(now: .noon + .day)
        #expect(throws: AuthorityError.self) { try accept(bytes, now: .noon + .day - 1) }
        #expect(throws: AuthorityError.self) { try accept(bytes, now: .noon + 2 * .day) }
        #expect(throws: Never.self) { try accept(bytes, now: .noon + .day) }
    }

    @Test func noFlippedBitOfAnAnswerIsAccepted() throws {
        let bytes = try answer()
        for bit in 0..<bytes.count * 8 where bit % 7 == 0 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: AuthorityError.self, "bit \(bit)") { try accept(flipped) }
        }
        #expect(throws: Never.self) { try accept(bytes) }
    }

    @Test func whatChangedAfterTheRequestComesWithTheNextOne() throws {
        _ = try addOffice()
        try accept(answer())
        let waiting = try answer(now: .noon + 1)
        let authority = try open()
        try authority.revoke(authority.key("3"), asOf: .noon, reason: "lost", officer: "王", now: .noon + 1)
        try accept(waiting, now: .noon + 2)
        #expect(try !open().untold().isEmpty)
        #expect(try open().key("3").revocation != nil)
        try accept(answer(now: .noon + 3), now: .noon + 3)
        #expect(try open().untold().isEmpty)
    }

    @Test func aRevocationMayMoveToAnEarlierInstantWhileTheRootAnswers() throws {
        _ = try addOffice()
        try accept(answer())
        let authority = try open()
        let key = try authority.key("3")
        try authority.revoke(key, asOf: .noon, reason: "lost", officer: "王", now: .noon + 1)
        let waiting = try answer(now: .noon + 2)
        try authority.revoke(key, asOf: .noon - 60, reason: "lost", officer: "王", now: .noon + 2)
        try accept(waiting, now: .noon + 3)
        #expect(try open().key("3").revocation?.at == .noon - 60)
        #expect(try open().untold().count == 1)
        var findings: [Doctor.Finding] = []
        _ = try Doctor(open(), now: .noon + 3).examine { findings.append($0) }
        #expect(findings.isEmpty, "\(findings)")
        try accept(answer(now: .noon + 4), now: .noon + 4)
        #expect(try open().untold().isEmpty)
    }

    /// A clock that is wrong by a year must not leave its mark on anything.
    @Test func anEndedTrustListIsFoundBeforeAnythingIsSigned() throws {
        _ = try addOffice()
        try accept(answer())
        try issue(1)
        #expect(throws: AuthorityError.self) { try publish(now: .noon + 400 * .day) }
        #expect(try open().registry.read { try $0.newestRecord() } == .noon)
    }

    @Test(arguments: ["root.crt", "keys/x.key", "more"])
    func anAnswerGoesNowhereIntoTheHomeOfTheRoot(name: String) throws {
        #expect(throws: AuthorityError.self) { try rootHome.checkOutput("\(rootHome.path)/\(name)") }
        #expect(throws: AuthorityError.self) { try rootHome.checkOutput(folder.file("nowhere/answer")) }
        #expect(throws: Never.self) { try rootHome.checkOutput(folder.file("answer")) }
    }

    @Test func aTrustListThatRunsOutAsksForTheRoot() throws {
        _ = try addOffice()
        try accept(answer(lifetime: 10 * 86_400))
        try issue(1)
        #expect(throws: Never.self) { try publish(now: .noon + 9 * .day) }
        let error = #expect(throws: AuthorityError.self) { try publish(now: .noon + 10 * .day) }
        #expect(error?.code == .rootOffline)
    }

    // MARK: -

    func open() throws -> Authority { try Authority(home: home, prompt: Seat.prompt) }
    func root() throws -> Root { try Root(in: rootHome, prompt: Seat.prompt) }

    @discardableResult
    func addOffice() throws -> Authority.MadeKey {
        try open().add(Seat.office(341_181), key: Seat.key(), officer: "王", now: .noon)
    }

    func answer(now: Instant = .noon, lifetime: Int64 = 86_400) throws -> [UInt8] {
        let request = try open().rootRequest(lifetime: lifetime)
        _ = try rootHome.answer(request, by: root(), to: folder.file("answer"), now: { now })
        return try DurableFile.read(folder.file("answer"), limit: 1 << 20)
    }

    @discardableResult
    func accept(_ bytes: [UInt8], now: Instant = .noon) throws -> [String] {
        try open().accept(trustList: bytes, officer: "王", now: now)
    }

    @discardableResult
    func issue(_ number: Int) throws -> LicenceRecord {
        let request = Authority.IssueRequest(particulars: try Sample.particulars(number), overrideReason: nil)
        return try #require(try open().issue([request], on: Seat.terms(), now: .noon).first).get().record
    }

    func publish(now: Instant = .noon) throws {
        _ = try open().publish(to: folder.file("publication"), on: Seat.publishTerms, now: now)
    }
}
