import Foundation
import LicenceCode
package import OpenSSL
package import TransparencyLog

/// The newest of each list that a log has told of.
///
/// The entry that ends a publication has its digest. So whoever has the head of a log knows all its newest lists, however long it is, from one
/// file beside the checkpoint, which never changes:
///
/// ```cddl
/// file = [entry: bstr .cbor registry-entry, lists]      ; log/lists/<size of the log>
/// lists = { * path: tstr => [index: uint, sequence: uint, digest: bstr .size 32] }
/// ```
package struct ListTable: Hashable {
    /// In the order of their encoding.
    private var rows: [Row] = []

    /// A list as the log tells of it.
    package struct Place: Hashable {
        /// Of the entry.
        package let index: Int
        package let sequence: Int
        /// The ``LogEntry/SignedList/digest``.
        package let digest: Digest
    }

    private struct Row: Hashable {
        let path: String
        let place: Place
        let encoded: [UInt8]

        init(_ path: String, _ place: Place) {
            (self.path, self.place) = (path, place)
            var writer = CBORWriter()
            writer.text(path)
            writer.array(3)
            writer.int(place.index)
            writer.int(place.sequence)
            writer.byteString(place.digest.bytes)
            encoded = writer.bytes
        }

        /// In the order of their encoding, where the shorter path comes first.
        static func comesBefore(_ left: String, _ right: String) -> Bool {
            if left.utf8.count != right.utf8.count { return left.utf8.count < right.utf8.count }
            return left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }

    package init() {}

    /// Of no list.
    package var isEmpty: Bool { rows.isEmpty }

    /// In the order of the encoding.
    package var paths: [String] { rows.map(\.path) }

    package subscript(path: String) -> Place? {
        let position = position(of: path)
        return position < rows.count && rows[position].path == path ? rows[position].place : nil
    }

    /// Where a list stands, or would.
    private func position(of path: String) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if Row.comesBefore(rows[middle].path, path) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A list was told in the entry at `index`.
    package mutating func tell(_ list: LogEntry.SignedList, at index: Int) {
        let row = Row(list.path, Place(index: index, sequence: list.sequence, digest: list.digest))
        let position = position(of: list.path)
        if position < rows.count, rows[position].path == list.path {
            rows[position] = row
        } else {
            rows.insert(row, at: position)
        }
    }

    /// In core deterministic encoding.
    package var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.map(rows.count)
        return rows.reduce(into: writer.bytes) { $0 += $1.encoded }
    }

    package var digest: Digest { Digest(of: encoded) }

    private init(encoded: [UInt8]) throws(CodeError) {
        var reader = CBORReader(encoded)
        var rows: [Row] = []
        try reader.textMap { path, reader throws(CodeError) in
            guard ListKind.isPath(path), try reader.array() == 3 else {
                throw CodeError(.wrongType, "a path is that of no list, or has not its three fields")
            }
            let (index, sequence) = (try reader.uint(upTo: .max), try reader.uint(upTo: .max))
            guard let digest = Digest(bytes: try reader.byteString(count: 32)) else { return }
            rows.append(Row(path, Place(index: index, sequence: sequence, digest: digest)))
        }
        try reader.finish()
        self.rows = rows
    }
}

extension ListTable {
    /// Below the log's prefix.
    package static let folder = "lists"
    /// The greatest size of a file, in bytes.
    package static let maximumFile = 16 << 20

    /// Where the file of a log of `size` entries lies, below the log's prefix.
    package static func path(ofLogOf size: Int) -> String { "\(folder)/\(size)" }

    /// The size of the log whose file lies at a path below the log's prefix; nil where it is none.
    package static func size(ofPath path: some StringProtocol) -> Int? {
        guard path.hasPrefix("\(folder)/"), let size = Int(path.dropFirst(folder.count + 1)), size > 0,
            path == Self.path(ofLogOf: size)
        else { return nil }
        return size
    }

    /// Takes files in the folder of a log away that nobody asks for any more: who has just read an older checkpoint still does.
    package static func removeOld(in log: String, upTo size: Int) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(log)/\(folder)")) ?? []
        let sizes = names.compactMap { self.size(ofPath: "\(folder)/\($0)") }
        for old in sizes.filter({ $0 <= size }).sorted().dropLast(kept) {
            try? FileManager.default.removeItem(atPath: "\(log)/\(path(ofLogOf: old))")
        }
    }

    /// Of a publication each minute, those of a quarter of an hour.
    package static let kept = 16

    /// The file, of a log that ends with `entry`.
    package func file(endedBy entry: LogEntry) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(2)
        writer.byteString(entry.encoded)
        return writer.bytes + encoded
    }

    /// Reads ``file(endedBy:)``, and holds it against the last entry of a log, which it names.
    ///
    /// - Throws: ``LogError/Code/malformed``, ``LogError/Code/inconsistent`` where the entry has another digest.
    package static func read(_ file: [UInt8]) throws(LogError) -> (table: ListTable, entry: [UInt8]) {
        let (entry, table, said): ([UInt8], ListTable, Digest)
        do throws(CodeError) {
            var reader = CBORReader(file)
            guard try reader.array() == 2 else { throw CodeError(.wrongType, "is no array of two") }
            entry = try reader.byteString()
            table = try ListTable(encoded: Array(reader.item()))
            try reader.finish()
            guard case .registry(_, _, let lists) = try LogEntry(entry).content else {
                throw CodeError(.impossibleClaim, "names an entry that ends no publication")
            }
            said = lists
        } catch { throw LogError(.malformed, "is no table of lists: \(error.reason)") }
        guard table.digest == said else { throw LogError(.inconsistent, "has other lists than its entry tells of") }
        return (table, entry)
    }

    /// Reads ``file(endedBy:)`` of the log of `tree`.
    ///
    /// - Throws: ``LogError``, where it is not what that log ends with as well.
    package init(_ file: [UInt8], of tree: TileTree) throws(LogError) {
        let (table, entry) = try Self.read(file)
        let last = tree.head.size - 1
        guard last >= 0 else { throw LogError(.inconsistent, "is of a log without entries") }
        let proof = try tree.inclusionProof(of: last)
        guard tree.head.includes(Digest.leaf(entry), at: last, by: proof) else {
            throw LogError(.inconsistent, "is not what the authority's log ends with at \(last)")
        }
        self = table
    }
}
