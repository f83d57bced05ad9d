import Foundation
import GRDB
package import Licence

/// Waits for the disk on behalf of who issues into a large file.
///
/// There each licence touches index pages that lie anywhere. Other connections can read them into memory, and bring the changed ones of the
/// licences before from the write-ahead log into the file, while the next licences are signed. What they read is thrown away: nothing is
/// decided by it.
package struct DiskCompanion: Sendable {
    private let reader: Registry
    private let folder: Registry

    /// The size of a file in bytes from which it is worth while; smaller ones are in memory soon anyway.
    package static let largeFile = 1 << 28

    /// Nil for a registry that is smaller than `size` bytes.
    ///
    /// - Throws: where the registry cannot be opened.
    package init?(path: String, from size: Int = largeFile) throws {
        let present = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let present, present >= size else { return nil }
        reader = try Registry(path: path)
        folder = try Registry(path: path)
    }

    /// Brings what is recorded from the log into the file, as far as it is possible without anybody waiting for it.
    package func foldLog() throws {
        try folder.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
    }

    /// So many are read to see whether anybody would wait for the disk.
    private static let sample = 20
    /// Longer than reading for one licence takes where all of it is in memory.
    private static let inMemory = Duration.microseconds(100)

    /// Reads what issuing these will ask for; where the first ones show that it is in memory already, not the rest.
    package func readAhead(for particulars: [Particulars]) throws {
        let start = ContinuousClock.now
        try reader.read { session in
            for (number, one) in particulars.enumerated() {
                if number == Self.sample, ContinuousClock.now - start < Self.inMemory * Self.sample { return }
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
