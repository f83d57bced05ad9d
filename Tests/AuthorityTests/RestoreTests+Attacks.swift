import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// A registry that somebody has tampered with is replaced by a good copy, and leaves nothing of its own behind.
extension RestoreTests {
    private func forge(_ deed: Deed) throws {
        try seat.authority.registry.write { session in
            _ = try session.record(deed, by: 1, at: .noon + 5)
        }
        try seat.tamper("SELECT 1")
    }

    @Test func nobodyBecomesAnOfficerByAnActThatNobodySigned() throws {
        let key = try PrivateKey(algorithm: .edDSA)
        let detail = try Officer.detail(name: "钱", key: key.publicKey, isSupervisor: true)
        try forge(Deed(.authority(.addOfficer), reason: "钱", detail: detail))
        let restored = try restore(backup)
        #expect(restored.remarks.contains { $0.contains("who may do what is as the copy says") }, "\(restored.remarks)")
        #expect(try open().registry.read { try $0.officers() }.allSatisfy { $0.name != "钱" })
    }

    @Test func noPolicyEndsByAnActThatNobodySigned() throws {
        let policy = Policy(acts: ["annul"], batchOver: nil, approvals: 1, lifetime: 60)
        try seat.authority.set(policy, reason: "r", officer: "王", now: .noon + 5)
        let later = seat.folder.file("later.sqlite")
        _ = try seat.authority.backUp(to: later)
        try forge(Deed(.authority(.setPolicy), reason: "r", detail: Policy.none.detail))
        _ = try restore(later)
        #expect(try open().policy() == policy)
    }

    /// Where the registry is past reading, the anchor still tells that something was lost, and the doctor goes on telling it.
    @Test(arguments: ["UPDATE act SET detail = '{' WHERE kind = 'set_policy'", "CREATE VIEW v AS SELECT 1"])
    func aPolicyIsNotLostInSilence(sql: String) throws {
        let policy = Policy(acts: ["annul"], batchOver: nil, approvals: 1, lifetime: 60)
        try seat.authority.set(policy, reason: "r", officer: "王", now: .noon + 5)
        try seat.tamper(sql)
        let restored = try restore(backup)
        #expect(restored.remarks.contains { $0.contains("THE OFFICERS OR THE POLICY HAD BEEN OTHERS") })
        let report = try Doctor(open(), now: .noon + 11).examine { _ in }
        #expect(report.notes.contains { $0.contains("the officers or the policy had been others") }, "\(report.notes)")
    }

    @Test(arguments: [true, false]) func nobodyIsLockedOutByATamperedRegistry(isRetired: Bool) throws {
        if isRetired {
            try forge(Deed(.authority(.retireOfficer), reason: "王: x", detail: "王"))
        } else {
            try seat.tamper("UPDATE act SET hash = zeroblob(32) WHERE id = 1")
        }
        _ = try restore(backup)
        _ = try seat.authority.home.readRoot()
        #expect(try open().registry.read { try $0.officers() }.contains { $0.name == "王" && $0.retired == nil })
    }

    /// What was done after the last publication is in the copy, and is not taken back.
    @Test func aResumptionThatWasNotPublishedYetStays() throws {
        _ = try seat.apply(.suspend, 1, now: .noon + 5)
        try seat.publish(now: .noon + 6)
        _ = try seat.apply(.resume, 1, now: .noon + 7)
        let newer = seat.folder.file("newer.sqlite")
        _ = try seat.authority.backUp(to: newer)
        let restored = try restore(newer)
        #expect(restored.remarks.isEmpty, "\(restored.remarks)")
        #expect(try open().registry.read { try $0.licence(Sample.creditCode(1))?.status } == .valid)
    }

    /// A name is given once; the doctor has nothing to say of who is taken over.
    @Test func anOfficerWhoWasRetiredInTheCopyIsNotAddedAgain() throws {
        func add() throws {
            _ = try open().addOfficer(
                "赵",
                isSupervisor: false,
                place: .file(passphrase: Seat.passphrase),
                officer: "王",
                now: .noon + 9
            )
        }
        try add()
        try seat.authority.retireOfficer("赵", reason: "r", officer: "王", now: .noon + 9)
        let second = seat.folder.file("second.sqlite")
        _ = try seat.authority.backUp(to: second)
        _ = try restore(backup)
        try? add()
        _ = try restore(second)
        var found: [String] = []
        _ = try Doctor(open(), now: .noon + 10).examine { found.append("\($0.subject): \($0.reason)") }
        #expect(found.isEmpty, "\(found)")
    }
}
