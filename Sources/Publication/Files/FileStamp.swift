import Foundation

/// What the file system says of a file; it differs as soon as the file was replaced or changed.
package struct FileStamp: Equatable {
    package let inode: UInt64
    package let size: Int
    private let modified: [Int]
    private let changed: [Int]
    /// Whether it is a file, and no folder, pipe or device.
    package let isRegular: Bool

    package init?(_ path: String) {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        self.init(found)
    }

    package init?(_ descriptor: CInt) {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { return nil }
        self.init(found)
    }

    private init(_ found: stat) {
        inode = UInt64(found.st_ino)
        size = Int(found.st_size)
        modified = [found.st_mtim.tv_sec, found.st_mtim.tv_nsec]
        isRegular = found.st_mode & S_IFMT == S_IFREG
        changed = [found.st_ctim.tv_sec, found.st_ctim.tv_nsec]
    }

    /// Whether the content is that of `other`; a file that is renamed, or loses its last name, changes otherwise.
    package func isContent(of other: FileStamp) -> Bool { size == other.size && modified == other.modified }
}
