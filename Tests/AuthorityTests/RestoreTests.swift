import Foundation
import GRDB
import Licence
import LicenceCode
import Publication
import TestSupport
import Testing
import Verification

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// TARGETS row 6, and what comes after: an older copy is refused until somebody answers for it, and brings nothing back that had ended.
@Suite struct RestoreTests {
    let seat: Seat
    let backup: String

    /// Licences 1 to 3 are in the backup, 4 is not; 2 was revoked and 3 replaced since.
    init() throws {
        seat = try Seat()
        backup = seat.folder.file("backup.sqlite")
        for number in 1...3 { try seat.issue(number) }
        let anchor = try seat.authority.backUp(to: backup).anchor
        #expect(anchor == (try Anchor(file: seat.authority.home.anchor)))
        try seat.issue(4, now: .noon + 1)
        _ = try seat.apply(.revoke, 2, now: .noon + 2)
        _ = try seat.authority.revise(
            Sample.creditCode(3),
            .replace,
            reason: "遗失",
            on: Seat.terms(),
            now: .noon + 3
        )
        try seat.publish(now: .noon + 4)
    }

    @Test func theBackupIsOneFileForItsOwnerAndIsTheRegistryOfItsTime() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: backup)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(!FileManager.default.fileExists(atPath: "\(backup)-wal"))
        let copy = try Registry(path: backup)
        #expect(try copy.read { try $0.licenceCount() } == 3)
        #expect(try copy.read { try $0.damage() }.isEmpty)
    }

    @Test func anOlderCopyThatWasPutBackIsRefusedByEverything() throws {
        try putBack()
        let authority = try open()
        let request = Authority.IssueRequest(particulars: try Sample.particulars(9), overrideReason: nil)
        #expect(refusal { _ = try authority.issue([request], on: Seat.terms(), now: .noon + 9) } == .rolledBack)
        #expect(
            refusal { _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 9) }
                == .rolledBack
        )
        #expect(refusal { _ = try authority.backUp(to: "\(backup).2") { _, _ in } } == .rolledBack)
        #expect(
            refusal {
                _ = try authority.apply(.revoke, to: Sample.creditCode(1), reason: "r", officer: "张", now: .noon + 9)
            } == .rolledBack
        )
        var found: [Doctor.Finding] = []
        _ = try Doctor(authority, now: .noon + 9).examine(find: { found.append($0) })
        #expect(found.contains { $0.subject == "anchor" })
        _ = try restore(nil)
    }

    @Test(arguments: [true, false])
    func onceSomebodyHasTakenItOnAllGoesOn(isByHand: Bool) throws {
        if isByHand { try putBack() }
        let restored = try restore(isByHand ? nil : backup)
        #expect(restored.actsBefore == 10)
        let authority = try open()
        let act = try #require(try authority.registry.read { try $0.actsOnTheAuthority([.restore]) }.last)
        #expect(act.deed.reason == "disk failed")
        var found: [Doctor.Finding] = []
        _ = try Doctor(authority, now: .noon + 9).examine(find: { found.append($0) })
        #expect(found.isEmpty, "\(found)")
        // What was revoked is so again, and of what was replaced no old paper is valid again.
        let statuses = try (1...3).map { number in
            try authority.registry.read { try $0.licence(Sample.creditCode(number))?.status }
        }
        #expect(statuses == [.valid, .revoked, .suspended])
        #expect(restored.remarks.count == 3)
        #expect(restored.remarks.contains { $0.contains("that are lost were published: 2 as valid") })
    }

    /// Readers that saw the lists of the time that is lost believe the new ones, and nothing that had ended is valid.
    @Test func noIndexOrNumberComesTwice() throws {
        let lost = try #require(try seat.authority.registry.read { try $0.licence(Sample.creditCode(4)) })
        let taken = try seat.authority.registry.read { session in
            try (1...4).compactMap { try session.licence(Sample.creditCode($0))?.reference }
        }
        var seen = HighWater()
        _ = PublicationReader(folder: seat.publication, root: seat.authority.root).snapshot(&seen, now: .noon + 5)
        _ = try restore(backup)
        let authority = try open()
        let request = Authority.IssueRequest(particulars: try Sample.particulars(4), overrideReason: nil)
        let again = try #require(try authority.issue([request], on: Seat.terms(), now: .noon + 10).first).get().record
        #expect(again.reference.list == 2)
        #expect(!taken.contains(again.reference))
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 11)
        let snapshot = PublicationReader(folder: seat.publication, root: authority.root).snapshot(
            &seen,
            now: .noon + 12
        )
        let verifier = Verifier(snapshot: snapshot, now: .noon + 12)
        #expect(verifier.verdict(of: again.code.digits).word == .valid)
        #expect(verifier.verdict(of: lost.code.digits).word != .valid)
        let revoked = try #require(try authority.registry.read { try $0.licence(Sample.creditCode(2)) })
        #expect(verifier.verdict(of: revoked.code.digits).word == .revoked)
    }

    /// What an older registry knows nothing of is not written over.
    @Test func anOlderRegistryPublishesNothingOverNewerLists() throws {
        try putBack()
        let authority = try open()
        try authority.registry.read { session in
            if let anchor = try Anchor(of: session) { try authority.home.write(anchor) }
        }
        #expect(
            refusal { _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 9) }
                == .rolledBack
        )
        try seat.tamper("SELECT 1")
    }

    @Test func everyRestorationKeepsWhatWasThereBefore() throws {
        let first = try restore(backup)
        let second = try restore(backup)
        let kept = try [first, second].map { try #require($0.keptAside) }
        #expect(kept[0] != kept[1])
        #expect(try Registry(path: kept[0]).read { try $0.licenceCount() } == 5)
    }

    @Test func withoutWhatIsPublishedNothingIsPutBackUnlessNothingEverWas() throws {
        let error = #expect(throws: AuthorityError.self) {
            try restore(backup, publication: seat.folder.file("nowhere"))
        }
        #expect(error?.code == .request)
        _ = try restore(backup, publication: nil)
    }

    /// A copy of before is no way around four eyes.
    @Test func aPolicyAndARetirementOutliveARestoration() throws {
        try seat.authority.retireOfficer("张", reason: "舞弊", officer: "王", now: .noon + 5)
        let policy = Policy(acts: ["annul"], batchOver: nil, approvals: 1, lifetime: 60)
        try seat.authority.set(policy, reason: "四眼原则", officer: "王", now: .noon + 5)
        let restored = try restore(backup)
        #expect(restored.remarks.contains { $0.contains("张 stays retired") })
        let authority = try open()
        #expect(try authority.policy() == policy)
        #expect(
            refusal {
                _ = try authority.apply(.revoke, to: Sample.creditCode(1), reason: "r", officer: "张", now: .noon + 10)
            } == .officer
        )
        #expect(
            refusal {
                _ = try authority.apply(.annul, to: Sample.creditCode(1), reason: "r", officer: "王", now: .noon + 10)
            } == .needsApproval
        )
        var found: [Doctor.Finding] = []
        _ = try Doctor(authority, now: .noon + 11).examine(find: { found.append($0) })
        #expect(found.isEmpty, "\(found)")
    }

    /// An office that was made since the backup: only the published trust list still knows its key.
    @Test func keysThatOnlyTheTrustListKnowsAreTakenOver() throws {
        _ = try seat.authority.add(Seat.office(341_182), key: Seat.key(), officer: "王", now: .noon + 5)
        try seat.publish(now: .noon + 6)
        let restored = try restore(backup)
        #expect(restored.remarks.contains { $0.contains("key 4") })
        let authority = try open()
        let keys = try authority.registry.read { try authority.signingKeys($0) }
        #expect(keys.map(\.number.value) == [1, 2, 3, 4])
        #expect(try authority.registry.read { try $0.offices() }.count == 2)
        _ = try authority.add(Seat.office(341_122), key: Seat.key(), officer: "王", now: .noon + 10)
    }

    @Test func theRegistryOfAnotherAuthorityIsNotTaken() throws {
        let other = try Seat()
        let path = other.folder.file("other.sqlite")
        _ = try other.authority.backUp(to: path)
        #expect(refusal { _ = try restore(path) } == .rolledBack)
        try seat.issue(9, now: .noon + 9)
    }

    @Test func aDamagedBackupIsNotTaken() throws {
        var bytes = try DurableFile.read(backup, limit: 1 << 26)
        for index in stride(from: 8_192, to: bytes.count, by: 61) { bytes[index] ^= 0x55 }
        let damaged = seat.folder.file("damaged.sqlite")
        try DurableFile.write(bytes, to: damaged)
        #expect(throws: (any Error).self) { try restore(damaged) }
        try seat.issue(9, now: .noon + 9)
    }

    @Test func nobodyPutsARegistryBackWhileOthersAreAtWork() throws {
        let error = #expect(throws: PublicationError.self) { try restoreAtOnce(backup, publication: seat.publication) }
        #expect(error?.reason.contains("another process") == true)
    }

    @Test func aBackupIsMadeWhileOthersWrite() throws {
        let authority = try open()
        var written = 0
        for number in 20..<40 { try seat.issue(number, now: .noon + 9) }
        let path = seat.folder.file("running.sqlite")
        _ = try authority.backUp(to: path) { _, _ in
            if written < 3 { _ = try? seat.issue(50 + written, now: .noon + 9) }
            written += 1
        }
        let copy = try Registry(path: path)
        #expect(try copy.read { try $0.damage() }.isEmpty)
        let (count, acts) = try copy.read { (try $0.licenceCount(), try $0.actCount()) }
        #expect(count == 25)
        #expect(acts == 30)
    }

    @Test func aBackupSaysWhereItCouldNotBePutBack() throws {
        try seat.tamper("UPDATE act SET reason = 'another' WHERE id = 5")
        let path = seat.folder.file("tampered.sqlite")
        let fault = try seat.authority.backUp(to: path).fault
        #expect(fault?.contains("act 5 was altered") == true, "\(fault ?? "nil")")
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(refusal { _ = try restore(path) } == .rolledBack)
    }

    /// Trust lists between the copy's and the published one are lost; that they are is told by the restoration.
    @Test func theDoctorKnowsWhyTrustListsAreMissing() throws {
        for _ in 1...3 {
            _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 5)
        }
        try seat.publish(now: .noon + 6)
        _ = try restore(backup)
        var found: [String] = []
        let authority = try open()
        _ = try Doctor(authority, now: .noon + 10).examine { found.append("\($0.subject): \($0.reason)") }
        #expect(found.filter { $0.contains("trust list") }.isEmpty, "\(found)")
        // Without the restoration's word for it they are missed.
        try seat.tamper("SELECT 1")
        try authority.registry.database.write {
            try $0.execute(sql: "UPDATE act SET digest = zeroblob(32) WHERE kind = 'accept_trust_list'")
        }
        found = []
        _ = try Doctor(authority, now: .noon + 10).examine { found.append("\($0.subject): \($0.reason)") }
        #expect(found.contains { $0.contains("trust list") && $0.contains("is missing") }, "\(found)")
    }

    /// With the policy stay those who can fulfil it, and who has another key since.
    @Test func aRestoredRegistryHasThePolicyAndTheOfficersOfTheOneBefore() throws {
        let first = seat.folder.file("first.sqlite")
        _ = try seat.authority.backUp(to: first)
        _ = try seat.authority.addOfficer(
            "赵",
            isSupervisor: true,
            place: .file(passphrase: Seat.passphrase),
            officer: "王",
            now: .noon + 5
        )
        _ = try seat.authority.rotateOfficerKey(place: .file(passphrase: Seat.passphrase), officer: "王", now: .noon + 6)
        let policy = Policy(acts: ["annul"], batchOver: nil, approvals: 1, lifetime: 60)
        try seat.authority.set(policy, reason: "r", officer: "王", now: .noon + 7)
        try seat.publish(now: .noon + 8)
        let restored = try restore(first)
        #expect(restored.remarks.contains { $0.contains("officer 赵 stays") })
        #expect(restored.remarks.contains { $0.contains("officer 王 signs with the key from before") })
        let authority = try open()
        #expect(try authority.policy() == policy)
        #expect(try authority.registry.read { try $0.officers() }.contains { $0.name == "赵" && $0.retired == nil })
    }

    // MARK: -

    func putBack() throws {
        let path = seat.authority.home.registry
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try FileManager.default.copyItem(atPath: backup, toPath: path)
    }

    func open() throws -> Authority { try Authority(home: seat.authority.home, prompt: Seat.prompt) }

    func restoreAtOnce(_ path: String?, publication: String?) throws -> Authority.Restored {
        try Authority.restore(
            path,
            at: seat.authority.home,
            publication: publication,
            reason: "disk failed",
            officer: "王",
            prompt: Seat.prompt,
            now: .noon + 9
        )
    }

    /// As another process, which finds nobody at work.
    func restore(_ path: String?) throws -> Authority.Restored {
        try restore(path, publication: seat.publication)
    }

    func restore(_ path: String?, publication: String?) throws -> Authority.Restored {
        unlink(seat.authority.home.registryLock)
        return try restoreAtOnce(path, publication: publication)
    }

    func refusal(_ body: () throws -> Void) -> AuthorityError.Code? {
        #expect(throws: AuthorityError.self) { try body() }?.code
    }
}
