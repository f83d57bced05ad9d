import CLinux
import Foundation

/// A file that is written, but not yet under its own name; many of them become durable together.
package struct StagedFile: Sendable {
    private let temporary: String
    private let path: String

    /// From so many on, one sync of the file system is cheaper than one of each file.
    private static let many = 16

    /// Writes `bytes` beside `path`.
    ///
    /// - Throws: ``PublicationError/Code/notWritten``; nothing is left behind.
    package init(_ bytes: [UInt8], for path: String, mode: UInt32 = 0o644) throws(PublicationError) {
        self.path = path
        temporary = "\(path).\(UInt32.random(in: .min ... .max)).tmp"
        do throws(PublicationError) { try DurableFile.fill(temporary, bytes, mode: mode, isSynced: false) } catch {
            unlink(temporary)
            throw PublicationError(.notWritten, file: path, error.reason)
        }
    }

    /// Takes a file away that was not put under its name.
    package func discard() { unlink(temporary) }

    /// Puts what the files say on the disk, not yet under their names; all lie in one file system with `folder`.
    ///
    /// - Throws: ``PublicationError/Code/notWritten``
    package static func sync(_ files: [StagedFile], in folder: String) throws(PublicationError) {
        if files.count < many {
            for file in files { try sync(file.temporary, { fdatasync($0) }) }
        } else {
            try sync(folder, licet_syncfs)
        }
    }

    /// Puts files under their names, each whole; when this returns, all are on the disk.
    ///
    /// With `areSynced` what they say is there already, by ``sync(_:in:)``.
    ///
    /// - Throws: ``PublicationError/Code/notWritten``; what was not renamed is taken away.
    package static func commit(
        _ files: [StagedFile],
        in folder: String,
        areSynced: Bool = false
    ) throws(PublicationError) {
        guard !files.isEmpty else { return }
        let folders = Set(files.map { DurableFile.parent(of: $0.path) }).sorted()
        do throws(PublicationError) {
            if !areSynced { try sync(files, in: folder) }
            for file in files {
                guard DurableFile.replace(file.path, by: file.temporary) else {
                    throw PublicationError(
                        .notWritten,
                        file: file.path,
                        "cannot be written: \(DurableFile.systemReason())"
                    )
                }
            }
            for folder in folders { try DurableFile.sync(folder: folder) }
        } catch {
            for file in files { unlink(file.temporary) }
            throw error
        }
    }

    /// Takes away what processes that were killed have left in a folder, in which nobody else is at work.
    package static func sweep(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let parts = name.split(separator: ".")
            if parts.count == 3, ListKind.isName(String(parts[0])), UInt32(parts[1]) != nil, parts[2] == "tmp" {
                unlink("\(folder)/\(name)")
            }
        }
    }

    private static func sync(_ path: String, _ call: (Int32) -> Int32) throws(PublicationError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, call(descriptor) == 0 else {
            throw PublicationError(.notWritten, file: path, "cannot be written: \(DurableFile.systemReason())")
        }
    }
}
