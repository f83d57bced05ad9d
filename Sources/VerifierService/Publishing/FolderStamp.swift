import Foundation
import Publication

/// What the file system says of the files of a publication; it differs as soon as one of them was replaced.
struct FolderStamp: Equatable {
    private let files: [String: FileStamp]

    /// Looks at the trust list, the log's checkpoint and tables of lists, and every file beside a list, opening none.
    init(folder: String) {
        var files: [String: FileStamp] = [:]
        for path in [TrustList.path, AuthorityLog.checkpoint] { files[path] = FileStamp("\(folder)/\(path)") }
        for kind in ListKind.allCases.map(\.rawValue) + [AuthorityLog.lists] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)")) ?? [] {
                files["\(kind)/\(name)"] = FileStamp("\(folder)/\(kind)/\(name)")
            }
        }
        self.files = files
    }
}
