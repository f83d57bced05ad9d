import OpenSSL
package import TransparencyLog

/// The names and the place of an authority's log.
package enum AuthorityLog {
    /// The folder of the publication that it lies in; below it all is as C2SP tlog-tiles says.
    package static let folder = "log"
    package static let checkpoint = "\(folder)/\(Checkpoint.path)"

    package static func path(of tile: Tile) -> String { "\(folder)/\(tile.path)" }

    /// The folder of all tables of lists.
    package static let lists = "\(folder)/\(ListTable.folder)"

    /// Where ``ListTable/file(endedBy:)`` of a log of `size` entries lies.
    package static func lists(ofLogOf size: Int) -> String { "\(folder)/\(ListTable.path(ofLogOf: size))" }

    /// Whether a table of lists lies at a path.
    package static func isLists(_ path: String) -> Bool { sizeOfLists(path) != nil }

    /// The size of the log whose table of lists lies at a path; nil where none does.
    package static func sizeOfLists(_ path: String) -> Int? {
        path.hasPrefix("\(folder)/") ? ListTable.size(ofPath: path.dropFirst(folder.count + 1)) : nil
    }
}

extension TrustList {
    /// What the log calls itself: where it lies, without the scheme; of an authority without an address the name of its first key.
    package var logOrigin: String? {
        guard let first = keys.first else { return nil }
        return Self.logOrigin(base: base, firstKey: first.certificate.publicKey.id.description)
    }

    package static func logOrigin(base: String, firstKey: String) -> String {
        guard let scheme = base.firstRange(of: "://") else { return "licet/\(firstKey)/\(AuthorityLog.folder)" }
        return "\(base[scheme.upperBound...])\(AuthorityLog.folder)"
    }

    /// The keys that may sign the log's checkpoints, revoked ones left out; empty where the authority keeps no log.
    package var logKeys: [(key: TrustedKey, note: NoteKey)] {
        guard let origin = logOrigin else { return [] }
        return keys.filter { $0.purpose == .log && $0.revocation == nil }.compactMap { key in
            NoteKey(name: origin, kind: .log, key: key.certificate.publicKey).map { (key, $0) }
        }
    }

    /// Whether the authority keeps a log, so that no list is believed that is not in it.
    package var hasLog: Bool { keys.contains { $0.purpose == .log } }
}
