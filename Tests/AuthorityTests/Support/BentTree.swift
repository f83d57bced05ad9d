import Foundation
import GRDB
import Testing

@testable import Authority
@testable import Registry

/// Puts a second row under a number that a table of the registry has already, which no SQL does.
///
/// Whoever looks the number up finds one of them, whoever goes along the table meets the first; only a check of the whole file sees both.
/// The format is that of <https://www.sqlite.org/fileformat2.html>.
struct BentTree {
    private var bytes: [UInt8]
    private let pageSize: Int
    private let path: String
    private let root: Int

    /// With nobody else at work; all that was written stands in the file itself.
    init(_ table: String, at path: String) throws {
        let queue = try DatabaseQueue(path: path)
        (pageSize, root) = try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            let root = try Int.fetchOne(
                database,
                sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?",
                arguments: [table]
            )
            return (try #require(try Int.fetchOne(database, sql: "PRAGMA page_size")), try #require(root))
        }
        try queue.close()
        self.path = path
        bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    /// Adds a row of `values`, whose first column is the number, behind the one with that number: who looks for it finds the new one.
    mutating func addFound(_ values: [any DatabaseValueConvertible], under number: Int) throws {
        let page = try #require(leaves(root).first { numbers($0).contains(number) })
        let before = numbers(page)
        let place = try #require(before.firstIndex(of: number)) + 1
        let copies = (1...7).first { copies in
            let after = before[..<place] + Array(repeating: number, count: copies) + before[place...]
            return Self.search(number, Array(after)).map { $0 >= place } ?? false
        }
        try insert(Self.cell(number, values), try #require(copies, "no place on the page leads there"), at: place, page)
    }

    /// Adds a row at the end of the page before the one that begins with `number`: who looks for it finds the old one, and who comes along
    /// the table the new one.
    mutating func addPassed(_ values: [any DatabaseValueConvertible], under number: Int) throws {
        let pages = leaves(root)
        let next = try #require(pages.firstIndex { numbers($0).first == number })
        try insert(Self.cell(number, values), 1, at: numbers(pages[next - 1]).count, pages[next - 1])
    }

    /// Numbers with which a page begins, but for the first one, where the page before has this room.
    func firstOfPages(room: Int) -> [Int] {
        let pages = leaves(root)
        return zip(pages, pages.dropFirst()).compactMap { page, next in
            let start = (page - 1) * pageSize
            return big(start + 5) - 8 - 2 * big(start + 3) > room ? numbers(next).first : nil
        }
    }

    /// As SQLite looks for a number on a page.
    private static func search(_ number: Int, _ numbers: [Int]) -> Int? {
        var (low, high) = (0, numbers.count - 1)
        var middle = high >> 1
        while numbers[middle] != number {
            if numbers[middle] < number { low = middle + 1 } else { high = middle - 1 }
            if low > high { return nil }
            middle = (low + high) >> 1
        }
        return middle
    }

    private mutating func insert(_ cell: [UInt8], _ copies: Int, at place: Int, _ page: Int) throws {
        let start = (page - 1) * pageSize
        let count = big(start + 3)
        var top = big(start + 5)
        try #require(top - cell.count * copies > 8 + 2 * (count + copies), "the page has no room")
        var pointers = (0..<count).map { big(start + 8 + 2 * $0) }
        for _ in 0..<copies {
            top -= cell.count
            bytes.replaceSubrange(start + top..<start + top + cell.count, with: cell)
            pointers.insert(top, at: place)
        }
        set(start + 3, pointers.count)
        set(start + 5, top)
        for (index, pointer) in pointers.enumerated() { set(start + 8 + 2 * index, pointer) }
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// The pages of rows below one.
    private func leaves(_ page: Int) -> [Int] {
        let start = (page - 1) * pageSize
        guard bytes[start] == 5 else { return [page] }
        let cells = (0..<big(start + 3)).map { start + big(start + 12 + 2 * $0) }
        return (cells + [start + 8]).flatMap { leaves(big($0) << 16 | big($0 + 2)) }
    }

    private func numbers(_ page: Int) -> [Int] {
        let start = (page - 1) * pageSize
        return (0..<big(start + 3)).map { index in
            var place = start + big(start + 8 + 2 * index)
            _ = number(&place)
            return number(&place)
        }
    }

    private func number(_ place: inout Int) -> Int {
        var value = 0
        repeat {
            value = value << 7 | Int(bytes[place] & 0x7F)
            place += 1
        } while bytes[place - 1] >= 0x80
        return value
    }

    private func big(_ place: Int) -> Int { Int(bytes[place]) << 8 | Int(bytes[place + 1]) }

    private mutating func set(_ place: Int, _ value: Int) {
        bytes[place] = UInt8(value >> 8)
        bytes[place + 1] = UInt8(value & 0xFF)
    }

    private static func cell(_ number: Int, _ values: [any DatabaseValueConvertible]) -> [UInt8] {
        var (types, content): ([UInt8], [UInt8]) = ([], [])
        for value in values {
            switch value.databaseValue.storage {
            case .null: types += varint(0)
            case .int64(let value):
                types += varint(6)
                content += withUnsafeBytes(of: value.bigEndian, Array.init)
            case .double: Issue.record("no column of the registry is one")
            case .string(let text):
                types += varint(13 + 2 * text.utf8.count)
                content += text.utf8
            case .blob(let data):
                types += varint(12 + 2 * data.count)
                content += data
            }
        }
        let record = varint(types.count + 1) + types + content
        return varint(record.count) + varint(number) + record
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : varint(value >> 7).map { $0 | 0x80 } + [UInt8(value & 0x7F)]
    }
}
