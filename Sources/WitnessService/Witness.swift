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
        let file = "\(folder)/\(Digest(of: Array(checkpoint.origin.utf8)).description.prefix(32))"
        let last = try last(file)
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
            return Array(signature.line.utf8)
        } catch { throw .storage("\(error)") }
    }

    /// What was signed last of a log; an empty one where nothing was.
    private func last(_ file: String) throws(Refusal) -> TreeHead {
        do {
            let bytes = try DurableFile.read(file, limit: SignedNote.maximumSize * 2)
            return try Checkpoint(text: SignedNote(bytes).text).head
        } catch let error as PublicationError where error.code == .missing {
            return .empty
        } catch { throw .storage("\(file) is damaged: \(error)") }
    }
}
