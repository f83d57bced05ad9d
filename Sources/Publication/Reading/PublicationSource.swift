import Foundation

/// Where the files of a publication are read from: a folder, or a file that holds them all.
package protocol PublicationSource: Sendable {
    /// The bytes at a path of the publication, at most ``PublicationPath/limit(_:)``.
    ///
    /// - Throws: ``PublicationError/Code/missing`` and others, with the path as the file.
    func read(_ path: String) throws(PublicationError) -> [UInt8]

    /// The paths of all lists of a kind, in order.
    func paths(of kind: ListKind) -> [String]

    /// Whether somebody may be at work with it: its checkpoint is new, and lists that it tells of may come after it.
    var isBeingWritten: Bool { get }
}

extension PublicationSource {
    package var isBeingWritten: Bool { false }
}

/// A publication in a folder.
package struct FolderSource: PublicationSource {
    private let folder: String

    package init(_ folder: String) { self.folder = folder }

    package func read(_ path: String) throws(PublicationError) -> [UInt8] {
        do throws(PublicationError) {
            return try DurableFile.read("\(folder)/\(path)", limit: PublicationPath.limit(path), regularOnly: true)
        } catch { throw PublicationError(error.code, file: path, error.reason) }
    }

    package var isBeingWritten: Bool {
        var facts = stat()
        guard stat("\(folder)/\(AuthorityLog.checkpoint)", &facts) == 0 else { return false }
        return abs(time(nil) - facts.st_mtim.tv_sec) <= Self.secondsOfWriting
    }

    private static let secondsOfWriting = 2

    /// Temporary files are not among them.
    package func paths(of kind: ListKind) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind.rawValue)")) ?? []
        return names.filter { !$0.isEmpty && ListKind.isName($0) }.sorted().map(kind.path(named:))
    }
}
