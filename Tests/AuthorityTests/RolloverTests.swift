import Ceremony
import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import Testing
import Verification

@testable import Audit
@testable import Authority
@testable import Licensing

/// A root follows another, and nobody has to fetch anything for it.
@Suite struct RolloverTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    @Test(arguments: [1, 2, 3])
    func oldAndNewVerifiersBelieveOldAndNewLicences(rollovers: Int) throws {
        var roots = [seat.authority.root]
        var records = [try seat.issue(1)]
        for number in 1...rollovers {
            try roll(to: [.sm2, .edDSA, .es256][number - 1], now: .noon + Int64(number))
            let authority = try open()
            roots.append(authority.root)
            _ = try authority.rotateKey(
                of: DivisionCode(341_181),
                key: Seat.key(),
                officer: "王",
                now: .noon + Int64(number)
            )
            records.append(try issue(number + 1, now: .noon + Int64(number)))
        }
        let now = Instant.noon + 60
        _ = try open().publish(to: seat.publication, on: Seat.publishTerms, now: now)
        #expect(Set(roots).count == rollovers + 1)
        for root in roots {
            var seen = HighWater()
            let snapshot = PublicationReader(folder: seat.publication, root: root).snapshot(&seen, now: now)
            for record in records {
                let verdict = Verifier(snapshot: snapshot, now: now).verdict(of: "LICET:\(record.code.digits)")
                #expect(verdict.word == .valid, "\(verdict.message.en)")
            }
        }
        let found = try Doctor(open(), now: now).examine(find: { Issue.record("\($0)") })
        #expect(found.trustLists == 2 + rollovers)
    }

    @Test func theNextTrustListIsByTheNewRoot() throws {
        let old = seat.authority.root
        try roll(to: .es256, now: .noon + 1)
        #expect(try !open().untold().isEmpty)
        let authority = try open()
        _ = try authority.publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 2)
        #expect(try authority.untold().isEmpty)
        let bytes = try DurableFile.read("\(seat.publication)/trust-list", limit: 1 << 20)
        let header = try COSESign1(encoded: bytes).header
        #expect(header.keyID == authority.root.publicKey.id.bytes)
        #expect(header.keyID != old.publicKey.id.bytes)
        #expect(header.certificates.count == 4)
    }

    /// A stranger's root is not believed, though it vouches for ours.
    @Test func aRootThatVouchesForOthersIsNotBelievedForThat() throws {
        try roll(to: .es256, now: .noon + 1)
        _ = try open().publish(to: seat.publication, on: Seat.publishTerms, now: .noon + 2)
        let bytes = try DurableFile.read("\(seat.publication)/trust-list", limit: 1 << 20)
        #expect(throws: PublicationError.self) { try TrustList(bytes, root: Issuer().root) }
    }

    @Test func aRootThatHasEndedVouchesForNobody() throws {
        let end = seat.authority.root.lifetime.upperBound
        #expect(throws: AuthorityError.self) { try roll(to: .es256, now: end + 1) }
        #expect(throws: Never.self) { try roll(to: .es256, now: end) }
    }

    private func open() throws -> Authority { try Authority(home: seat.authority.home, prompt: Seat.prompt) }

    private func issue(_ number: Int, now: Instant) throws -> LicenceRecord {
        let request = Authority.IssueRequest(particulars: try Sample.particulars(number), overrideReason: nil)
        return try #require(try open().issue([request], on: Seat.terms(), now: now).first).get().record
    }

    private func roll(to algorithm: Algorithm, now: Instant) throws {
        let text = """
            title: rollover
            authority: 滁州市
            participants: [{name: a, role: b}]
            steps: [{roll-root: {algorithm: \(algorithm.rawValue), years: 30}}]
            """
        var ceremony = Ceremony(
            try CeremonyProfile(Array(text.utf8), file: "rollover.yaml", folder: "."),
            home: seat.authority.home,
            isRehearsal: false,
            room: Ceremony.Room(
                newPassphrase: { _ in Seat.passphrase },
                prompt: Seat.prompt,
                clock: { now },
                show: { _ in },
                program: "test"
            )
        )
        _ = try ceremony.run()
    }
}
