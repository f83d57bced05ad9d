import Foundation
import LicenceCode
import OpenSSL
import Publication
import TransparencyLog

/// What readers fetch, held against what the log has told.
///
/// What does not fit is asked for once more, past the caches and after a moment: a publication may be under way.
extension Monitor {
    /// Seconds.
    private static let moment = 1.0

    /// Whether another checkpoint has come since the log was read; until then nothing may be missing.
    private func isUnderWay() -> Bool {
        let bytes = try? get(AuthorityLog.checkpoint, fresh: true)
        let found = bytes.flatMap { try? SignedNote($0) }.flatMap { try? Checkpoint(text: $0.text).head }
        return found != head
    }

    /// The table of lists and the tiles of hashes, by which readers find a list in the log; of the tiles those at the edge, others as they
    /// become full, and each time some of the rest, with their entries.
    ///
    /// Returns what is missing, perhaps because a publication is under way.
    mutating func holdAgainstTiles(_ report: inout Report) throws -> Set<String> {
        var expected = kept.tiles ?? [:]
        for (tile, bytes) in edge.partial where tile.level != nil {
            expected[tile.path] = Digest(of: bytes).description
        }
        let table = ListTable.path(ofLogOf: head.size)
        if let end = replay.end { expected[table] = Digest(of: replay.table.file(endedBy: end)).description }
        expected.merge(sample()) { $1 }
        var bad = try others(than: expected, fresh: false)
        if !bad.isEmpty {
            Thread.sleep(forTimeInterval: Self.moment)
            bad = try others(than: bad, fresh: true)
        }
        let isUnderWay = !bad.isEmpty && isUnderWay()
        var suspects: Set<String> = []
        for path in bad.keys.sorted() {
            // Of each edition the table and the tiles at the edge have other names: no two of them are missing in a row.
            let isOfEdition = path.contains(".p/") || path == table
            let suspect = path == table ? "table" : "edge"
            if isUnderWay, isOfEdition { suspects.insert(suspect) }
            guard !isUnderWay || !isOfEdition || kept.suspects.contains(suspect) else { continue }
            report.faults.append(
                "\(AuthorityLog.folder)/\(path) is missing, or not what the entries hash to; readers cannot tell"
            )
        }
        if !suspects.isEmpty {
            report.notices.append(
                "not all of the log's newest files were there, and it goes on; looked at again the next time"
            )
        }
        kept.tiles = bad.isEmpty ? nil : bad
        return suspects
    }

    /// Some of the full tiles and bundles, with what they must be as the entries that are kept say.
    private func sample() -> [String: String] {
        var sample: [String: String] = [:]
        let full = head.size / Tile.fullWidth
        for index in (0..<min(full, Self.sampled)).map({ _ in Int.random(in: 0..<full) }) {
            let (bundle, tile) = (Tile(level: nil, index: index), Tile(level: 0, index: index))
            guard let bytes = try? own.logFile(bundle.path), let entries = try? bundle.entries(of: bytes) else {
                continue
            }
            sample[bundle.path] = Digest(of: bytes).description
            sample[tile.path] = Digest(of: entries.flatMap { Digest.leaf($0).bytes }).description
        }
        return sample
    }

    /// So many, so that all are looked at in days and each look stays short.
    private static let sampled = 8

    /// Those of some files of the log that are missing, or have other digests.
    private func others(than expected: [String: String], fresh: Bool) throws -> [String: String] {
        try expected.filter { path, digest in
            func get(_ path: String) throws(PublicationError) -> [UInt8]? {
                do throws(PublicationError) {
                    return try self.get("\(AuthorityLog.folder)/\(path)", fresh: fresh)
                } catch {
                    guard error.code == .missing else { throw error }
                    return nil
                }
            }
            var bytes = try get(path)
            if bytes == nil, let partial = path.firstRange(of: ".p/"), let width = Int(path[partial.upperBound...]) {
                // The full one that it has become.
                bytes = try get(String(path[..<partial.lowerBound])).map { Array($0.prefix(width * 32)) }
            }
            return bytes.map { Digest(of: $0).description } != digest
        }
    }

    /// Each list must be the one that was logged last, and say what the log tells.
    ///
    /// Returns those that are not, perhaps because a publication is under way.
    func holdAgainstLists(_ trust: TrustList, _ report: inout Report) -> Set<String> {
        var wrong = faults(of: replay.table.paths, trust, fresh: false, &report)
        if !wrong.isEmpty {
            Thread.sleep(forTimeInterval: Self.moment)
            let trust = (try? get(TrustList.path, fresh: true)).flatMap { try? TrustList($0, root: root) } ?? trust
            wrong = faults(of: Array(wrong.keys), trust, fresh: true, &report)
        }
        let isUnderWay = !wrong.isEmpty && isUnderWay()
        func suspect(_ path: String) -> String { "\(path) \(replay.table[path]?.sequence ?? 0)" }
        for (path, reason) in wrong.sorted(by: { $0.key < $1.key })
        where !isUnderWay || kept.suspects.contains(suspect(path)) {
            report.faults.append("\(path): \(reason)")
        }
        if isUnderWay {
            report.notices.append(
                "\(counted(wrong.count, "list")) not the newest of the log, which goes on; looked at again the next time"
            )
        }
        return isUnderWay ? Set(wrong.keys.map(suspect)) : []
    }

    private func counted(_ count: Int, _ what: String) -> String {
        count == 1 ? "1 \(what) is" : "\(count) \(what)s are"
    }

    /// Why lists were not had as the log tells of them; those that were are counted, and whether they say what it says is reported.
    private func faults(of paths: [String], _ trust: TrustList, fresh: Bool, _ report: inout Report) -> [String: String]
    {
        var wrong: [String: String] = [:]
        for path in paths.sorted() {
            guard let logged = replay.table[path], let kind = ListKind(path: path) else { continue }
            do throws(PublicationError) {
                let bytes = try get(path, fresh: fresh, version: logged.index)
                guard COSESign1.digest(ofSigned: bytes) == logged.digest else {
                    wrong[path] = "is not the one that the log tells of last, number \(logged.sequence)"
                    continue
                }
                let said = replay.lists[kind.name(at: path)] ?? LogReplay.List()
                let isSaid =
                    switch kind {
                    case .status: said.isSaid(by: try StatusList(bytes, path: path, trust: trust))
                    case .issued: said.isSaid(by: try IssuedList(bytes, path: path, trust: trust))
                    }
                if isSaid { report.lists += 1 } else { report.faults.append("\(path): says otherwise than the log") }
            } catch { wrong[path] = error.reason }
        }
        return wrong
    }
}
