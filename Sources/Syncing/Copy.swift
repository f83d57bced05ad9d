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
    /// Sizes of the log that earlier editions of it ended with, rising; who has seen one of these must see that this one goes on from it.
    let sizes: [Int]
    /// Whether it says of itself that it was made from the same origin.
    let isOfOrigin: Bool

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
    }

    /// Under this name a bundle keeps ``sizes``.
    private static let sizesTag = ".sizes"
    private static let maximumSizes = 1_000

    /// `whenHeld` is called where another process is at work with it, before that is waited for.
    init(
        _ target: Sync.Target,
        origin: String,
        whenHeld: () -> Void
    ) throws(PublicationError) {
        // Before anything is read.
        let lock = try FileLock(path: Self.lockFile(target), whenHeld: whenHeld)
        let kept = try Self.kept(target, origin: origin)
        switch target {
        case .folder(let path): DurableFile.sweep(beside: "\(path)/\(Self.label)")
        case .bundle(let path): DurableFile.sweep(beside: path)
        }
        self.lock = lock
        (self.target, self.origin) = (target, origin)
        (before, sizes, isOfOrigin) = (kept.before, kept.sizes, kept.isOfOrigin)
    }

    private struct Kept {
        var before: (any PublicationSource)?
        var sizes: [Int] = []
        var isOfOrigin = false
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
        origin: String
    ) throws(PublicationError) -> Kept {
        var kept = Kept()
        switch target {
        case .folder(let path):
            if FileManager.default.fileExists(atPath: "\(path)/\(TrustList.path)") { kept.before = FolderSource(path) }
            let data = try? DurableFile.read(
                "\(path)/\(label)",
                limit: PublicationReader.maximumFile,
                regularOnly: true
            )
            if let found = data.flatMap({ try? JSONDecoder().decode(Label.self, from: Data($0)) }),
                found.source == origin
            {
                kept.isOfOrigin = true
            }
        case .bundle(let path):
            // Anything else that bears the name is not written over.
            guard FileManager.default.fileExists(atPath: path) else { return kept }
            let bundle = try Bundle(file: path)
            kept.before = bundle
            kept.sizes = (bundle.tags[sizesTag] ?? "").split(separator: " ").compactMap { Int($0) }.filter { $0 > 0 }
                .suffix(maximumSizes)
            kept.isOfOrigin = bundle.origin == origin
        }
        return kept
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

    /// What is taken over into a copy.
    struct Edition {
        /// A bundle holds these and what proves them, and nothing else.
        let lists: Set<String>
        /// Of the log; nil where there is none yet.
        let size: Int?
        /// Sizes of the log from which the tiles show that it goes on.
        let sizes: [Int]
    }

    /// Takes what was verified over, and says which files are new.
    func take(_ staged: StagedPublication, _ edition: Edition, now: Instant) throws -> [String] {
        let new = staged.staged
        switch target {
        case .folder(let path):
            if new.isEmpty { return [] }
            // Where this is broken off, the next time asks for all.
            unlink("\(path)/\(Self.label)")
            try moveAll(new, from: staged.folder, to: path)
            if let size = edition.size { ListTable.removeOld(in: "\(path)/\(AuthorityLog.folder)", upTo: size) }
            let label = try JSONEncoder().encode(
                Label(source: origin)
            )
            try DurableFile.write(Array(label), to: "\(path)/\(Self.label)")
        case .bundle(let path):
            let held = ListKind.allCases.flatMap { before?.paths(of: $0) ?? [] }
            if new.isEmpty, before != nil, edition.lists == Set(held) { return [] }
            let tags = [Self.sizesTag: edition.sizes.map(\.description).joined(separator: " ")]
            let others = staged.tiles.filter { path in
                !AuthorityLog.isLists(path) || edition.size.map { path == AuthorityLog.lists(ofLogOf: $0) } ?? false
            }
            let paths = edition.lists.union(others).union([TrustList.path, AuthorityLog.checkpoint]).filter(staged.has)
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
        // The partial tiles that came before a full one.
        for path in ordered where path.hasPrefix("\(AuthorityLog.folder)/tile/") && !path.contains(".p/") {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(path).p")
        }
    }

    private static func rank(_ path: String) -> Int {
        if path == TrustList.path { return 0 }
        if path == AuthorityLog.checkpoint { return 2 }
        return ListKind(path: path) == nil ? 1 : 3
    }
}

extension PublicationSource {
    fileprivate func has(_ path: String) -> Bool { (try? read(path)) != nil }
}
