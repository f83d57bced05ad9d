import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport
import TransparencyLog

extension FuzzTarget {
    /// Entries of the log, each alone and in a bundle, and a replay of what was read.
    static let logEntry = FuzzTarget(
        "log-entry",
        maximumBytes: 4_096,
        words: ["issue", "revoke", "list", "registry", "restore", "loss", "341181-1", "status/"].map { Array($0.utf8) },
        seeds: {
            let digest = Digest(of: [1])
            let effect = LogEntry.Effect(list: "341181-1", index: 7, digest: digest.bytes, status: .valid)
            let subject = LogEntry.Subject("91341181MA2QW7K3XM")
            let contents: [LogEntry.Content] =
                LicenceAct.allCases.map {
                    .act(LogEntry.ActOnLicence(kind: $0, number: 70, subject: subject, effects: [effect, effect]))
                } + [
                    .list(LogEntry.SignedList(path: "issued/341181-1", sequence: 9, digest: digest)),
                    .registry(acts: 9, head: digest, lists: digest), .restore(act: 4, from: digest), .loss([effect]),
                ]
            let entries = contents.map { LogEntry(at: Instant(seconds: 1_773_806_400), $0).encoded }
            return entries + [Tile.bundle(entries)]
        },
        run: { bytes in
            if let entry = try? LogEntry(bytes) { invariant(entry.encoded == bytes, "an entry has one encoding") }
            var replay = LogReplay()
            for width in 1...4 {
                guard let entries = try? Tile(level: nil, index: 0, width: width).entries(of: bytes) else { continue }
                invariant(Tile.bundle(entries.map { Array($0) }) == bytes, "a bundle has one encoding")
                for bytes in entries {
                    if let entry = try? LogEntry(bytes) { _ = replay.apply(entry) }
                }
            }
        }
    )

    /// The table of the newest lists, with the entry that has its digest.
    static let listTable = FuzzTarget(
        "list-table",
        maximumBytes: 4_096,
        words: ["registry", "status/341181-1", "issued/341181-12"].map { Array($0.utf8) },
        seeds: {
            var table = ListTable()
            return (0..<4).map { number in
                let end = LogEntry(
                    at: Instant(seconds: 1_773_806_400),
                    .registry(acts: 9, head: Digest(of: [1]), lists: table.digest)
                )
                let path = "\(number % 2 == 0 ? "status" : "issued")/34118\(number)-1"
                table.tell(LogEntry.SignedList(path: path, sequence: 9, digest: Digest(of: [2])), at: number)
                return table.file(endedBy: end)
            }
        },
        run: { bytes in
            guard let (table, entry) = try? ListTable.read(bytes), let end = try? LogEntry(entry) else { return }
            invariant(table.file(endedBy: end) == bytes, "a table has one encoding")
            for path in table.paths { invariant(table[path] != nil, "what is named is there") }
        }
    )

    /// What C2SP gives as text: notes, checkpoints, verifier keys, proofs, and requests to witnesses.
    static let log = FuzzTarget(
        "log",
        maximumBytes: 4_096,
        words: ["\n\n— ", "old ", "index ", "c2sp.org/tlog-proof@v1\n", "extra ", "=\n", "+"].map { Array($0.utf8) },
        seeds: {
            let key = try PrivateKey(algorithm: .edDSA)
            let keys = [NoteKey.Kind.log, .witness].compactMap {
                NoteKey(name: "lic.example.cn/log", kind: $0, key: key.publicKey)
            }
            let head = TreeHead(size: 70_000, root: Digest(of: [7]))
            let text = Checkpoint(origin: "lic.example.cn/log", head: head).text
            let note = SignedNote(text: text, signatures: try keys.map { try $0.signature(of: text, by: key, at: 9) })
            let path = (0..<17).map { Digest(of: [UInt8($0)]) }
            return [
                note.bytes, Array(text.utf8), LogProof(index: 7, path: path, checkpoint: note.bytes).bytes,
                AddCheckpoint(oldSize: 300, proof: path, checkpoint: note.bytes).body,
            ] + keys.map { Array($0.verifierKey.utf8) }
        },
        run: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let note = try? SignedNote(bytes) {
                invariant(note.bytes == bytes, "a note has one form")
                if let checkpoint = try? Checkpoint(text: note.text) {
                    invariant(note.text.hasPrefix(checkpoint.text), "a checkpoint has one form")
                }
            }
            if let key = try? NoteKey(verifierKey: text) { invariant(key.verifierKey == text, "a key has one form") }
            if let proof = try? LogProof(bytes) {
                invariant((try? LogProof(proof.bytes)) == proof, "a proof reads back")
                _ = TreeHead(size: 70_000, root: Digest(of: [7])).includes(
                    Digest(of: []),
                    at: proof.index,
                    by: proof.path
                )
            }
            if let request = try? AddCheckpoint(bytes) {
                invariant(request.body == bytes, "a request has one form")
                let old = TreeHead(size: request.oldSize, root: Digest(of: []))
                _ = TreeHead(size: 70_000, root: Digest(of: [7])).continues(old, by: request.proof)
            }
        }
    )

    /// Bundles for offline use.
    static let bundle = FuzzTarget(
        "bundle",
        maximumBytes: 4_096,
        words: ["licet bundle", "trust-list", "status/341181-1", "log/checkpoint", "log/tile/0/000.p/5"].map {
            Array($0.utf8)
        },
        seeds: {
            let issuer = try Issuer()
            let file = NSTemporaryDirectory() + "fuzz-\(UUID().uuidString).licet"
            defer { unlink(file) }
            let paths = [TrustList.path, "status/341181-1", AuthorityLog.checkpoint]
            try Bundle.write(paths, of: "office", created: .noon, tags: [TrustList.path: "\"1\""], to: file) { _ in
                [1, 2, 3]
            }
            let small = try DurableFile.read(file, limit: 1 << 20)
            try Bundle.write([TrustList.path], of: "", created: .noon, to: file) { _ in
                try issuer.trustList().signed(by: issuer.rootKey)
            }
            return [small, try DurableFile.read(file, limit: 1 << 20)]
        },
        run: { bytes in
            guard let bundle = try? Bundle(bytes) else { return }
            for path in bundle.paths {
                invariant(PublicationPath.isOne(path), "a bundle has files of a publication only")
                invariant((try? bundle.read(path)) != nil, "what is named is there")
            }
        }
    )
}
