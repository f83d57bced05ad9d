import Foundation
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import Testing
import TransparencyLog

/// The table by which readers know the newest lists of a log.
@Suite struct ListTableTests {
    private func list(_ path: String, _ sequence: Int) -> LogEntry.SignedList {
        LogEntry.SignedList(path: path, sequence: sequence, digest: digest(UInt8(sequence)))
    }

    private func end(_ table: ListTable) -> LogEntry {
        LogEntry(at: .noon, .registry(acts: 1, head: digest(1), lists: table.digest))
    }

    @Test func readsWhatItWrites() throws {
        var table = ListTable()
        #expect(try ListTable.read(table.file(endedBy: end(table))).table == table)
        for (index, path) in ["status/341181-10", "issued/341181-2", "status/341181-2", "issued/11-1"].enumerated() {
            table.tell(list(path, index + 3), at: index * 1_000)
            #expect(table[path]?.index == index * 1_000)
            let read = try ListTable.read(table.file(endedBy: end(table)))
            #expect(read.table == table)
            #expect(read.entry == end(table).encoded)
        }
        #expect(table["status/341181-1"] == nil)
        #expect(table.paths == ["issued/11-1", "issued/341181-2", "status/341181-2", "status/341181-10"])
    }

    @Test func theOrderInWhichListsWereToldFirstIsOfNoAccount() {
        let paths = (1...40).map { "status/341181-\($0)" }
        var tables = [ListTable(), ListTable()]
        for path in paths { tables[0].tell(list(path, 7), at: 9) }
        for path in paths.reversed() {
            tables[1].tell(list(path, 6), at: 8)
            tables[1].tell(list(path, 7), at: 9)
        }
        #expect(tables[0] == tables[1])
        #expect(tables[0].digest == tables[1].digest)
        tables[1].tell(list(paths[20], 8), at: 10)
        #expect(tables[0].digest != tables[1].digest)
    }

    @Test func noFileThatIsChangedIsRead() throws {
        var table = ListTable()
        table.tell(list("status/341181-1", 3), at: 4)
        table.tell(list("issued/341181-1", 2), at: 5)
        let file = table.file(endedBy: end(table))
        for position in file.indices {
            for bit in 0..<8 {
                var changed = file
                changed[position] ^= 1 << bit
                // What the entry says besides is held against the log by whoever reads.
                if let read = try? ListTable.read(changed) {
                    #expect(read.table == table && read.entry != end(table).encoded)
                }
            }
            #expect(throws: LogError.self) { try ListTable.read(Array(file.prefix(position))) }
        }
        #expect(throws: LogError.self) { try ListTable.read(file + [0]) }
        let other = LogEntry(at: .noon, .restore(act: 1, from: table.digest))
        #expect(throws: LogError.self) { try ListTable.read(table.file(endedBy: other)) }
    }

    @Test(arguments: [
        ("log/lists/1", true), ("log/lists/4000000000", true), ("log/lists/0", false), ("log/lists/01", false),
        ("log/lists/-1", false), ("log/lists/+1", false), ("log/lists/", false), ("log/lists/1/2", false),
        ("log/lists/1.tmp", false), ("log/lists/99999999999999999999", false), ("lists/1", false),
    ])
    func itsFileIsCalledByTheSizeOfTheLog(path: String, isOne: Bool) {
        #expect(AuthorityLog.isLists(path) == isOne)
        #expect(PublicationPath.isOne(path) == isOne)
    }

    /// As the article on the publication has it, without any code of ours.
    @Test func aStrangerReadsItByTheArticle() throws {
        let publication = try LoggedPublication()
        try publication.publish(padding: 3)
        let file = try publication.read("log/lists/6")
        guard case .array(let parts) = try PlainCBOR(file), parts.count == 2, let entry = parts[0].bytes,
            case .map(let paths, let places) = parts[1]
        else { throw PlainCBOR.Malformed() }
        let registry = try PlainCBOR(entry)
        #expect(registry[1] == .text("registry"))
        // An array of two, a byte string below 256 bytes, and the rest.
        let lists = Array(file.dropFirst(3 + entry.count))
        #expect(registry[9]?.bytes == Digest(of: lists).bytes)
        #expect(paths == [.text("issued/341181-1"), .text("status/341181-1")])
        for (path, index, place) in [(issuedPath, 4, places[0]), (statusPath, 3, places[1])] {
            let list = try publication.read(path)
            let told = try LogEntryTests.entry(index, of: publication)
            #expect(place == .array([.int(index), told[7] ?? .int(-1), told[8] ?? .int(-1)]))
            #expect(told[6] == .text(path))
            // COSE_Sign1 is tag 18 and an array of four: header, map, payload, signature.
            guard case .tag(18, .array(let parts)) = try PlainCBOR(list), let header = parts[0].bytes,
                let payload = parts[2].bytes
            else { throw PlainCBOR.Malformed() }
            let signed = [0x84, 0x6A] + Array("Signature1".utf8) + string(header) + [0x40] + string(payload)
            #expect(told[8]?.bytes == Digest(of: signed).bytes)
        }
    }

    /// A byte string below 65,536 bytes.
    private func string(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt8(truncatingIfNeeded: bytes.count)
        switch bytes.count {
        case ..<24: return [0x40 | count] + bytes
        case ..<256: return [0x58, count] + bytes
        default: return [0x59, UInt8(bytes.count >> 8), count] + bytes
        }
    }

    // MARK: - As a reader meets it

    private func code(_ publication: LoggedPublication) -> PublicationError.Code? {
        publication.snapshot().statusLists[statusPath]?.code
    }

    @Test func withoutTheTableOrWithThatOfAnotherDayNoListIsBelieved() throws {
        let publication = try LoggedPublication()
        try publication.publish()
        let old = try publication.read(AuthorityLog.lists(ofLogOf: publication.heads[0].size))
        try publication.publish()
        #expect(code(publication) == nil)
        let path = AuthorityLog.lists(ofLogOf: publication.heads[1].size)
        let table = try publication.read(path)
        for bytes in [old, [], Array(table.dropLast()), table + [0]] {
            try publication.write(bytes, path)
            #expect(publication.snapshot().log?.code == .notLogged)
            #expect(code(publication) == .notLogged)
        }
        unlink(publication.folder.file(path))
        #expect(publication.snapshot().log?.code == .notLogged)
        #expect(code(publication) == .notLogged)
        try publication.write(table, path)
        #expect(code(publication) == nil)
    }

    /// Another table, and the entry that names it: it is not the one that the log ends with.
    @Test func aTableThatSomebodyMadeIsNotBelieved() throws {
        let publication = try LoggedPublication()
        try publication.publish()
        let old = try publication.read(statusPath)
        let size = publication.heads[0].size
        let table = try ListTable.read(publication.read(AuthorityLog.lists(ofLogOf: size))).table
        try publication.publish()
        try publication.write(old, statusPath)
        #expect(code(publication) == .overtaken)
        let next = AuthorityLog.lists(ofLogOf: publication.heads[1].size)
        try publication.write(table.file(endedBy: end(table)), next)
        #expect(code(publication) == .notLogged)
    }

    /// Whoever has the key of the log, and not those of lists, or forgot one.
    @Test func aListThatTheTableDoesNotNameIsNotBelieved() throws {
        let publication = try LoggedPublication()
        try publication.publish()
        try publication.end(acts: 2, at: .noon) { $0 = ListTable() }
        try publication.sign()
        #expect(publication.snapshot().log?.code == nil)
        #expect(code(publication) == .notLogged)
    }

    @Test func aReplayFindsATableThatIsNotWhatTheLogTold() throws {
        let signed = LogEntry(at: .noon, .list(list(statusPath, 1)))
        var table = ListTable()
        table.tell(list(statusPath, 1), at: 0)
        var honest = LogReplay()
        #expect(honest.apply(signed).isEmpty)
        #expect(honest.apply(end(table)).isEmpty)
        #expect(honest.table == table)
        var others = [ListTable(), table, table]
        others[1].tell(list(issuedPath, 1), at: 0)
        others[2].tell(list(statusPath, 1), at: 1)
        for other in others {
            var replay = LogReplay()
            _ = replay.apply(signed)
            #expect(replay.apply(end(other)).count == 1)
        }
    }
}
