import Authority
import Foundation
package import Licence
import OpenSSL
import Publication
package import Registry
import TransparencyLog

/// What this registry published last, in a file beside it: how far the acts had come, and what each list was.
///
/// Of what lies in a folder only this is believed to be the office's own and the newest; the registry says so as well, and who can write the
/// registry can say otherwise.
struct LastPublication: Equatable {
    let head: Anchor
    private(set) var files: [String: File] = [:]
    /// The head of the log that was published.
    var log: TreeHead?
    /// Where it was laid.
    var folder: String?

    struct File: Equatable {
        let sequence: Int
        let digest: Digest
        /// The last act that it tells of; others may have recorded more since ``head``.
        let acts: Int
    }

    private static let folderWord = "folder "

    init(head: Anchor, folder: String) {
        self.head = head
        // Who comes back may stand elsewhere.
        let path = folder.hasPrefix("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
        // One of such a name costs new signatures for the next folder, and nothing else.
        self.folder = path.contains("\n") ? nil : path
    }

    /// Nil where nothing was published, or nobody knows what: then everything is looked at.
    init?(at home: Home) { self.init(file: home.published) }

    private init?(file: String) {
        guard let bytes = try? DurableFile.read(file, limit: 64 << 20, regularOnly: true) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let head = Anchor(text: lines.prefix(4).joined(separator: "\n")) else { return nil }
        self.head = head
        for line in lines.dropFirst(4) {
            if line.hasPrefix(Self.folderWord) {
                folder = String(line.dropFirst(Self.folderWord.count))
                continue
            }
            let words = line.split(separator: " ")
            if words.count == 3, words[0] == "log", let size = Int(words[1]),
                let root = [UInt8](hexadecimal: words[2]).flatMap({ Digest(bytes: $0) })
            {
                log = TreeHead(size: size, root: root)
                continue
            }
            guard words.count == 5, words[0] == "file", let sequence = Int(words[2]),
                let digest = [UInt8](hexadecimal: words[3]).flatMap({ Digest(bytes: $0) }), let acts = Int(words[4])
            else { return nil }
            files[String(words[1])] = File(sequence: sequence, digest: digest, acts: acts)
        }
    }

    subscript(path: String) -> File? {
        get { files[path] }
        set { files[path] = newValue }
    }

    /// What is still known of the log that this home published last, also where a registry from before was put back since.
    static func ofLog(at home: Home) -> Self? { Self(at: home) ?? Self(file: home.publishedBefore) }

    /// Forgets what was published: another registry takes the place of this one, and each list is looked at.
    ///
    /// Where the log must go on stays, until another has begun.
    static func forget(at home: Home) throws {
        if var last = Self(at: home) {
            last.files = [:]
            try last.write(file: home.publishedBefore)
        }
        unlink(home.published)
        try DurableFile.sync(folder: home.path)
    }

    func write(to home: Home) throws {
        try write(file: home.published)
        unlink(home.publishedBefore)
    }

    private func write(file: String) throws {
        let lines = files.sorted { $0.key < $1.key }.map {
            "file \($0.key) \($0.value.sequence) \($0.value.digest) \($0.value.acts)\n"
        }
        let log = log.map { "log \($0.size) \($0.root)\n" } ?? ""
        let folder = folder.map { "\(Self.folderWord)\($0)\n" } ?? ""
        try DurableFile.write(Array((head.description + log + folder + lines.joined()).utf8), to: file)
    }
}

extension Authority {
    /// What the newest trust list takes back of the one that was published last.
    package func faultOfPublishedTrust(_ session: Registry.Session) throws -> String? {
        guard let published = publishedTrustList() else { return nil }
        guard let newest = try session.newestTrustList().map({ try trustList($0) }) else {
            return "there is none, and one was published"
        }
        return newest == published ? nil : newest.faults(after: published).first
    }

    /// Files of the publication of which the registry says another number than they can have.
    package func faultsOfPublished(_ session: Registry.Session, now: Instant) throws -> [(path: String, reason: String)]
    {
        let last = LastPublication(at: home)
        return try session.statusLists().flatMap { list in
            try ListKind.allCases.compactMap { kind in
                let path = kind.path(of: list.office, list.number)
                let said = try session.published(path)?.sequence ?? 0
                let known = last?[path]?.sequence ?? 0
                guard said < known || said >= Int(now.seconds) else { return nil }
                return (path, "is said to have been published as number \(said), and was as \(known)")
            }
        }
    }
}
