import Foundation
package import Licence
package import LicenceCode
import TransparencyLog

/// A publication in one file, for a day without signal.
///
/// It bears no signature of its own, since every part has one: what it says of itself is a label, and no evidence.
///
/// ```cddl
/// bundle = ["licet bundle", 1, created: uint, source: tstr, tags: [* (path: tstr, entity-tag: tstr)],
///           files: [* (path: tstr, content: bstr)]]   ; paths rising
/// ```
package struct Bundle: PublicationSource {
    /// When it was packed, as whoever packed it says.
    package let created: Instant
    /// What it was packed from.
    package let origin: String
    /// By what the server that they came from calls the files.
    package let tags: [String: String]
    private let bytes: [UInt8]
    private let files: [String: Range<Int>]

    private static let mark = "licet bundle"
    private static let version = 1
    /// The greatest size of a bundle that is read, in bytes.
    package static let maximumSize = 4 << 30
    private static let maximumFiles = 1 << 20

    /// Reads the bundle at `path`.
    package init(file path: String) throws(PublicationError) {
        let bytes = try DurableFile.read(path, limit: Self.maximumSize, regularOnly: true)
        do throws(CodeError) { try self.init(bytes) } catch {
            throw PublicationError(.malformed, file: path, "is no bundle of a publication: \(error.reason)")
        }
    }

    package init(_ bytes: [UInt8]) throws(CodeError) {
        var reader = CBORReader(bytes)
        guard try reader.array() == 6, try reader.text() == Self.mark else {
            throw CodeError(.wrongType, "it does not begin like one")
        }
        guard try reader.uint(upTo: .max) == Self.version else {
            throw CodeError(.unknownVersion, "it is of a later version; update this program")
        }
        created = Instant(seconds: Int64(try reader.uint(upTo: .max)))
        origin = try reader.text()
        var tags: [String: String] = [:]
        let tagged = try reader.array()
        guard tagged.isMultiple(of: 2), tagged <= Self.maximumFiles * 2 else {
            throw CodeError(.impossibleClaim, "it has an impossible number of tags")
        }
        for _ in 0..<tagged / 2 {
            let path = try reader.text()
            tags[path] = try reader.text()
        }
        self.tags = tags
        let count = try reader.array()
        guard count.isMultiple(of: 2), count <= Self.maximumFiles * 2 else {
            throw CodeError(.impossibleClaim, "it has an impossible number of files")
        }
        var files: [String: Range<Int>] = [:]
        var last = ""
        for _ in 0..<count / 2 {
            let path = try reader.text()
            guard PublicationPath.isOne(path), last.utf8.lexicographicallyPrecedes(path.utf8) else {
                throw CodeError(.notDeterministic, "its files are out of order, or of no publication")
            }
            files[path] = try reader.byteSlice().indices
            last = path
        }
        try reader.finish()
        self.files = files
        self.bytes = bytes
    }

    /// Whether the file at `path` begins like a bundle.
    package static func isOne(_ path: String) -> Bool {
        var writer = CBORWriter()
        writer.array(6)
        writer.text(mark)
        var facts = stat()
        // Whoever opens a pipe waits for somebody at its other end.
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
            let handle = FileHandle(forReadingAtPath: path)
        else { return false }
        return (try? handle.read(upToCount: writer.bytes.count)) == Data(writer.bytes)
    }

    package func read(_ path: String) throws(PublicationError) -> [UInt8] {
        guard let range = files[path] else { throw PublicationError(.missing, file: path, "is not in the bundle") }
        let limit = PublicationPath.limit(path)
        guard range.count <= limit else {
            throw PublicationError(.tooLarge, file: path, "is larger than \(limit) bytes")
        }
        return Array(bytes[range])
    }

    package func paths(of kind: ListKind) -> [String] {
        files.keys.filter { ListKind(path: $0) == kind }.sorted()
    }

    /// All paths, in order.
    package var paths: [String] { files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// Writes a bundle of the files at `paths`, each of which `read` gets when its turn comes; whole or not at all.
    package static func write(
        _ paths: [String],
        of origin: String,
        created: Instant,
        tags: [String: String] = [:],
        to target: String,
        read: (String) throws -> [UInt8]
    ) throws {
        let sorted = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        try DurableFile.write(to: target) { append in
            var head = CBORWriter()
            head.array(6)
            head.text(mark)
            head.int(version)
            head.int(Int(created.seconds))
            head.text(origin)
            let packed = Set(sorted)
            let tagged = tags.filter { packed.contains($0.key) || $0.key.hasPrefix(".") }.sorted { $0.key < $1.key }
            head.array(tagged.count * 2)
            for (path, tag) in tagged {
                head.text(path)
                head.text(tag)
            }
            head.array(sorted.count * 2)
            try append(head.bytes)
            for path in sorted {
                var writer = CBORWriter()
                writer.text(path)
                writer.byteString(try read(path))
                try append(writer.bytes)
            }
        }
    }
}

/// What a file of a publication can be called, so that no name leads out of it.
package enum PublicationPath {
    package static func isOne(_ path: String) -> Bool {
        if path == TrustList.path || path == AuthorityLog.checkpoint || ListKind.isPath(path)
            || AuthorityLog.isLists(path)
        {
            return true
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 100 && parts.count >= 4 && parts[0] == AuthorityLog.folder && parts[1] == "tile"
            && parts.dropFirst(2).allSatisfy { part in
                !part.isEmpty && !part.hasPrefix(".")
                    && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2E }
            }
    }

    /// The greatest size of the file at a path, in bytes: what is larger is not even looked at.
    package static func limit(_ path: String) -> Int {
        if path == AuthorityLog.checkpoint { return SignedNote.maximumSize }
        if AuthorityLog.isLists(path) { return ListTable.maximumFile }
        if path.hasPrefix("\(AuthorityLog.folder)/tile/entries/") { return Tile.maximumBundle }
        if path.hasPrefix("\(AuthorityLog.folder)/") { return Tile.maximumSize }
        if ListKind(path: path) == .status { return StatusList.maximumFile }
        return PublicationReader.maximumFile
    }
}
