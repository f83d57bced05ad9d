import Foundation

/// A folder that this process puts files into, for as long as the value lives.
///
/// Who finds nobody else at work in it takes away what processes that were killed have left there.
package struct DrawingFolder: ~Copyable {
    private let descriptor: CInt

    /// - Throws: ``PublicationError/Code/notWritten``
    package init(_ path: String) throws(PublicationError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PublicationError(.notWritten, file: path, "cannot be opened: \(DurableFile.systemReason())")
        }
        // On a file system without locks nothing is swept.
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { Self.sweep(path) }
        while flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
    }

    deinit { close(descriptor) }

    private static func sweep(_ folder: String) {
        guard let entries = opendir(folder) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let parts = name.split(separator: ".")
            guard parts.count == 4, ["png", "csv"].contains(parts[1]), UInt32(parts[2]) != nil, parts[3] == "tmp" else {
                continue
            }
            var facts = stat()
            let path = "\(folder)/\(name)"
            if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG { unlink(path) }
        }
    }
}
