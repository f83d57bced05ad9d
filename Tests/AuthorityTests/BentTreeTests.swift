import Foundation
import GRDB
import Licence
import TestSupport
import Testing

@testable import Audit
@testable import Authority
@testable import Licensing
@testable import Registry

/// Somebody who edits the file byte by byte, so that one number leads to two rows.
@Suite struct BentTreeTests {
    let seat: Seat

    init() throws {
        seat = try Seat()
        // So many, and of so many lengths, that one of their pages has room for a row.
        for number in 1...40 {
            try seat.issue(number, changing: [.scope: String(repeating: "粮油零售；", count: 1 + number * number % 23)])
        }
        try seat.publish()
    }

    private func open() throws -> Authority { try Authority(home: seat.authority.home, prompt: Seat.prompt) }

    /// The columns of a row, as they stand.
    private func row(_ table: String, _ number: Int) throws -> [String: DatabaseValue] {
        try seat.tamper("SELECT 1")
        let row = try seat.authority.registry.database.read {
            try Row.fetchOne($0, sql: "SELECT * FROM \(table) WHERE rowid = ?", arguments: [number])
        }
        return Dictionary(uniqueKeysWithValues: try #require(row).map { ($0, $1) })
    }

    /// The row with this number, with other values in some columns; the number itself stands in no column.
    private func values(_ table: String, _ number: Int, _ others: [String: DatabaseValue]) throws -> [DatabaseValue] {
        let row = try row(table, number).merging(others) { $1 }
        let columns = try seat.authority.registry.database.read { try $0.columns(in: table).map(\.name) }
        return columns.map { ["id", "number"].contains($0) ? .null : row[$0] ?? .null }
    }

    private func count(_ sql: String) throws -> Int {
        try DatabaseQueue(path: seat.authority.home.registry).read { try Int.fetchOne($0, sql: sql) ?? 0 }
    }

    private func publish(to folder: String) throws -> AuthorityError? {
        #expect(throws: AuthorityError.self) {
            try open().publish(to: folder, on: Seat.publishTerms, now: .noon + 9)
        }
    }

    /// The status that goes into the list would be read from one row, and judged by the other.
    @Test(arguments: [true, false]) func aRevokedLicenceDoesNotLieThereAsValidAsWell(isSameFolder: Bool) throws {
        for number in 2...40 { _ = try seat.apply(.revoke, number, now: .noon + 1) }
        if !isSameFolder { try seat.publish(now: .noon + 2) }
        let home = seat.authority.home.registry
        let number = try #require(try BentTree("licence", at: home).firstOfPages(room: 200).first)
        let values = try values(
            "licence",
            number,
            [
                "status": "valid".databaseValue, "particulars": "{}".databaseValue, "name": "n".databaseValue,
                "code": Data([1]).databaseValue,
            ]
        )
        try seat.authority.registry.database.close()
        var tree = try BentTree("licence", at: home)
        try tree.addPassed(values, under: number)
        #expect(try count("SELECT count(*) FROM licence NOT INDEXED WHERE id = \(number) AND status = 'revoked'") == 1)
        // Where lists are at hand that were published, they are copied, and nothing of the file is signed.
        if !isSameFolder { try FileManager.default.removeItem(atPath: seat.publication) }
        let folder = isSameFolder ? seat.publication : seat.folder.file("elsewhere")
        let error = try publish(to: folder)
        let reason = isSameFolder ? "tampered" : "is there twice, as valid and as revoked"
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    /// The act that is looked up says what was written; the one that the chain passes says what was signed.
    @Test func theWordsOfAnActAreThoseThatWereSigned() throws {
        _ = try seat.authority.rotateKey(of: DivisionCode(341_181), key: Seat.key(), officer: "王", now: .noon + 1)
        try seat.authority.revoke(seat.office, asOf: .noon, reason: "lost", officer: "王", now: .noon + 2)
        let act = try seat.count("act")
        try seat.publish(now: .noon + 3)
        try seat.issue(50, now: .noon + 4)
        let words = "key 3 as of 2096-10-02T07:06:40Z: lost"
        try seat.tamper("UPDATE issuingKey SET revokedAt = 4000000000 WHERE revokedAt IS NOT NULL")
        let values = try values("act", act, ["reason": words.databaseValue])
        try seat.authority.registry.database.close()
        var tree = try BentTree("act", at: seat.authority.home.registry)
        try tree.addFound(values, under: act)
        #expect(try count("SELECT count(*) FROM act WHERE id = \(act) AND reason = '\(words)'") == 1)
        let error = try publish(to: seat.publication)
        #expect(error?.reason.contains("act \(act) was altered") == true, "\(String(describing: error))")
        #expect(throws: AuthorityError.self) { try open().rootRequest(lifetime: 86_400) }
    }

    /// A key under a number that another has.
    @Test func nothingIsAskedOfTheRootWhereAKeyIsThereTwice() throws {
        let values = try values("issuingKey", 2, ["divisions": "340000".databaseValue])
        try seat.authority.registry.database.close()
        var tree = try BentTree("issuingKey", at: seat.authority.home.registry)
        try tree.addFound(values, under: 2)
        let error = try publish(to: seat.publication)
        #expect(error?.reason.contains("key 2 is another") == true, "\(String(describing: error))")
    }

    /// Where it is small enough, the whole file is looked at before anything of it is published.
    @Test func aBentFileIsNotPublished() throws {
        let numbers = try BentTree("licence", at: seat.authority.home.registry).firstOfPages(room: 200)
        let number = try #require(numbers.first)
        let values = try values(
            "licence",
            number,
            ["particulars": "{}".databaseValue, "code": Data([1]).databaseValue]
        )
        try seat.authority.registry.database.close()
        var tree = try BentTree("licence", at: seat.authority.home.registry)
        try tree.addPassed(values, under: number)
        let error = #expect(throws: AuthorityError.self) {
            try open().publish(
                to: seat.publication,
                on: Authority.PublishTerms(lifetime: 7 * .day, timeToLive: 600),
                now: .noon + 9
            )
        }
        #expect(error?.reason.contains("the registry is damaged") == true, "\(String(describing: error))")
    }
}
