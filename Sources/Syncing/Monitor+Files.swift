import LicenceCode
import OpenSSL
import Publication
import TransparencyLog

/// What readers fetch, held against what the log has told.
extension Monitor {
    /// The table of lists and the tiles of hashes, by which readers find a list in the log; of the tiles those at the edge, and others as they
    /// become full.
    mutating func holdAgainstTiles(_ report: inout Report) throws {
        var expected = kept.tiles ?? [:]
        for (tile, bytes) in edge.partial where tile.level != nil {
            expected[tile.path] = Digest(of: bytes).description
        }
        let table = ListTable.path(ofLogOf: head.size)
        if let end = replay.end { expected[table] = Digest(of: replay.table.file(endedBy: end)).description }
        var bad: [String: String] = [:]
        for (path, digest) in expected.sorted(by: { $0.key < $1.key }) {
            let bytes: [UInt8]?
            do throws(PublicationError) { bytes = try get("\(AuthorityLog.folder)/\(path)") } catch {
                guard error.code == .missing else { throw error }
                bytes = nil
            }
            if bytes.map({ Digest(of: $0).description }) != digest { bad[path] = digest }
        }
        // Another may have come in the place of one at the edge meanwhile; the second time it has not.
        for path in bad.keys.sorted() where kept.tiles?[path] != nil || !path.contains(".p/") && path != table {
            report.faults.append(
                "\(AuthorityLog.folder)/\(path) is missing, or not what the entries hash to; readers cannot tell"
            )
        }
        kept.tiles = bad.isEmpty ? nil : bad
    }

    /// Each list must be the one that was logged last, and say what the log tells.
    mutating func holdAgainstLists(_ trust: TrustList, _ report: inout Report) throws {
        var doubts: Set<String> = []
        for path in replay.table.paths.sorted() {
            guard let logged = replay.table[path] else { continue }
            func doubt(_ reason: String) {
                // A publication may be under way; the second time it is not.
                if kept.suspects.contains(path) { report.faults.append("\(path): \(reason)") }
                doubts.insert(path)
            }
            guard let kind = ListKind(path: path) else { continue }
            let bytes: [UInt8]
            do throws(PublicationError) { bytes = try get(path) } catch {
                doubt(error.reason)
                continue
            }
            guard COSESign1.digest(ofSigned: bytes) == logged.digest else {
                doubt("is not the one that the log tells of last, number \(logged.sequence)")
                continue
            }
            let said = replay.lists[kind.name(at: path)] ?? LogReplay.List()
            do throws(PublicationError) {
                let isSaid =
                    switch kind {
                    case .status: said.isSaid(by: try StatusList(bytes, path: path, trust: trust))
                    case .issued: said.isSaid(by: try IssuedList(bytes, path: path, trust: trust))
                    }
                if isSaid { report.lists += 1 } else { report.faults.append("\(path): says otherwise than the log") }
            } catch { report.faults.append("\(path): \(error.reason)") }
        }
        kept.suspects = doubts
        if !doubts.isEmpty, report.faults.isEmpty {
            report.notices.append("\(doubts.count) lists are not the newest of the log; looked at again the next time")
        }
    }
}
