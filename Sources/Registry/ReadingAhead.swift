import Foundation
import GRDB
package import Licence

/// Reads what issuing is about to ask for, so that it finds the pages in memory.
///
/// In a file of millions each licence touches index pages that lie anywhere, and waits for the disk three or four times; another
/// connection can wait for them while the licences before are signed. What it reads is thrown away: nothing is decided by it.
package struct ReadingAhead: Sendable {
    private let registry: Registry

    /// The size of a file in bytes from which it is worth while; smaller ones are in memory soon anyway.
    package static let largeFile = 1 << 28

    /// Nil for a registry that is smaller than `size` bytes.
    package init?(path: String, from size: Int = largeFile) throws {
        let present = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let present, present >= size else { return nil }
        registry = try Registry(path: path)
    }

    package func read(_ particulars: [Particulars]) throws {
        try registry.read { session in
            for one in particulars {
                let code = one.creditCode
                _ = try Int.fetchOne(
                    session.database.cachedStatement(sql: "SELECT version FROM licence WHERE creditCode = ? LIMIT 1"),
                    arguments: [code.text]
                )
                _ = try session.namesakes(of: one.name, in: code.division)
            }
        }
    }
}
