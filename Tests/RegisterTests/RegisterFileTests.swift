import Foundation
import GRDB
import Licence
import OpenSSL
import Publication
import Register
import Registry
import TestSupport
import Testing
import VerifierService

/// What is looked up in a registry, and what of it.
@Suite struct RegisterFileTests {
    let books: Bookkeeping
    let code: CreditCode

    init() throws {
        books = try Bookkeeping()
        code = try Sample.creditCode(1)
    }

    @Test func tellsEveryVersionWithItsStatusAndWhenItCameToIt() async throws {
        try books.make(1)
        let second = try books.make(1, .change, version: 2, at: .noon + 60)
        try books.bring(second, .revoke, .revoked, at: .noon + 3_600)
        let register = RegisterFile(path: books.path)
        let history = try #require(try await register.history(of: code, at: .noon + .day))
        #expect(history.versions.map(\.number) == [1, 2])
        #expect(history.versions.map(\.status) == [.superseded, .revoked])
        #expect(history.versions.map(\.issuedAt) == [.noon, .noon + 60])
        #expect(history.versions.map(\.since) == [.noon + 60, .noon + 3_600])
        #expect(history.newest.issued.description == "2026-03-18")
        #expect(history.newest.issuer.office == Bilingual(en: "Tianchang", zh: "天长市"))
        #expect(history.newest.issuer.division.number == Bookkeeping.division)
        #expect(history.newest.issuer.keyID == books.issuer.licences.certificate.publicKey.id)
        #expect(history.recordedUntil == .noon + 3_600)
        #expect(try register.authority() == "滁州市")
    }

    @Test func aProposalChangesNothing() async throws {
        let licence = try books.make(1)
        try books.propose(on: licence, at: .noon + 60)
        let history = try await RegisterFile(path: books.path).history(of: code, at: .noon + 90)
        #expect(history?.newest.status == .valid && history?.newest.since == .noon)
        #expect(history?.recordedUntil == .noon + 60)
    }

    @Test func saysThatALicenceIsExpiredFromTheDayAfterItsLastOne() async throws {
        let licence = try books.make(1)
        let end = try #require(licence.licence.particulars.term?.to)
        let after = end.start(utcOffset: 480) + .day
        let register = RegisterFile(path: books.path)
        #expect(try await register.history(of: code, at: after - 1)?.newest.status == .valid)
        let expired = try await register.history(of: code, at: after)?.newest
        #expect(expired?.status == .expired && expired?.since == after)
        try books.bring(licence, .revoke, .revoked, at: .noon + 1)
        #expect(try await register.history(of: code, at: after)?.newest.status == .revoked)
    }

    @Test func tellsNothingOfABusinessThatHasNoLicence() async throws {
        try books.make(2)
        #expect(try await RegisterFile(path: books.path).history(of: code, at: .noon) == nil)
    }

    /// Open in the officer's program, closed by it, and a backup.
    @Test func leavesNoTraceBesideTheFile() async throws {
        try books.make(1)
        let paths = [books.path, try books.copy("closed.sqlite", hasLog: true), try books.copy("copy.sqlite")]
        let before = books.traces
        #expect(before.count == 5)
        for path in paths {
            #expect(try await RegisterFile(path: path).history(of: code, at: .noon)?.newest.status == .valid, "\(path)")
        }
        #expect(books.traces == before)
    }

    @Test(arguments: ["a b.sqlite", "100%41?mode=rwc#x.sqlite", "登记.sqlite"]) func opensAFileOfAnyName(name: String)
        async throws
    {
        try books.make(1)
        let path = try books.copy(name)
        #expect(try await RegisterFile(path: path).history(of: code, at: .noon) != nil)
        #expect(books.folder.names.filter { $0.hasSuffix(".sqlite") } == ["licet.sqlite", name].sorted())
    }

    @Test func seesWhatAnotherHasWrittenSinceTheLastQuestion() async throws {
        let licence = try books.make(1)
        let register = RegisterFile(path: books.path)
        #expect(try await register.history(of: code, at: .noon)?.newest.status == .valid)
        try books.bring(licence, .suspend, .suspended, at: .noon + 5)
        #expect(try await register.history(of: code, at: .noon)?.newest.status == .suspended)
    }

    /// The write-ahead log lies beside the file and not beside the link.
    @Test func followsALinkToWhatIsBeingWritten() async throws {
        let licence = try books.make(1)
        let elsewhere = try TemporaryFolder()
        let link = elsewhere.file("register.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: books.path)
        try books.bring(licence, .revoke, .revoked, at: .noon + 5)
        #expect(try await RegisterFile(path: link).history(of: code, at: .noon)?.newest.status == .revoked)
        #expect(elsewhere.names == ["register.sqlite"])
    }

    /// Each version is there with the one before superseded, or not at all.
    @Test func readsWholeStatesWhileAnotherWrites() async throws {
        try books.make(1)
        let books = books
        let writing = Task.detached {
            for version in 2...60 { try books.make(1, .change, version: version, at: .noon + Int64(version)) }
        }
        let register = RegisterFile(path: books.path)
        var seen = 1
        while seen < 60 {
            let versions = try #require(try await register.history(of: code, at: .noon)?.versions)
            #expect(versions.count >= seen)
            #expect(versions.map(\.number) == Array(1...versions.count))
            #expect(versions.dropLast().allSatisfy { $0.status == .superseded } && versions.last?.status == .valid)
            seen = versions.count
        }
        try await writing.value
    }

    @Test func readsAFileThatTookThePlaceOfAnother() async throws {
        let licence = try books.make(1)
        let path = try books.copy("copy.sqlite")
        let register = RegisterFile(path: path)
        #expect(try await register.history(of: code, at: .noon)?.newest.status == .valid)
        try books.bring(licence, .revoke, .revoked, at: .noon + 1)
        #expect(rename(try books.copy("next.sqlite"), path) == 0)
        #expect(try await register.history(of: code, at: .noon)?.newest.status == .revoked)
    }

    /// Where they come and go too fast it says so, and never mixes them.
    @Test func readsOneOrTheOtherFileWhileTheyTakeEachOthersPlace() async throws {
        try books.make(1)
        let path = try books.copy("copy.sqlite")
        let copies = try (0..<40).map { try books.copy("next\($0).sqlite") }
        let replacing = Task.detached {
            for copy in copies {
                rename(copy, path)
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        let register = RegisterFile(path: path)
        for _ in 0..<40 {
            do { #expect(try await register.history(of: code, at: .noon)?.versions.count == 1) } catch {
                #expect((error as? RegisterError)?.code == .busy)
            }
        }
        try await replacing.value
        #expect(try await register.history(of: code, at: .noon)?.versions.count == 1)
    }
}
