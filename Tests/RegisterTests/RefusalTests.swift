import Foundation
import GRDB
import Licence
import Register
import TestSupport
import Testing
import VerifierService

/// Files that are no register, or none any more.
@Suite struct RefusalTests {
    let books: Bookkeeping
    let code: CreditCode

    init() throws {
        books = try Bookkeeping()
        code = try Sample.creditCode(1)
        for number in 1...20 { try books.make(number) }
    }

    private func refusal(_ path: String) async -> RegisterError? {
        do { _ = try await RegisterFile(path: path).history(of: code, at: .noon) } catch {
            return error as? RegisterError
        }
        return nil
    }

    /// A copy of which `sql` has made another file.
    private func bent(_ sql: String) throws -> String {
        let path = try books.copy("bent.sqlite")
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys=OFF; PRAGMA writable_schema=ON")
            try database.execute(sql: sql)
        }
        try database.close()
        return path
    }

    /// Opening one would wait for somebody who writes, and the next question with it.
    @Test func aPipeIsNoRegister() async throws {
        let path = books.folder.file("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        #expect(await refusal(path)?.code == .missing)
    }

    @Test func aMissingFileIsMissingUntilItIsThere() async throws {
        let path = books.folder.file("copy.sqlite")
        let register = RegisterFile(path: path)
        let error = await #expect(throws: RegisterError.self) { try await register.history(of: code, at: .noon) }
        #expect(error?.code == .missing)
        #expect(!FileManager.default.fileExists(atPath: path))
        _ = try books.copy("copy.sqlite")
        #expect(try await register.history(of: code, at: .noon) != nil)
    }

    @Test func aFileOfANewerOrAnOlderVersionIsNamedSo() async throws {
        let newer = await refusal(try bent("INSERT INTO grdb_migrations VALUES ('8-licence')"))
        #expect(newer?.code == .otherVersion && newer?.reason.contains("newer") == true)
        let older = await refusal(try bent("DELETE FROM grdb_migrations WHERE identifier = '7-act'"))
        #expect(older == nil || older?.code == .otherVersion)
    }

    @Test(arguments: ["", "SQLite format 3", String(repeating: "no registry at all\n", count: 500)])
    func whatIsNoDatabaseIsDamaged(text: String) async throws {
        let path = books.folder.file("text.sqlite")
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(await refusal(path)?.code == .damaged)
    }

    @Test func aFolderIsNoRegister() async { #expect(await refusal(books.folder.path) != nil) }

    @Test(arguments: [
        "DROP TABLE act", "DELETE FROM authority", "UPDATE authority SET utcOffset = 100000",
        "UPDATE licence SET status = 'fine'", "UPDATE licence SET issued = 99999999",
        "UPDATE issuingKey SET certificate = x'00'",
        """
        DROP TABLE grdb_migrations; CREATE VIEW grdb_migrations AS WITH RECURSIVE r(identifier) AS
            (SELECT '7-act' UNION ALL SELECT identifier FROM r) SELECT identifier FROM r
        """, "DROP INDEX actOnLicence",
    ])
    func whatNoRegistryHoldsIsDamaged(sql: String) async throws {
        #expect(await refusal(try bent(sql))?.code == .damaged)
    }

    /// Whatever is wrong with it, there is an answer or a refusal, and no end of the program.
    @Test func bytesThatAreOthersStopNobody() async throws {
        let path = try books.copy("copy.sqlite")
        let whole = try Data(contentsOf: URL(filePath: path))
        var generator = SeededGenerator(seed: 7)
        var refused = 0
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes = bytes.prefix(.random(in: 0..<bytes.count, using: &generator)) }
            try bytes.write(to: URL(filePath: path))
            do { _ = try await RegisterFile(path: path).history(of: code, at: .noon) } catch is RegisterError {
                refused += 1
            }
        }
        #expect(refused > 50)
    }
}
