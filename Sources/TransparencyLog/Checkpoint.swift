import Foundation
import OpenSSL

/// A log's head as the log signs it (C2SP tlog-checkpoint v1.0.0).
package struct Checkpoint: Hashable {
    /// The log's name.
    package let origin: String
    package let head: TreeHead

    /// Where it lies below a log's prefix.
    package static let path = "checkpoint"

    package init(origin: String, head: TreeHead) {
        self.origin = origin
        self.head = head
    }

    /// The text of a note, with its final newline.
    package var text: String { "\(origin)\n\(head.size)\n\(Data(head.root.bytes).base64EncodedString())\n" }

    /// Reads the text of a note; lines after the third are passed over.
    package init(text: String) throws(LogError) {
        let lines = Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last?.isEmpty == true, lines.dropLast().allSatisfy({ !$0.isEmpty }) else {
            throw Self.malformed("does not have three lines or more, none empty")
        }
        guard let size = Self.size(lines[1]) else { throw Self.malformed("has an impossible size") }
        guard let root = SignedNote.canonicalBase64(lines[2]).flatMap({ Digest(bytes: $0) }) else {
            throw Self.malformed("has no root hash of 32 bytes")
        }
        guard size > 0 || root == TreeHead.empty.root else { throw Self.malformed("has a root of no empty tree") }
        origin = String(decoding: lines[0], as: UTF8.self)
        head = TreeHead(size: size, root: root)
    }

    /// Reads a number of entries as C2SP writes it: decimal, without leading zeroes.
    package static func size(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits.first != 0x30,
            let size = Int(String(decoding: digits, as: UTF8.self)), size <= TreeHead.maximumSize
        else { return nil }
        return size
    }

    private static func malformed(_ what: String) -> LogError { LogError(.malformed, "the checkpoint \(what)") }
}

/// A checkpoint that its log has signed, and who else has.
package struct SignedCheckpoint: Hashable {
    package let checkpoint: Checkpoint
    package let note: SignedNote
    /// Which of the log's keys.
    package let signer: NoteKey
    /// The witnesses, of those that were asked for, and when each said so in Unix time.
    package private(set) var witnesses: [NoteKey: UInt64] = [:]

    /// Believes a note only if one of `logKeys` has signed it, and no signature of a key that is known fails.
    ///
    /// - Throws: ``LogError/Code/wrongSignature``, ``LogError/Code/malformed``
    package init(_ bytes: [UInt8], logKeys: [NoteKey], witnesses known: [NoteKey] = []) throws(LogError) {
        note = try SignedNote(bytes)
        checkpoint = try Checkpoint(text: note.text)
        var signer: NoteKey?
        for key in logKeys where key.name == checkpoint.origin {
            if try key.signature(under: note) != nil { signer = key }
        }
        guard let signer else {
            throw LogError(.wrongSignature, "the checkpoint of \(checkpoint.origin) is not signed by a key of the log")
        }
        self.signer = signer
        for key in known {
            // A witness that is wrong is none.
            if let time = (try? key.signature(under: note))?.time { witnesses[key] = time }
        }
    }

    package var head: TreeHead { checkpoint.head }
}
