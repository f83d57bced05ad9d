import Authority
import Foundation
import OpenSSL
import Publication

/// What this registry published last, in a file beside it: how far the acts had come, and what each list was.
///
/// Of what lies in a folder only this is believed to be the office's own and the newest; the registry says so as well, and who can write the
/// registry can say otherwise.
struct LastPublication: Equatable {
    let head: Anchor
    private(set) var files: [String: File] = [:]

    struct File: Equatable {
        let sequence: Int
        let digest: Digest
    }

    init(head: Anchor) { self.head = head }

    /// Nil where nothing was published, or nobody knows what: then everything is looked at.
    init?(at home: Home) {
        guard let bytes = try? DurableFile.read(home.published, limit: 64 << 20, regularOnly: true) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let head = Anchor(text: lines.prefix(4).joined(separator: "\n")) else { return nil }
        self.head = head
        for line in lines.dropFirst(4) {
            let words = line.split(separator: " ")
            guard words.count == 4, words[0] == "file", let sequence = Int(words[2]),
                let digest = [UInt8](hexadecimal: words[3]).flatMap({ Digest(bytes: $0) })
            else { return nil }
            files[String(words[1])] = File(sequence: sequence, digest: digest)
        }
    }

    subscript(path: String) -> File? {
        get { files[path] }
        set { files[path] = newValue }
    }

    func write(to home: Home) throws {
        let lines = files.sorted { $0.key < $1.key }.map { "file \($0.key) \($0.value.sequence) \($0.value.digest)\n" }
        try DurableFile.write(Array((head.description + lines.joined()).utf8), to: home.published)
    }
}
