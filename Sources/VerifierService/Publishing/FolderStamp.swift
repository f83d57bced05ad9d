import Foundation
import Publication

/// What the file system says of the files of a publication; it differs as soon as one of them was replaced.
struct FolderStamp: Equatable {
    private let files: [String: Stamp]

    private struct Stamp: Equatable {
        let inode: UInt64
        let size: Int64
        let modified: [Int]
        let changed: [Int]
    }

    /// Looks at the trust list, the log's checkpoint and tables of lists, and every file beside a list, opening none.
    init(folder: String) {
        var files: [String: Stamp] = [:]
        for path in [TrustList.path, AuthorityLog.checkpoint] { files[path] = Self.stamp("\(folder)/\(path)") }
        for kind in ListKind.allCases.map(\.rawValue) + [AuthorityLog.lists] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)")) ?? [] {
                files["\(kind)/\(name)"] = Self.stamp("\(folder)/\(kind)/\(name)")
            }
        }
        self.files = files
    }

    private static func stamp(_ path: String) -> Stamp? {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        return Stamp(
            inode: UInt64(found.st_ino),
            size: Int64(found.st_size),
            modified: [found.st_mtim.tv_sec, found.st_mtim.tv_nsec],
            changed: [found.st_ctim.tv_sec, found.st_ctim.tv_nsec]
        )
    }
}
