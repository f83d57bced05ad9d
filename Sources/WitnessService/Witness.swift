import Foundation
package import OpenSSL
package import Publication
import Synchronization
package import TransparencyLog

/// Vouches for logs that they only ever grew, by what it has seen of them (C2SP tlog-witness).
///
/// It reads no entries: it signs that a checkpoint goes on from the last one that it signed, and the time.
package final class Witness: Sendable {
    private let key: NoteKey
    private let signer: any Signer
    /// By origin.
    private let logs: [String: [NoteKey]]
    private let folder: String
    private let now: @Sendable () -> UInt64
    /// Looking at the last checkpoint and writing the next one are one step.
    private let turn = Mutex(())
    private let presence: Presence

    // @unchecked: it is only held, and let go at the end.
    private struct Presence: ~Copyable, @unchecked Sendable { let lock: FileLock }

    /// `logs` are the keys of the logs that are followed; `folder` keeps what was signed last of each, for this process alone.
    ///
    /// - Throws: ``PublicationError`` where the folder is not to be had, or another process is at work with it.
    package init(
        key: NoteKey,
        signer: any Signer,
        logs: [NoteKey],
        folder: String,
        now: @escaping @Sendable () -> UInt64
    ) throws(PublicationError) {
        self.key = key
        self.signer = signer
        self.logs = Dictionary(grouping: logs, by: \.name)
        self.folder = folder
        self.now = now
        try DurableFile.makeFolder(folder, mode: 0o700)
        presence = Presence(lock: try FileLock(path: "\(folder)/lock", waiting: false))
        // What was being written when a witness was killed.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(".tmp") {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    /// Why nothing is signed.
    package enum Refusal: Error, Equatable {
        /// The request is of no form, or its old size is beyond the checkpoint's.
        case malformed(String)
        case unknownLog
        case unknownKey
        /// The size of what was signed last is another, or of the same size another tree was signed.
        case conflict(size: Int)
        case wrongProof
        case storage(String)
    }

    /// The signature lines under the checkpoint of a request; when they are returned, it is on the disk that they were given.
    package func addCheckpoint(_ body: [UInt8]) throws(Refusal) -> [UInt8] {
        let request: AddCheckpoint
        let note: SignedNote
        let checkpoint: Checkpoint
        do throws(LogError) {
            request = try AddCheckpoint(body)
            note = try SignedNote(request.checkpoint)
            checkpoint = try Checkpoint(text: note.text)
        } catch { throw .malformed(error.reason) }
        guard let keys = logs[checkpoint.origin] else { throw .unknownLog }
        guard let signed = try? SignedCheckpoint(request.checkpoint, logKeys: keys) else { throw .unknownKey }
        // Whatever else stands under it, anybody may have written.
        let own = SignedNote(text: note.text, signatures: note.signatures.filter { signed.signer.isNamed(by: $0) })
        guard request.oldSize <= checkpoint.head.size else {
            throw .malformed("the old size is beyond the checkpoint's")
        }
        let result: Result<[UInt8], Refusal> = turn.withLock { _ in
            do throws(Refusal) { return .success(try sign(checkpoint, own, request)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func sign(_ checkpoint: Checkpoint, _ note: SignedNote, _ request: AddCheckpoint) throws(Refusal) -> [UInt8]
    {
        let name = String(Digest(of: Array(checkpoint.origin.utf8)).description.prefix(32))
        let file = "\(folder)/\(name)"
        let last = try last(name)
        guard request.oldSize == last.size else { throw .conflict(size: last.size) }
        if request.oldSize == checkpoint.head.size {
            guard checkpoint.head == last || last.size == 0 else { throw .conflict(size: last.size) }
            guard request.proof.isEmpty else { throw .wrongProof }
        } else {
            guard checkpoint.head.continues(last, by: request.proof) else { throw .wrongProof }
        }
        do {
            let signature = try key.signature(of: note.text, by: signer, at: now())
            // The log's signatures stay with it: two of them that contradict each other prove what it did.
            var signed = note
            signed.add([signature])
            try DurableFile.write(signed.bytes, to: file, mode: 0o600)
            try remember(name)
            return Array(signature.line.utf8)
        } catch { throw .storage("\(error)") }
    }

    /// What was signed last of a log; an empty one where nothing was.
    ///
    /// Only what this witness's own signature is under is believed: else somebody would write what it takes for the last.
    private func last(_ name: String) throws(Refusal) -> TreeHead {
        let file = "\(folder)/\(name)"
        do {
            let note = try SignedNote(DurableFile.read(file, limit: SignedNote.maximumSize * 2))
            guard try key.signature(under: note) != nil else {
                throw LogError(.wrongSignature, "it is not signed by this witness")
            }
            return try Checkpoint(text: note.text).head
        } catch let error as PublicationError where error.code == .missing {
            guard try !signedBefore().contains(name) else {
                throw .storage(
                    "\(file) is gone, and the log was signed before; bring it back, or begin anew with another key"
                )
            }
            return .empty
        } catch { throw .storage("\(file) is damaged: \(error)") }
    }

    /// Of which logs something was signed, by the names of their files; not beside them, since they may be taken away together.
    private var register: String { "\(DurableFile.parent(of: folder))/signed" }

    private func signedBefore() throws(Refusal) -> Set<String> {
        do throws(PublicationError) {
            let bytes = try DurableFile.read(register, limit: 1 << 20)
            return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
        } catch {
            if error.code == .missing { return [] }
            throw .storage("\(error)")
        }
    }

    /// Before the first signature of a log is given away.
    private func remember(_ name: String) throws {
        let known = try signedBefore()
        if known.contains(name) { return }
        let lines = known.union([name]).sorted().map { "\($0)\n" }.joined()
        try DurableFile.write(Array(lines.utf8), to: register, mode: 0o600)
    }
}
