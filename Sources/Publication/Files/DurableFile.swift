import CLinux
import Foundation

/// Files that are there whole or not at all, also after a power cut.
package enum DurableFile {
    /// Writes `bytes` under a temporary name, syncs, renames to `path` and syncs the folder.
    ///
    /// - Throws: ``PublicationError/Code/notWritten`` with the system's reason. What stood at `path` before is untouched,
    ///   unless only the folder could not be synced: then the new file is there, but may not outlive a power cut.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(PublicationError) {
        let temporary = "\(path).\(UInt32.random(in: .min ... .max)).tmp"
        do throws(PublicationError) {
            try fill(temporary, bytes, mode: mode)
            guard replace(path, by: temporary) else { throw failure(path) }
            try sync(folder: parent(of: path))
        } catch {
            unlink(temporary)
            throw PublicationError(.notWritten, file: path, error.reason)
        }
    }

    /// Writes what `body` appends, piece by piece, in the same way.
    package static func write(
        to path: String,
        mode: UInt32 = 0o644,
        _ body: (_ append: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let temporary = "\(path).\(UInt32.random(in: .min ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        do {
            defer { close(descriptor) }
            try body { bytes in try append(bytes, to: descriptor, path) }
            guard fsync(descriptor) == 0, replace(path, by: temporary) else { throw failure(path) }
            try sync(folder: parent(of: path))
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Takes away what processes that were killed an hour ago or earlier left of writing the file at `path`.
    package static func sweep(beside path: String) {
        let (folder, name) = (parent(of: path), path.split(separator: "/").last ?? "")
        for other in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where other.hasPrefix("\(name).") && other.hasSuffix(".tmp") {
            let number = other.dropFirst(name.count + 1).dropLast(4)
            var facts = stat()
            guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) }), UInt32(number) != nil,
                lstat("\(folder)/\(other)", &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
                time(nil) - facts.st_mtim.tv_sec > 3_600
            else { continue }
            unlink("\(folder)/\(other)")
        }
    }

    /// Renames `file` to `path`; it seems at least a second younger than what it replaces.
    ///
    /// Web servers tell files apart by their size and the second in which they were written.
    package static func replace(_ path: String, by file: String) -> Bool {
        var (old, new) = (stat(), stat())
        if stat(path, &old) == 0, stat(file, &new) == 0, new.st_mtim.tv_sec <= old.st_mtim.tv_sec {
            let next = timespec(tv_sec: old.st_mtim.tv_sec + 1, tv_nsec: 0)
            _ = utimensat(AT_FDCWD, file, [next, next], 0)
        }
        return rename(file, path) == 0
    }

    /// Reads a whole file of at most `limit` bytes.
    ///
    /// With `regularOnly`, anything else (a pipe, which may never give a byte) is refused as unreadable.
    package static func read(
        _ path: String,
        limit: Int,
        regularOnly: Bool = false
    ) throws(PublicationError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (regularOnly ? O_NONBLOCK : 0))
        guard descriptor >= 0 else {
            let code: PublicationError.Code = errno == ENOENT ? .missing : .unreadable
            throw PublicationError(code, file: path, systemReason())
        }
        defer { close(descriptor) }
        var facts = stat()
        guard !regularOnly || fstat(descriptor, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG else {
            throw PublicationError(.unreadable, file: path, "is no regular file")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PublicationError(.unreadable, file: path, systemReason()) }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else {
                throw PublicationError(.tooLarge, file: path, "is larger than \(limit) bytes")
            }
            bytes += part.prefix(count)
        }
    }

    /// Gives a file that was written another name, once its bytes are on the disk, and syncs the folder; both names are in one folder.
    package static func move(_ path: String, to target: String) throws(PublicationError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0, rename(path, target) == 0 else { throw failure(target) }
        try sync(folder: parent(of: target))
    }

    /// Copies a file of any size; what is at `target` before is written over.
    package static func copy(_ path: String, to target: String, mode: UInt32) throws(PublicationError) {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw PublicationError(.unreadable, file: path, systemReason()) }
        defer { close(source) }
        var facts = stat()
        guard fstat(source, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw PublicationError(.unreadable, file: path, "is no regular file")
        }
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(target) }
        defer { close(descriptor) }
        while true {
            let count = sendfile(descriptor, source, nil, 1 << 26)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(target) }
            if count == 0 { break }
        }
        guard fsync(descriptor) == 0 else { throw failure(target) }
    }

    /// Makes a folder and those above it, and puts their names on the disk.
    package static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(PublicationError) {
        guard mkdir(path, mode) != 0 else { return try sync(folder: parent(of: path)) }
        switch errno {
        case EEXIST:
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
            throw PublicationError(.notWritten, file: path, "is there already, and no folder")
        case ENOENT where !parent(of: path).isEmpty && parent(of: path) != path:
            try makeFolder(parent(of: path), mode: mode)
            guard mkdir(path, mode) == 0 || errno == EEXIST else { fallthrough }
            try sync(folder: parent(of: path))
        default: throw PublicationError(.notWritten, file: path, "the folder cannot be made: \(systemReason())")
        }
    }

    /// Whether anybody but the owner may read or write the file at `path`, behind links as well; false when it is not there.
    package static func isOpenToOthers(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & 0o077 != 0
    }

    /// Whether anybody but the owner may write what is at `path`, behind links as well; false when it is not there.
    package static func mayBeWrittenByOthers(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & 0o022 != 0
    }

    /// The folder that holds `path`; Foundation's own way to tell stops the program at a name of one character.
    package static func parent(of path: String) -> String {
        var parent = Substring(path)
        while parent.hasSuffix("/") { parent.removeLast() }
        while let last = parent.last, last != "/" { parent.removeLast() }
        if parent.isEmpty { return path.hasPrefix("/") ? "/" : "." }
        while parent.hasSuffix("/") { parent.removeLast() }
        return parent.isEmpty ? "/" : String(parent)
    }

    /// Puts all that lies in a file system on the disk, `folder`'s.
    package static func sync(tree folder: String) throws(PublicationError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard licet_syncfs(descriptor) == 0 else { throw failure(folder) }
    }

    static func fill(
        _ path: String,
        _ bytes: [UInt8],
        mode: UInt32,
        isSynced: Bool = true,
        isNew: Bool = true
    ) throws(PublicationError) {
        // Not blocking: a pipe that lies there would be waited for.
        let descriptor = open(path, O_WRONLY | O_CREAT | (isNew ? O_EXCL : O_TRUNC) | O_CLOEXEC | O_NONBLOCK, mode)
        guard descriptor >= 0 else { throw failure(path) }
        do throws(PublicationError) { try append(bytes, to: descriptor, path) } catch {
            close(descriptor)
            throw error
        }
        let synced = isSynced ? fsync(descriptor) : 0
        let failure = failure(path)
        guard close(descriptor) == 0, synced == 0 else { throw failure }
    }

    private static func append(_ bytes: [UInt8], to descriptor: CInt, _ path: String) throws(PublicationError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            written += count
        }
    }

    /// Puts the names in a folder on the disk.
    package static func sync(folder: String) throws(PublicationError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(folder) }
    }

    private static func failure(_ path: String) -> PublicationError {
        PublicationError(.notWritten, file: path, "cannot be written: \(systemReason())")
    }

    static func systemReason() -> String { String(cString: strerror(errno)).lowercased() }
}
