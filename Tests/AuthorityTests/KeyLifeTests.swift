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

/// TARGETS row 17: rotation loses no licence, and a revoked key convicts what it signed after the instant.
@Suite struct KeyLifeTests {
    let seat: Seat

    init() throws { seat = try Seat() }

    // MARK: - Rotation

    @Test func theNewestLiveKeySignsAndTheOldOnesLicencesStayValid() throws {
        let old = try (1...3).map { try seat.issue($0) }
        let next = try rotate()
        let new = try (4...6).map { try seat.issue($0) }
        #expect(Set(old.map(\.issuer)) == [seat.office.number])
        #expect(Set(new.map(\.issuer)) == [next.number])
        try seat.publish()
        for record in old + new { #expect(try seat.verdict(of: record).word == .valid) }
    }

    /// Five keys one after the other, each of another algorithm than the one before.
    @Test func everyLicenceOfEveryRotationVerifies() throws {
        var records: [LicenceRecord] = []
        for (number, algorithm) in [Algorithm.es256, .edDSA, .sm2, .es256, .sm2].enumerated() {
            let key = try rotate(algorithm: algorithm)
            let made = try (1...4).map { try seat.issue(number * 4 + $0) }
            #expect(made.allSatisfy { $0.issuer == key.number && $0.code.algorithm == algorithm })
            records += made
        }
        for key in try seat.snapshotOfKeys().dropLast() where key.purpose == .licences { try retire(key, at: .noon) }
        try seat.publish()
        let words = try records.map { try seat.verdict(of: $0).word }
        #expect(words.filter { $0 == .valid }.count == records.count)
    }

    @Test(arguments: [(-1, 3), (0, 4), (1, 4)] as [(Int64, Int)])
    func aKeyThatBeginsLaterSignsFromItsFirstSecondOn(seconds: Int64, signer: Int) throws {
        let next = try rotate(from: .noon + .day)
        #expect(next.number.value == 4)
        #expect(next.state(at: .noon) == .future(.noon + .day))
        #expect(try seat.issue(now: .noon + .day + seconds).issuer.value == signer)
    }

    @Test func theNextKeyMaySignWhatTheOneBeforeMay() throws {
        let seat = try Seat(kinds: [.company, .branch])
        let made = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon)
        #expect(try Seat.trusted(made).jurisdiction == seat.office.jurisdiction)
    }

    @Test func onlyAnOfficeThatIsThereGetsANextKey() throws {
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.rotateKey(of: DivisionCode(110_000), key: Seat.key(), officer: "王", now: .noon)
        }
        #expect(error?.code == .noSuchOffice)
        #expect(try seat.keyFiles().count == 7)
    }

    @Test func aKeyOutlivesNoRoot() throws {
        let end = seat.authority.root.lifetime.upperBound
        let next = try rotate(from: end - .day)
        #expect(next.validity.upperBound == end)
        let error = #expect(throws: AuthorityError.self) { try rotate(from: end + 1) }
        #expect(error?.code == .illegalKeyChange)
    }

    // MARK: - Retirement

    @Test(arguments: [(-1, 3), (0, 4), (1, 4)] as [(Int64, Int)])
    func aRetiredKeySignsNothingFromThatSecondOn(seconds: Int64, signer: Int) throws {
        _ = try rotate(from: .noon + .day)
        try retire(seat.office, at: .noon + .day)
        #expect(try seat.issue(now: .noon + .day + seconds).issuer.value == signer)
    }

    @Test func aLicenceThatBearsADayAfterTheRetirementIsOutOfJurisdiction() throws {
        _ = try rotate()
        try retire(seat.office, at: .noon + .day)
        let key = try seat.authority.keys.signer(of: seat.office)
        let late = try forged(day: "2026-03-20", by: key)
        try seat.publish(now: .noon + .day)
        #expect(try seat.word(of: late, now: .noon + 3 * .day) == .outOfJurisdiction)
    }

    @Test func theLastKeyOfAnOfficeDoesNotRetire() throws {
        let error = #expect(throws: AuthorityError.self) { try retire(seat.office, at: .noon) }
        #expect(error?.code == .illegalKeyChange)
        #expect(try seat.authority.key("3").retiredAt == nil)
        // A successor that begins later than the retirement is none.
        _ = try rotate(from: .noon + .day)
        #expect(throws: AuthorityError.self) { try retire(seat.office, at: .noon + .day - 1) }
        #expect(throws: Never.self) { try retire(seat.office, at: .noon + .day) }
    }

    @Test func aRetirementLiesNotInThePastAndIsNotPutOff() throws {
        _ = try rotate()
        #expect(throws: AuthorityError.self) { try retire(seat.office, at: .noon - 1) }
        try retire(seat.office, at: .noon + .day)
        #expect(throws: AuthorityError.self) { try retire(seat.office, at: .noon + 2 * .day) }
        #expect(throws: Never.self) { try retire(seat.office, at: .noon + 60) }
    }

    // MARK: - Revocation

    @Test func aRevokedKeySignsNoMoreAndConvictsWhatItSignedFromThatDayOn() throws {
        let days = try (0..<4).map { try seat.issue($0 + 1, now: .noon + Int64($0) * .day) }
        _ = try rotate(now: .noon + 3 * .day)
        // On the third day at 14:00 by the office's clock.
        let instant = Instant.noon + 2 * .day
        try revoke(as: instant, now: .noon + 3 * .day)
        try seat.publish(now: .noon + 3 * .day)
        let words = try days.map { try seat.verdict(of: $0, now: .noon + 3 * .day).word }
        #expect(words == [.valid, .valid, .issuerRevoked, .issuerRevoked])
        #expect(try seat.issue(9, now: .noon + 3 * .day).issuer.value == 4)
    }

    /// The thief has the real key and writes whatever day he likes; what he writes was not issued.
    @Test func noBackdatedLicenceOfAStolenKeyPasses() throws {
        let honest = try seat.issue(1)
        let stolen = try seat.authority.keys.signer(of: seat.office)
        _ = try rotate(now: .noon + .day)
        try revoke(as: .noon + .day, now: .noon + .day)
        try seat.publish(now: .noon + .day)
        var words: [VerdictWord: Int] = [:]
        for number in 0..<200 {
            let day = try CalendarDate(daysSince1970: CalendarDate("2026-03-18").daysSince1970 - number % 20)
            let index = number.isMultiple(of: 4) ? honest.reference.index : (number * 331) % 65_536
            let code = try forged(day: day.description, index: index, by: stolen)
            words[try seat.word(of: code, now: .noon + .day), default: 0] += 1
        }
        #expect(words[.valid] == nil)
        #expect(words[.issuerRevoked] == 200)
        #expect(try seat.verdict(of: honest, now: .noon + .day).word == .valid)
    }

    @Test func aRevocationMovesToAnEarlierInstantOnlyAndNeverToOneThatIsToCome() throws {
        #expect(throws: AuthorityError.self) { try revoke(as: .noon + 1, now: .noon) }
        try revoke(as: .noon - 60, now: .noon)
        let error = #expect(throws: AuthorityError.self) { try revoke(as: .noon - 59, now: .noon) }
        #expect(error?.code == .illegalKeyChange)
        try revoke(as: .noon - 60, now: .noon)
        try revoke(as: .noon - .day, now: .noon)
        #expect(try seat.authority.key("3").revocation?.at == .noon - .day)
        #expect(try seat.newestTrustList().keys.last?.revocation?.at == .noon - .day)
        // The same again made no trust list.
        #expect(try seat.newestTrustList().sequence == 4)
    }

    @Test func nothingIsRevokedThatCouldNotBeReissued() throws {
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.revoke(
                seat.office,
                asOf: .noon,
                reason: "lost",
                mustHaveHeir: true,
                officer: "王",
                now: .noon
            )
        }
        #expect(error?.code == .illegalKeyChange)
        #expect(try seat.authority.key("3").revocation == nil)
    }

    // MARK: -

    private func rotate(
        algorithm: Algorithm = .es256,
        from: Instant? = nil,
        now: Instant = .noon
    ) throws -> TrustedKey {
        try Seat.trusted(
            seat.authority.rotateKey(
                of: DivisionCode(341_181),
                key: Seat.key(algorithm, from: from),
                officer: "王",
                now: now
            )
        )
    }

    private func retire(_ key: TrustedKey, at instant: Instant) throws {
        try seat.authority.retire(key, at: instant, officer: "王", now: .noon)
    }

    private func revoke(as instant: Instant, now: Instant) throws {
        try seat.authority.revoke(seat.office, asOf: instant, reason: "私钥遗失", officer: "王", now: now)
    }

    /// A code that the office's key signed and its registry never saw.
    private func forged(day: String, index: Int = 5, by key: any Signer) throws -> UnverifiedCode {
        let licence = try Licence(particulars: Sample.particulars(77), version: 1, issued: CalendarDate(day))
        let reference = try #require(ListReference(list: 1, index: index))
        let unsigned = try UnverifiedCode(
            unsigned: Claims(licence, profile: .full, reference: reference),
            algorithm: key.algorithm,
            issuerNumber: seat.office.number
        )
        return unsigned.signed(with: try key.signature(of: unsigned.toBeSigned))
    }
}

extension Seat {
    func newestTrustList() throws -> TrustList {
        struct None: Error {}
        guard let record = try authority.registry.read({ try $0.newestTrustList() }) else { throw None() }
        return try authority.trustList(record.bytes)
    }

    func word(of code: UnverifiedCode, now: Instant) throws -> VerdictWord {
        Verifier(snapshot: snapshot(), now: now).verdict(of: "LICET:\(code.digits)").word
    }
}
