import CLinux
import Foundation

/// Files that nobody reads before something else names them: they are written in place, and become durable together.
package struct UnreadFiles {
    private var paths: [String] = []

    /// From so many on, one sync of the file system is cheaper than one of each file.
    private static let many = 16

    package init() {}

    /// Writes a file, and makes the folders that it lies in; one that says the same already is left alone.
    ///
    /// - Throws: ``PublicationError/Code/notWritten``
    package mutating func write(_ bytes: [UInt8], to path: String) throws(PublicationError) {
        if (try? DurableFile.read(path, limit: bytes.count, regularOnly: true)) != bytes {
            try DurableFile.makeFolder(DurableFile.parent(of: path))
            try DurableFile.fill(path, bytes, mode: 0o644, isSynced: false, isNew: false)
        }
        paths.append(path)
    }

    /// Puts all on the disk; they lie in one file system with `folder`.
    package mutating func sync(in folder: String) throws(PublicationError) {
        if paths.count < Self.many {
            for path in paths { try Self.sync(path, { fdatasync($0) }) }
            for parent in Set(paths.map(DurableFile.parent(of:))) { try DurableFile.sync(folder: parent) }
        } else {
            try Self.sync(folder, licet_syncfs)
        }
        paths = []
    }

    private static func sync(_ path: String, _ call: (Int32) -> Int32) throws(PublicationError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, call(descriptor) == 0 else {
            throw PublicationError(.notWritten, file: path, "cannot be written: \(DurableFile.systemReason())")
        }
    }
}
