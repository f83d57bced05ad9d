import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import TransparencyLog
import Verification

@testable import Authority
@testable import Licensing
@testable import Registry

/// A thief has the office's real key and not its registry: whatever he makes of it, nobody takes it for valid, online or with a bundle.
@Suite struct StolenKeyTests {
    let seat: Seat
    private let key: any Signer
    private let honest: [LicenceRecord]
    private let replaced: LicenceRecord

    init() throws {
        seat = try Seat()
        var records: [LicenceRecord] = []
        for number in 1...40 { records.append(try seat.issue(number)) }
        replaced = records[0]
        _ = try seat.authority.revise(
            Sample.creditCode(1),
            .change([.name: "新名"]),
            reason: "更名",
            on: Seat.terms(),
            now: .noon
        )
        for (number, act) in [(2, LicenceAct.revoke), (3, .suspend), (4, .annul), (5, .cancel)] {
            _ = try seat.apply(act, number)
        }
        honest = try seat.authority.registry.read { session in
            try (1...40).compactMap { try session.licence(Sample.creditCode($0)) }
        }
        key = try seat.authority.keys.signer(of: seat.office)
        try seat.publish()
    }

    /// Signs whatever he likes by the office's key.
    private func forge(
        _ particulars: Particulars,
        version: Int = 1,
        day: String = "2026-03-18",
        list: Int = 1,
        index: Int,
        profile: Profile = .full
    ) throws -> UnverifiedCode {
        let licence = try Licence(particulars: particulars, version: version, issued: CalendarDate(day))
        let reference = try #require(ListReference(list: list, index: index))
        return try sign(Claims(licence, profile: profile, reference: reference))
    }

    private func sign(_ claims: Claims) throws -> UnverifiedCode {
        let unsigned = try UnverifiedCode(unsigned: claims, algorithm: key.algorithm, issuerNumber: seat.office.number)
        return unsigned.signed(with: try key.signature(of: unsigned.toBeSigned))
    }

    /// How many codes got which verdict: of the folder as it is published, and of a bundle of it.
    private func verdicts(of codes: [UnverifiedCode], now: Instant = .noon + 1) throws -> [VerdictWord: Int] {
        var words: [VerdictWord: Int] = [:]
        for snapshot in try [seat.snapshot(), bundled()] {
            let verifier = Verifier(snapshot: snapshot, now: now)
            for code in codes { words[verifier.verdict(of: "LICET:\(code.digits)").word, default: 0] += 1 }
        }
        #expect(words.values.reduce(0, +) == codes.count * 2)
        return words
    }

    private func bundled() throws -> Snapshot {
        let source = FolderSource(seat.publication)
        let head = try Checkpoint(text: SignedNote(source.read(AuthorityLog.checkpoint)).text).head
        let paths =
            [TrustList.path, AuthorityLog.checkpoint] + ListKind.allCases.flatMap { source.paths(of: $0) }
            + Tile.added(from: 0, to: head.size).map(AuthorityLog.path) + [AuthorityLog.lists(ofLogOf: head.size)]
        let file = seat.folder.file("inspector.licet")
        try Bundle.write(paths, of: "office", created: .noon, to: file) { try source.read($0) }
        var seen = HighWater()
        return PublicationReader(source: try Bundle(file: file), root: seat.authority.root).snapshot(
            &seen,
            now: .noon + 1
        )
    }

    @Test func theHonestOnesAreWhatTheyAre() throws {
        let words = try verdicts(of: honest.map(\.code) + [replaced.code])
        #expect(words == [.valid: 72, .revoked: 2, .suspended: 2, .annulled: 2, .cancelled: 2, .superseded: 2])
    }

    @Test func aFreeIndexIsNotIssued() throws {
        let taken = Set(honest.map(\.reference.index) + [replaced.reference.index])
        let free = (0..<300).map { $0 * 218 }.filter { !taken.contains($0) }
        let codes = try free.enumerated().map { try forge(Sample.particulars(1_000 + $0.offset), index: $0.element) }
        #expect(try verdicts(of: codes) == [.notIssued: codes.count * 2])
    }

    @Test func anIndexBeyondTheListOrOfAListThatThereIsNotIsNeverValid() throws {
        let codes = try [(1, 65_536), (1, ListReference.maximumEntries - 1), (2, 0), (2, 7), (65_535, 1)].map {
            try forge(Sample.particulars(1_000), list: $0.0, index: $0.1)
        }
        let words = try verdicts(of: codes)
        #expect(words[.valid] == nil && Set(words.keys).isSubset(of: [.notIssued, .undetermined]))
    }

    @Test func aTakenIndexIsNotIssued() throws {
        let codes = try honest.map { try forge(Sample.particulars(1_000), index: $0.reference.index) }
        #expect(try verdicts(of: codes) == [.notIssued: codes.count * 2])
    }

    /// All that was printed stays, but for one thing.
    @Test func aGenuineLicenceInWhichOneThingIsOtherIsNotIssued() throws {
        var codes: [UnverifiedCode] = []
        for record in honest {
            let reference = record.reference
            for changes: [ApplicationField: String?] in [
                [.name: "冒名商行"], [.representative: "王五"], [.address: "别处 1 号"], [.scope: "一般项目：化肥销售"],
            ] {
                let number = try #require(honest.firstIndex { $0.creditCode == record.creditCode }) + 1
                codes.append(try forge(Sample.particulars(number, changing: changes), index: reference.index))
            }
            let own = record.licence
            for version in [own.version + 1, own.version + 7] {
                codes.append(try forge(own.particulars, version: version, index: reference.index))
            }
            codes.append(try forge(own.particulars, version: own.version, day: "2026-03-19", index: reference.index))
            codes.append(try forge(own.particulars, version: own.version, index: reference.index, profile: .core))
        }
        let taken = Set(honest.map(\.code.digest))
        #expect(!codes.contains { taken.contains($0.digest) })
        #expect(try verdicts(of: codes) == [.notIssued: codes.count * 2])
    }

    @Test func aBackdatedOrPostdatedOneIsNotIssued() throws {
        let days = ["2021-01-01", "2026-03-01", "2026-03-17", "2026-03-18", "2026-03-19", "2030-01-01"]
        let codes = try days.enumerated().map {
            try forge(Sample.particulars(1_000), day: $0.element, index: 9 + $0.offset)
        }
        let words = try verdicts(of: codes)
        #expect(words[.valid] == nil)
        #expect(Set(words.keys).isSubset(of: [.notIssued, .outOfJurisdiction]))
    }

    /// The signature is new, what is signed is old: still the version that was replaced.
    @Test func anOldVersionThatIsSignedAgainIsWhatItWas() throws {
        let again = try sign(replaced.code.claims)
        #expect(try verdicts(of: [again]) == [.superseded: 2])
        let ended = try honest[1...4].map { try sign($0.code.claims) }
        #expect(try verdicts(of: ended) == [.revoked: 2, .suspended: 2, .annulled: 2, .cancelled: 2])
        // At the place of its successor it is nothing.
        let moved = try forge(replaced.licence.particulars, index: honest[0].reference.index)
        #expect(try verdicts(of: [moved]) == [.notIssued: 2])
    }

    @Test func afterTheRevocationOfTheKeyNothingNewOfItIsBelieved() throws {
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        try seat.authority.revoke(seat.office, asOf: .noon - 86_400, reason: "stolen", officer: "王", now: .noon + 1)
        try seat.publish(now: .noon + 2)
        let days = ["2026-01-01", "2026-03-16", "2026-03-18"]
        let codes = try days.flatMap { day in
            try [5, honest[7].reference.index].map { try forge(Sample.particulars(1_000), day: day, index: $0) }
        }
        #expect(try verdicts(of: codes, now: .noon + 3) == [.issuerRevoked: codes.count * 2])
    }

    /// He puts his own lists into a copy of the publication that he hands out.
    @Test func listsThatHeSignsThemselvesAreNotBelieved() throws {
        let forged = try forge(Sample.particulars(1_000), index: 5)
        let digest = forged.digest
        for (path, logIndex) in [("status/341181-1", 0), ("issued/341181-1", 1)] {
            let claims = ListClaims(
                subject: seat.authority.record.base + path,
                issuedAt: .noon,
                expires: .noon + .day,
                timeToLive: 600,
                sequence: 9,
                logIndex: logIndex
            )
            let bytes =
                path.hasPrefix("status")
                ? try StatusList(claims: claims, size: 65_536, entries: [(5, .valid)]).signed(
                    by: key,
                    number: seat.office.number
                )
                : try IssuedList(claims: claims, entries: [(5, digest)]).signed(by: key, number: seat.office.number)
            try DurableFile.write(bytes, to: "\(seat.publication)/\(path)")
        }
        #expect(try verdicts(of: [forged]) == [.undetermined: 2])
    }

    /// He has the key for lists as well, and not that of the log.
    @Test func evenWithTheKeyForListsHeMintsNothing() throws {
        let forged = try forge(Sample.particulars(1_000), index: 5)
        let lists = try #require(try seat.snapshotOfKeys().first { $0.purpose == .lists })
        let signer = try seat.authority.keys.signer(of: lists)
        let entries =
            honest.map { (index: $0.reference.index, digest: $0.code.digest) } + [(index: 5, digest: forged.digest)]
        for (path, logIndex) in [
            ("status/341181-1", 0), ("issued/341181-1", 1), ("status/341181-1", 43), ("issued/341181-1", 44),
        ] {
            let claims = ListClaims(
                subject: seat.authority.record.base + path,
                issuedAt: .noon,
                expires: .noon + .day,
                timeToLive: 600,
                sequence: 9,
                logIndex: logIndex
            )
            let bytes =
                path.hasPrefix("status")
                ? try StatusList(claims: claims, size: 65_536, entries: entries.map { ($0.index, .valid) })
                    .signed(by: signer, number: lists.number)
                : try IssuedList(claims: claims, entries: entries).signed(by: signer, number: lists.number)
            try DurableFile.write(bytes, to: "\(seat.publication)/\(path)")
            let words = try verdicts(of: [forged])
            #expect(words[.valid] == nil && words[.suspended] == nil, "\(path) at \(logIndex): \(words)")
        }
        #expect(try verdicts(of: [forged]) == [.undetermined: 2])
    }
}
