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

/// A registry from before is put back with a publication that is from before as well; what was published since lies in another folder.
@Suite struct OlderRegistryTests {
    let seat: Seat
    /// The registry, and what was published of it, before anything of a test happens.
    let backup: String
    let yesterday: String

    init() throws {
        seat = try Seat()
        for number in 1...3 { try seat.issue(number) }
        try seat.publish()
        (backup, yesterday) = (seat.folder.file("backup.sqlite"), seat.folder.file("yesterday"))
        _ = try seat.authority.backUp(to: backup)
        _ = try seat.authority.publish(to: yesterday, on: Seat.publishTerms, now: .noon)
    }

    private func open() throws -> Authority { try Authority(home: seat.authority.home, prompt: Seat.prompt) }

    private func publish(now: Instant = .noon + 9) throws -> Authority.PublishReport {
        try open().publish(to: seat.publication, on: Seat.publishTerms, now: now)
    }

    /// A registry from before has lost a revocation of a key, and has outrun the numbers of what is published since.
    @Test func noTrustListTakesBackWhatTheOneInTheFolderSays() throws {
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon + 2)
        try seat.publish(now: .noon + 3)
        unlink(seat.authority.home.publishedTrustList)
        try restore(backup, from: yesterday)
        for second in 5...9 {
            _ = try open().rotateKey(
                of: DivisionCode(341_181),
                key: Seat.key(),
                officer: "王",
                now: .noon + Int64(second)
            )
        }
        let before = try DurableFile.read("\(seat.publication)/\(TrustList.path)", limit: 1 << 20)
        let error = #expect(throws: AuthorityError.self) { try publish(now: .noon + 10) }
        #expect(error?.reason.contains("an older registry was put back") == true, "\(String(describing: error))")
        #expect(try DurableFile.read("\(seat.publication)/\(TrustList.path)", limit: 1 << 20) == before)
        // And the way back that it names, since keys were made.
        try restore(backup, from: seat.publication, now: .noon + 11)
        _ = try publish(now: .noon + 12)
        #expect(
            try open().registry.read { try $0.keys(of: seat.authority.record) }.first { $0.number.value == 3 }?
                .revocation != nil
        )
    }

    @Test func noSuspensionIsTakenBackThatThisRegistryNeverKnew() throws {
        _ = try seat.apply(.suspend, 2, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        try restoreWithoutLog()
        for (second, act) in [(5, LicenceAct.suspend), (6, .resume), (7, .dormant), (8, .resume)]
            as [(Int64, LicenceAct)]
        {
            _ = try open().apply(act, to: Sample.creditCode(1), reason: "r", officer: "张", now: .noon + second)
            _ = try open().publish(to: yesterday, on: Seat.publishTerms, now: .noon + second)
        }
        let error = #expect(throws: AuthorityError.self) { try publish(now: .noon + 10) }
        #expect(error?.reason.contains("never suspended here") == true, "\(String(describing: error))")
        // The way out that it names.
        try restore(nil, from: seat.publication, now: .noon + 11)
        _ = try publish(now: .noon + 12)
        #expect(try open().registry.read { try $0.licence(Sample.creditCode(2))?.status } == .suspended)
    }

    /// What is stricter, or rests as well, takes nothing back.
    @Test(arguments: [LicenceAct.revoke, .dormant]) func aSuspensionThatIsLostMayBecomeMore(act: LicenceAct) throws {
        _ = try seat.apply(.suspend, 2, now: .noon + 1)
        try seat.publish(now: .noon + 2)
        try restoreWithoutLog()
        for second in 5...8 {
            let act = second == 5 ? act : second % 2 == 0 ? .suspend : .resume
            _ = try open().apply(
                act,
                to: Sample.creditCode(second == 5 ? 2 : 1),
                reason: "r",
                officer: "张",
                now: .noon + Int64(second)
            )
            _ = try open().publish(to: yesterday, on: Seat.publishTerms, now: .noon + Int64(second))
        }
        _ = try publish(now: .noon + 10)
    }

    /// The older registry is told apart when it is taken on, and not only when it publishes.
    @Test func anOlderRegistryWithNewKeysIsNotTakenOn() throws {
        _ = try seat.authority.rotateListKey(Seat.key(), officer: "王", now: .noon + 1)
        try seat.publish(now: .noon + 2)
        unlink(seat.authority.home.publishedTrustList)
        try restore(backup, from: yesterday)
        for second in 5...6 { _ = try open().rotateListKey(Seat.key(), officer: "王", now: .noon + Int64(second)) }
        let error = #expect(throws: AuthorityError.self) { try restore(nil, from: seat.publication, now: .noon + 8) }
        #expect(error?.reason.contains("put the backup back once more") == true, "\(String(describing: error))")
        try restore(backup, from: seat.publication, now: .noon + 9)
        _ = try publish(now: .noon + 10)
    }

    /// The name of a file is no list.
    @Test(arguments: ["9223372036854775807", "2000000", "60000"])
    func aNameInThePublicationIsNoNumberOfAList(number: String) throws {
        try DurableFile.write([], to: "\(seat.publication)/status/341181-\(number)")
        try restore(backup, from: seat.publication)
        #expect(try open().registry.read { try $0.statusLists() }.map(\.number) == [1, 2])
    }

    /// Nobody has the log any more, which would tell of what is lost.
    private func restoreWithoutLog() throws {
        for folder in [seat.authority.home.log, "\(yesterday)/log", "\(seat.publication)/log"] {
            try FileManager.default.removeItem(atPath: folder)
        }
        try restore(backup, from: yesterday, isLogLost: true)
    }

    private func restore(
        _ backup: String?,
        from publication: String,
        isLogLost: Bool = false,
        now: Instant = .noon + 4
    ) throws {
        // As another process, which finds nobody at work; the registry that the seat still has open is none any more.
        unlink(seat.authority.home.registryLock)
        try seat.tamper("SELECT 1")
        _ = try Authority.restore(
            backup,
            at: seat.authority.home,
            publication: publication,
            isLogLost: isLogLost,
            reason: "r",
            officer: "王",
            prompt: Seat.prompt,
            now: now
        )
    }
}
