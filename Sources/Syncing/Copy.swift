import CLinux
import Foundation
import Licence
import Publication

/// A copy of a publication on this machine, as it was and as it becomes.
struct Copy {
    private let target: Sync.Target
    private let origin: String
    /// What is there; nil where there is nothing yet.
    let before: (any PublicationSource)?
    /// By what the server called the files that are there.
    let tags: [String: String]

    private static let label = ".sync"

    /// What is kept beside a folder's files.
    private struct Label: Codable {
        let source: String
        let tags: [String: String]
    }

    init(_ target: Sync.Target, origin: String) throws(PublicationError) {
        self.target = target
        self.origin = origin
        switch target {
        case .folder(let path):
            before = FileManager.default.fileExists(atPath: "\(path)/\(TrustList.path)") ? FolderSource(path) : nil
            let data = try? DurableFile.read(
                "\(path)/\(Self.label)",
                limit: PublicationReader.maximumFile,
                regularOnly: true
            )
            let label = data.flatMap { try? JSONDecoder().decode(Label.self, from: Data($0)) }
            tags = label?.source == origin ? label?.tags ?? [:] : [:]
        case .bundle(let path):
            // Anything else that bears the name is not written over.
            let bundle = FileManager.default.fileExists(atPath: path) ? try Bundle(file: path) : nil
            before = bundle
            tags = bundle?.origin == origin ? bundle?.tags ?? [:] : [:]
        }
    }

    /// A folder for what was fetched and is not verified yet, in the same file system.
    var staging: String {
        switch target {
        case .folder(let path): "\(path)/\(Self.label)-new"
        case .bundle(let path): "\(path).new"
        }
    }

    /// Takes what was verified over, and says which files are new; a bundle holds `lists` and what proves them, and nothing else.
    func take(_ staged: StagedPublication, lists: [String], now: Instant) throws -> [String] {
        let new = staged.staged
        switch target {
        case .folder(let path):
            if new.isEmpty { return [] }
            try moveAll(new, from: staged.folder, to: path)
            let label = try JSONEncoder().encode(Label(source: origin, tags: staged.tags))
            try DurableFile.write(Array(label), to: "\(path)/\(Self.label)")
        case .bundle(let path):
            if new.isEmpty, before != nil { return [] }
            let paths = Set([TrustList.path, AuthorityLog.checkpoint] + lists + staged.tiles)
                .filter { (try? staged.read($0)) != nil }
            try Bundle.write(Array(paths), of: origin, created: now, tags: staged.tags, to: path) {
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
            guard rename("\(staging)/\(path)", target) == 0 else {
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
