import CLinux
import Foundation
import Licence
import Publication

/// A copy of a publication on this machine, as it was and as it becomes.
struct Copy: ~Copyable {
    private let target: Sync.Target
    /// One at a time brings a copy up to date.
    private let lock: FileLock
    private let origin: String
    /// What is there; nil where there is nothing yet.
    let before: (any PublicationSource)?
    /// By what the server called the files that are there.
    let tags: [String: String]
    /// The size of the log of which it had all lists as they were told last; nil where nobody knows.
    let complete: Int?
    private let scope: String

    /// What people call it.
    var name: String {
        switch target {
        case .folder(let path), .bundle(let path): path
        }
    }

    private static let label = ".sync"

    /// What is kept beside a folder's files.
    private struct Label: Codable {
        let source: String
        let tags: [String: String]
        let complete: Int?
        let scope: String
    }

    /// Under this name a bundle keeps what a folder has in its label.
    private static let completeTag = ".complete"

    init(_ target: Sync.Target, origin: String, scope: Sync.Scope) throws(PublicationError) {
        let scope = scope.division?.description ?? "all"
        // Before anything is read: another process may be at work with it.
        let lock = try FileLock(path: Self.lockFile(target))
        let kept = try Self.kept(target, origin: origin, scope: scope)
        self.lock = lock
        (self.target, self.origin, self.scope) = (target, origin, scope)
        (before, tags, complete) = (kept.before, kept.tags, kept.complete)
    }

    private static func lockFile(_ target: Sync.Target) throws(PublicationError) -> String {
        switch target {
        case .folder(let path):
            try DurableFile.makeFolder(path)
            return "\(path)/\(label)-lock"
        case .bundle(let path):
            return "\(DurableFile.parent(of: path))/.\(path.split(separator: "/").last ?? "").lock"
        }
    }

    private static func kept(
        _ target: Sync.Target,
        origin: String,
        scope: String
    ) throws(PublicationError) -> (before: (any PublicationSource)?, tags: [String: String], complete: Int?) {
        switch target {
        case .folder(let path):
            let isThere = FileManager.default.fileExists(atPath: "\(path)/\(TrustList.path)")
            let data = try? DurableFile.read(
                "\(path)/\(label)",
                limit: PublicationReader.maximumFile,
                regularOnly: true
            )
            let found = data.flatMap { try? JSONDecoder().decode(Label.self, from: Data($0)) }
            let known = found?.source == origin ? found : nil
            return (
                isThere ? FolderSource(path) : nil, known?.tags ?? [:], known?.scope == scope ? known?.complete : nil
            )
        case .bundle(let path):
            // Anything else that bears the name is not written over.
            guard FileManager.default.fileExists(atPath: path) else { return (nil, [:], nil) }
            let bundle = try Bundle(file: path)
            let tags = bundle.origin == origin ? bundle.tags : [:]
            let words = tags[completeTag]?.split(separator: " ").map(String.init) ?? []
            return (bundle, tags, words.first == scope ? words.last.flatMap { Int($0) } : nil)
        }
    }

    /// A new folder for what was fetched and is not verified yet, in the same file system; what killed runs left is taken away.
    var staging: String {
        get throws {
            let (folder, prefix) =
                switch target {
                case .folder(let path): (path, "\(Self.label)-new-")
                case .bundle(let path): (DurableFile.parent(of: path), ".\(path.split(separator: "/").last ?? "")-new-")
                }
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where name.hasPrefix(prefix) && UInt32(name.dropFirst(prefix.count)) != nil {
                try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            }
            return "\(folder)/\(prefix)\(UInt32.random(in: .min ... .max))"
        }
    }

    /// Takes what was verified over, and says which files are new; a bundle holds `lists` and what proves them, and nothing else.
    func take(_ staged: StagedPublication, lists: [String], complete: Int?, now: Instant) throws -> [String] {
        let new = staged.staged
        switch target {
        case .folder(let path):
            if new.isEmpty, complete == self.complete { return [] }
            // Where this is broken off, the next time asks for all.
            if !new.isEmpty { unlink("\(path)/\(Self.label)") }
            try moveAll(new, from: staged.folder, to: path)
            let label = try JSONEncoder().encode(
                Label(source: origin, tags: staged.tags, complete: complete, scope: scope)
            )
            try DurableFile.write(Array(label), to: "\(path)/\(Self.label)")
        case .bundle(let path):
            if new.isEmpty, before != nil, complete == self.complete { return [] }
            var tags = staged.tags
            tags[Self.completeTag] = complete.map { "\(scope) \($0)" }
            let paths = Set([TrustList.path, AuthorityLog.checkpoint] + lists + staged.tiles)
                .filter { (try? staged.read($0)) != nil }
            try Bundle.write(Array(paths), of: origin, created: now, tags: tags, to: path) {
                try staged.read($0)
            }
        }
        return new.sorted()
    }

    /// In the order in which a publisher writes: whoever reads meanwhile finds each list in the log.
    private func moveAll(_ paths: Set<String>, from staging: String, to folder: String) throws {
        try DurableFile.sync(tree: staging)
        let ordered = paths.sorted { (Self.rank($0), $0) < (Self.rank($1), $1) }
        for path in ordered {
            let target = "\(folder)/\(path)"
            try DurableFile.makeFolder(DurableFile.parent(of: target))
            guard DurableFile.replace(target, by: "\(staging)/\(path)") else {
                throw PublicationError(
                    .notWritten,
                    file: target,
                    "cannot be written: \(String(cString: strerror(errno)))"
                )
            }
        }
        for parent in Set(ordered.map { DurableFile.parent(of: "\(folder)/\($0)") }) {
            try DurableFile.sync(folder: parent)
        }
    }

    private static func rank(_ path: String) -> Int {
        if path == TrustList.path { return 0 }
        if path == AuthorityLog.checkpoint { return 2 }
        return ListKind(path: path) == nil ? 1 : 3
    }
}
