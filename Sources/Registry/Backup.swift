import Foundation
import GRDB

extension Registry {
    /// Copies the registry, as it is at one moment, into a new file at `path`; others go on reading and writing meanwhile.
    ///
    /// `progress` is told how many of how many pages are done.
    package func copy(to path: String, progress: (Int, Int) -> Void) throws {
        do {
            let copy = try DatabaseQueue(path: path)
            try withoutActuallyEscaping(progress) { progress in
                try read { session in
                    // What is read now holds the moment for the whole copy.
                    _ = try session.head()
                    try copy.writeWithoutTransaction { target in
                        try session.database.backup(to: target, pagesPerStep: 2_048) { step in
                            progress(step.completedPageCount, step.totalPageCount)
                        }
                        // One file that needs no other beside it.
                        try target.execute(sql: "PRAGMA journal_mode = DELETE")
                    }
                }
            }
            try copy.close()
        } catch let error as DatabaseError { throw RegistryError(error, path: path) }
    }

    /// Brings everything into the one file and closes it, so that it can be moved.
    package func fold() throws {
        do {
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                try database.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try database.close()
        } catch let error as DatabaseError { throw RegistryError(error) }
    }
}
