import Foundation
import GRDB
import Licence
import OpenSSL
import Publication
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// TARGETS row 21: an act that was altered, taken away or put elsewhere is found, the last one included.
@Suite struct ActChainTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        for number in 1...3 { try seat.issue(number, now: .noon + Int64(number)) }
        _ = try seat.apply(.suspend, 2, now: .noon + 4)
        _ = try seat.apply(.revoke, 3, now: .noon + 5)
    }

    /// Every column of every act, one after the other.
    @Test(arguments: [
        "at = at + 1", "at = at - 1", "officer = CASE officer WHEN 1 THEN 2 ELSE 1 END", "kind = 'resume'",
        "reason = reason || 'x'", "detail = coalesce(detail, '') || ' '", "digest = randomblob(32)",
        "reference = CASE WHEN id > 1 THEN 1 ELSE NULL END, detail = 'x'", "creditCode = 'x', version = 1",
        "version = coalesce(version, 0) + 1, creditCode = coalesce(creditCode, 'x')", "hash = randomblob(32)",
        "licence = 4 - licence", "licence = 99",
        "signature = NULL", "signature = randomblob(64)",
    ])
    func findsEveryAlteredAct(change: String) throws {
        let count = try seat.count("act")
        try damaged()
        for number in 1...count {
            let before = try contents(of: number)
            try seat.tamper("UPDATE act SET \(change) WHERE id = \(number)")
            if try contents(of: number) != before { #expect(try !findings().isEmpty, "act \(number)") }
            try restore(number, before)
        }
        #expect(try findings().isEmpty)
    }

    @Test func findsEveryActThatWasTakenAwayTheLastOneIncluded() throws {
        try damaged()
        for number in 1...(try seat.count("act")) {
            let before = try contents(of: number)
            try seat.tamper("DELETE FROM act WHERE id = \(number)")
            #expect(try !findings().isEmpty, "act \(number)")
            try seat.tamper(
                "INSERT INTO act (id, at, officer, kind, reason, hash) VALUES (\(number), 0, 1, 'x', '', x'')"
            )
            try restore(number, before)
        }
        #expect(try findings().isEmpty)
    }

    @Test func findsActsThatChangedPlaces() throws {
        try damaged()
        let count = try seat.count("act")
        for number in 1..<count {
            try swap(number, number + 1)
            #expect(try !findings().isEmpty, "acts \(number) and \(number + 1)")
            try swap(number, number + 1)
        }
        #expect(try findings().isEmpty)
    }

    /// Whoever can compute hashes but has no officer's key.
    @Test func aChainThatWasComputedAnewIsNotSignedByItsOfficers() throws {
        try damaged()
        try seat.tamper("UPDATE act SET reason = '自行注销' WHERE kind = 'revoke'")
        try seat.authority.registry.write { session in
            var before = Act.origin
            for row in try session.acts(after: 0, limit: 100) {
                let act = try row.act.get()
                let hash = Act.hash(of: act.deed, number: act.number, at: act.at, officer: act.officer, after: before)
                try session.database.execute(
                    sql: "UPDATE act SET hash = ? WHERE id = ?",
                    arguments: [Data(hash.bytes), act.number]
                )
                before = hash.bytes + (act.signature ?? [])
            }
            if let anchor = try Anchor(of: session) { try seat.authority.home.write(anchor) }
        }
        #expect(try findings().contains { $0.reason.contains("signature") })
    }

    /// The whole end is gone, and with it the anchor beside it; a copy elsewhere tells.
    @Test func aCopyOfTheAnchorTellsWhatTheHomeCannot() throws {
        let copy = try Anchor(file: seat.authority.home.anchor)
        try damaged()
        try seat.tamper(
            "DELETE FROM act WHERE kind = 'revoke'; UPDATE licence SET status = 'valid' WHERE status = 'revoked'"
        )
        try seat.authority.registry.write { session in
            if let anchor = try Anchor(of: session) { try seat.authority.home.write(anchor) }
        }
        #expect(try findings().isEmpty)
        let found = try findings(anchor: copy)
        #expect(found.contains { $0.subject.contains("elsewhere") })
    }

    @Test(arguments: ["", "licet anchor 1\nacts 3\n", "licet anchor 2\nacts 1\nhead 00\n", "acts"])
    func anAnchorThatCannotBeReadStopsEverything(text: String) throws {
        try DurableFile.write(Array(text.utf8), to: seat.authority.home.anchor)
        #expect(throws: AuthorityError.self) { try seat.issue(9, now: .noon + 9) }
        #expect(throws: AuthorityError.self) { try seat.publish(now: .noon + 9) }
        #expect(try findings().contains { $0.subject == "anchor" })
        try damaged()
    }

    /// A trigger would change what an officer is about to sign; nothing works with such a file.
    @Test(arguments: [
        "CREATE TRIGGER t AFTER INSERT ON act BEGIN UPDATE licence SET status = 'valid'; END",
        "CREATE VIEW v AS SELECT * FROM act",
    ])
    func aProgramThatIsHiddenInTheFileStopsEverything(sql: String) throws {
        try damaged()
        let before = try seat.count("act")
        try seat.authority.registry.database.write { try $0.execute(sql: sql) }
        #expect(throws: RegistryError.self) { try seat.apply(.suspend, 1, now: .noon + 9) }
        #expect(throws: RegistryError.self) { try seat.publish(now: .noon + 9) }
        #expect(throws: RegistryError.self) { try Authority(home: seat.authority.home, prompt: Seat.prompt) }
        #expect(
            try seat.authority.registry.database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM act") }
                == before
        )
    }

    /// What stands in the file when an act is signed is what was recorded.
    @Test func anActThatChangesBeforeItIsSignedIsNotSigned() throws {
        let seal = try seat.authority.seal(of: "张")
        #expect(throws: RegistryError.self) {
            try seat.authority.registry.write { session in
                try session.record(Deed(.authority(.addOffice), reason: "one"), by: seal.officer.number, at: .noon + 9)
                try session.database.execute(sql: "UPDATE act SET hash = randomblob(32) WHERE reason = 'one'")
                _ = try session.sign(with: seal.signer)
            }
        }
        #expect(try findings().isEmpty)
    }

    @Test func nothingIsBuiltOnALicenceWhoseStatusWasAltered() throws {
        try seat.tamper("UPDATE licence SET status = 'valid' WHERE status = 'revoked'")
        let error = #expect(throws: AuthorityError.self) { try seat.apply(.suspend, 3, now: .noon + 9) }
        #expect(error?.code == .rolledBack)
    }

    @Test(arguments: ["李 ", "李\u{3164}", "李\u{FE00}", "（李）", "李\u{200B}"])
    func nobodyIsTwoOfficersUnderNamesThatLookAlike(name: String) throws {
        #expect(throws: AuthorityError.self) { try add(name) }
    }

    @Test func oneSignatureVouchesForAllActsOfATransaction() throws {
        let requests = try (20..<40).map {
            Authority.IssueRequest(particulars: try Sample.particulars($0), overrideReason: nil)
        }
        let before = try seat.count("act WHERE signature IS NOT NULL")
        _ = try seat.authority.issue(requests, on: Seat.terms(), now: .noon + 9).map { try $0.get() }
        #expect(try seat.count("act WHERE signature IS NOT NULL") == before + 1)
        #expect(try findings().isEmpty)
    }

    @Test func anOfficerWhoIsNotThereOrNotAnyMoreDoesNothing() throws {
        let acts = try seat.count("act")
        let stranger = #expect(throws: AuthorityError.self) {
            try seat.authority.apply(.revoke, to: Sample.creditCode(1), reason: "r", officer: "赵", now: .noon + 9)
        }
        #expect(stranger?.code == .officer)
        #expect(try seat.count("act") == acts)
        try seat.authority.retireOfficer("张", reason: "调离", officer: "王", now: .noon + 9)
        let gone = #expect(throws: AuthorityError.self) { try seat.apply(.revoke, 1, now: .noon + 9) }
        #expect(gone?.code == .officer)
        let again = #expect(throws: AuthorityError.self) { try add("张") }
        #expect(again?.code == .alreadyThere)
        _ = try seat.authority.rotateOfficerKey(
            place: .file(passphrase: Seat.passphrase),
            officer: "李",
            now: .noon + 9
        )
        try seat.issue(9, now: .noon + 9)
        #expect(try findings().isEmpty)
    }

    @Test func theLastOfficerStays() throws {
        for name in ["李", "张"] { try seat.authority.retireOfficer(name, reason: "调离", officer: "王", now: .noon + 9) }
        let error = #expect(throws: AuthorityError.self) {
            try seat.authority.retireOfficer("王", reason: "退休", officer: "王", now: .noon + 9)
        }
        #expect(error?.code == .officer)
    }

    private func add(_ name: String) throws -> Officer {
        try seat.authority.addOfficer(
            name,
            isSupervisor: false,
            place: .file(passphrase: Seat.passphrase),
            officer: "王",
            now: .noon + 9
        )
    }

    /// Tells the seat that it is spoiled, and lets SQLite take what no program of ours would write.
    private func damaged() throws {
        try seat.tamper("SELECT 1")
        try seat.authority.registry.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys = 0") }
    }

    private func contents(of number: Int) throws -> Row? {
        try seat.authority.registry.read {
            try Row.fetchOne($0.database, sql: "SELECT * FROM act WHERE id = ?", arguments: [number])
        }
    }

    private func restore(_ number: Int, _ row: Row?) throws {
        let row = try #require(row)
        let columns = row.columnNames.filter { $0 != "id" }
        try seat.authority.registry.write { session in
            try session.database.execute(
                sql: "UPDATE act SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = \(number)",
                arguments: StatementArguments(columns.map { row[$0] as (any DatabaseValueConvertible)? })
            )
        }
    }

    private func swap(_ one: Int, _ other: Int) throws {
        let (first, second) = (try contents(of: one), try contents(of: other))
        try restore(one, second)
        try restore(other, first)
    }

    private func findings(anchor: Anchor? = nil) throws -> [Doctor.Finding] {
        var found: [Doctor.Finding] = []
        _ = try Doctor(seat.authority, anchor: anchor, now: .noon + 9).examine(find: { found.append($0) })
        return found
    }
}
