import Authority
import Foundation
import Licence
import Publication
import TransparencyLog

/// What is known of the log that readers have seen: whatever is signed next must go on from there.
struct SeenLog {
    private var heads: [(head: TreeHead, what: String)] = []
    /// The greatest place in the log that a published list names; nil where none was looked at.
    private var greatestPlace: Int?

    /// A head that was published, and what it is the head of.
    mutating func see(_ head: TreeHead, of what: String) { heads.append((head, what)) }

    /// Lists that were published.
    mutating func see(_ lists: [ListClaims]) {
        greatestPlace = (lists.compactMap(\.logIndex) + [greatestPlace].compactMap { $0 }).max()
    }

    /// Why a log does not go on from what was seen; nil where it does.
    ///
    /// No tree is that of a log without entries.
    func fault(of tree: TileTree?) -> String? {
        let own = tree?.head ?? .empty
        for (seen, what) in heads {
            if seen.size > own.size { return "has \(own.size) entries, and \(what) has \(seen.size)" }
            let root = tree.map { try? $0.root(of: seen.size) } ?? own.root
            if root != seen.root { return "is another than \(what)" }
        }
        if let greatestPlace, greatestPlace >= own.size {
            return "has \(own.size) entries, and a published list is entry \(greatestPlace)"
        }
        return nil
    }
}

extension LastPublication {
    /// What stands for the log that this home published last.
    static let logInWords = "the one that was published from here"
}
