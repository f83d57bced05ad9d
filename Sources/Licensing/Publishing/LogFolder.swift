import Foundation
import Licence
import LicenceCode
import OpenSSL
package import Publication
package import TransparencyLog

/// A log in a folder.
package struct LogFolder {
    let folder: String

    package init(_ folder: String) { self.folder = folder }

    package func read(_ tile: Tile) throws(LogError) -> [UInt8] {
        try tile.read { path throws(LogError) in
            do throws(PublicationError) {
                return try DurableFile.read(
                    "\(folder)/\(path)",
                    limit: PublicationReader.maximumFile,
                    regularOnly: true
                )
            } catch { throw LogError(error.code == .missing ? .missing : .malformed, error.description) }
        }
    }

    /// Whether a tile is there, of the right length where that is known; the full one that it has become since may be there instead.
    func has(_ tile: Tile) -> Bool {
        [tile.path, tile.fullPath].contains { path in
            var facts = stat()
            guard stat("\(folder)/\(path)", &facts) == 0 else { return false }
            return tile.level == nil ? facts.st_size > 0 : facts.st_size >= tile.width * 32
        }
    }

    /// A file, or nil where there is none.
    package func ifThere(_ path: String) throws(PublicationError) -> [UInt8]? {
        do throws(PublicationError) {
            return try DurableFile.read("\(folder)/\(path)", limit: SignedNote.maximumSize, regularOnly: true)
        } catch {
            if error.code == .missing { return nil }
            throw error
        }
    }

    /// The head that is there; nil where there is none, or none that one of `keys` has signed.
    func head(signedBy keys: [NoteKey]) -> TreeHead? {
        ((try? ifThere(Checkpoint.path)) ?? nil).flatMap { try? SignedCheckpoint($0, logKeys: keys).head }
    }

    /// The tables that are there and hold together; nobody has signed them.
    func tables() -> [ListTable] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(ListTable.folder)")) ?? []
        // Others may have put any number of them there.
        return names.compactMap { Int($0) }.sorted(by: >).prefix(ListTable.kept).map(ListTable.path(ofLogOf:))
            .compactMap { path in read(path).flatMap { try? ListTable.read($0).table } }
    }

    /// The newest lists of the log of `head`, and its last entry: as a file beside it says, or all its entries where that is gone or damaged.
    func lists(_ head: TreeHead) throws -> (table: ListTable, end: LogEntry) {
        let end = try entry(head.size - 1)
        if let bytes = read(ListTable.path(ofLogOf: head.size)), let (table, said) = try? ListTable.read(bytes),
            said == end.encoded
        {
            return (table, end)
        }
        let table = try replay().0.table
        guard case .registry(_, _, table.digest) = end.content else {
            throw LogError(.inconsistent, "its last entry is not the end of a publication, or names other lists")
        }
        return (table, end)
    }

    /// ``ListTable/file(endedBy:)`` of the log of `head`.
    func listsFile(_ head: TreeHead) throws -> [UInt8] {
        let (table, end) = try lists(head)
        return table.file(endedBy: end)
    }

    /// A table of lists; nil where it cannot be read.
    func read(_ table: String) -> [UInt8]? {
        try? DurableFile.read("\(folder)/\(table)", limit: ListTable.maximumFile, regularOnly: true)
    }

    /// The entry at `index` of a log that is at least one longer.
    func entry(_ index: Int) throws -> LogEntry {
        let start = index / Tile.fullWidth
        // Of a partial bundle only the newest is sure to be there.
        for width in (index % Tile.fullWidth + 1)...Tile.fullWidth {
            let tile = Tile(level: nil, index: start, width: width)
            guard FileManager.default.fileExists(atPath: "\(folder)/\(tile.path)") else { continue }
            return try LogEntry(tile.entries(of: read(tile))[index % Tile.fullWidth])
        }
        throw LogError(.missing, "\(folder)/\(Tile(level: nil, index: start).path) is not there")
    }

    /// Takes partial tiles away that have become full ones.
    func removePartials(before: Int, now: Int) {
        for level in [nil] + (0..<6).map(Optional.some) {
            let shift = 8 * (level ?? 0)
            let tile = Tile(level: level, index: (before >> shift) / Tile.fullWidth)
            guard (tile.index + 1) * Tile.fullWidth <= now >> shift else { continue }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(tile.partialFolder)")
        }
    }
}

extension LogFolder {
    /// Goes along all entries; also where each publication ended.
    func replay() throws -> (LogReplay, [(acts: Int, head: Digest)]) {
        var replay = LogReplay()
        var ends: [(acts: Int, head: Digest)] = []
        guard let bytes = try ifThere(Checkpoint.path) else { return (replay, ends) }
        let size = try Checkpoint(text: SignedNote(bytes).text).head.size
        for index in 0..<(size + Tile.fullWidth - 1) / Tile.fullWidth {
            guard let tile = Tile(level: nil, index: index, ofTreeOf: size) else { break }
            for bytes in try tile.entries(of: read(tile)) {
                let entry = try LogEntry(bytes)
                _ = replay.apply(entry)
                if let end = replay.registry, case .registry = entry.content { ends.append(end) }
            }
        }
        return (replay, ends)
    }
}

extension LogFolder {
    /// When the first publication of the log ended; nil where that cannot be read.
    func firstEnd() -> Instant? {
        for index in 0... {
            // All but the last are full, and before that one is reached it has ended.
            guard let bytes = entries(index: index) else { return nil }
            for bytes in bytes {
                guard let entry = try? LogEntry(bytes) else { return nil }
                if case .registry = entry.content { return entry.at }
            }
        }
        return nil
    }

    /// The most entries that can be read of a bundle; nil where it is not there.
    private func entries(index: Int) -> [ArraySlice<UInt8>]? {
        let full = Tile(level: nil, index: index)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(full.partialFolder)")) ?? []
        let widths = names.compactMap { Int($0) }.filter { (1..<Tile.fullWidth).contains($0) }.sorted(by: >)
        return ([Tile.fullWidth] + widths).lazy.compactMap { width in
            let tile = Tile(level: nil, index: index, width: width)
            let path = "\(folder)/\(tile.path)"
            return (try? DurableFile.read(path, limit: PublicationReader.maximumFile, regularOnly: true))
                .flatMap { try? tile.entries(of: $0) }
        }.first
    }

    /// Goes along as many entries as can be read, whether or not a checkpoint covers them.
    func replayAsFar() -> LogReplay {
        var replay = LogReplay()
        for index in 0... {
            let entries = entries(index: index)
            for bytes in entries ?? [] {
                guard let entry = try? LogEntry(bytes) else { return replay }
                _ = replay.apply(entry)
            }
            if entries?.count != Tile.fullWidth { break }
        }
        return replay
    }

    /// Whether every entry and every tile is there and hashes to the head.
    func isWhole(_ head: TreeHead) throws -> Bool {
        var edge = TreeEdge()
        var isWhole = true
        for index in 0..<(head.size + Tile.fullWidth - 1) / Tile.fullWidth {
            guard let tile = Tile(level: nil, index: index, ofTreeOf: head.size) else { break }
            for entry in try tile.entries(of: read(tile)) {
                try edge.append(Array(entry)) { tile, bytes in isWhole = try isWhole && read(tile) == bytes }
            }
        }
        return try edge.head == head && isWhole && edge.partial.allSatisfy { try read($0.0) == $0.1 }
    }
}
