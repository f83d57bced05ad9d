import Foundation
package import Licence
import LicenceCode
package import OpenSSL
import TransparencyLog

/// A reader's memory of the newest of each file that it has accepted, so that nobody can show it an older one.
package struct HighWater: Codable, Equatable {
    /// By path inside the publication.
    package private(set) var marks: [String: Mark] = [:]

    package struct Mark: Codable, Equatable {
        package let sequence: Int
        package let issuedAt: Int64
        /// SHA-256 of what the file signs; not of its signature, of which anybody can make a second one.
        package let digest: String
        /// The number of the key that signed it; nil for the root.
        package let signer: Int?

        /// ``digest`` as the root of a log.
        fileprivate var root: Digest? { [UInt8](hexadecimal: digest).flatMap { Digest(bytes: $0) } }
    }

    /// Keys that turned out to be revoked: what they signed must not shut out what is signed after them.
    private var revoked: Set<Int> = []

    /// By the address of a file, what its server called it, and what it was then.
    private var tags: [String: Tag]? = nil

    private struct Tag: Codable, Equatable {
        let tag: String
        let digest: String
    }

    private enum CodingKeys: CodingKey { case marks, tags }

    package init() {}

    /// What the server called the file at `address` when it gave these bytes; no copy and no bundle can say so instead.
    package func tag(of address: String, for bytes: [UInt8]) -> String? {
        tags?[address].flatMap { $0.digest == Digest(of: bytes).description ? $0.tag : nil }
    }

    package mutating func setTag(_ tag: String, of address: String, digest: String) {
        tags = (tags ?? [:]).merging([address: Tag(tag: tag, digest: digest)]) { $1 }
    }

    /// How many entries the log had that was seen last; nil where none was.
    package var logSize: Int? { marks[AuthorityLog.checkpoint]?.sequence }

    /// The name of the file that keeps what was seen of the authority of `root`.
    package static func fileName(of root: Certificate) -> String { "seen-\(root.publicKey.id).json" }

    package static func == (left: HighWater, right: HighWater) -> Bool {
        left.marks == right.marks && left.tags == right.tags
    }

    /// Forgets what keys signed that `trust` says are revoked: a thief writes any number.
    package mutating func forget(revokedBy trust: TrustList) {
        revoked.formUnion(trust.keys.filter { $0.revocation != nil }.map(\.number.value))
        marks = marks.filter { !isRevoked($0.value) }
    }

    private func isRevoked(_ mark: Mark?) -> Bool { mark?.signer.map(revoked.contains) ?? false }

    /// Remembers the file, or refuses it as older than the newest seen, or as another one with the same number.
    package mutating func accept(
        _ path: String,
        sequence: Int,
        issuedAt: Instant,
        bytes: [UInt8]
    ) throws(PublicationError) {
        let mark = Mark(
            sequence: sequence,
            issuedAt: issuedAt.seconds,
            digest: Self.digest(of: bytes),
            signer: (try? COSESign1(encoded: bytes)).flatMap { IssuerNumber(bigEndian: $0.header.keyID) }?.value
        )
        if let seen = marks[path] {
            guard mark.sequence >= seen.sequence, mark.issuedAt >= seen.issuedAt else {
                throw PublicationError(
                    .rolledBack,
                    file: path,
                    "rolled back: it has number \(sequence) of \(issuedAt), but number \(seen.sequence) of "
                        + "\(Instant(seconds: seen.issuedAt)) was seen before"
                )
            }
            guard mark.sequence > seen.sequence || mark.digest == seen.digest else {
                throw PublicationError(
                    .rolledBack,
                    file: path,
                    "is not the number \(sequence) that was seen before"
                )
            }
        }
        marks[path] = mark
    }

    /// What ``Mark/digest`` is of a file.
    package static func digest(of bytes: [UInt8]) -> String { COSESign1.digest(ofSigned: bytes).description }

    /// Remembers the head of the log, or refuses it as older than the newest seen, as that of another log, or as one that cannot be told
    /// from another.
    ///
    /// `proof` makes a proof that the log goes on from its first so many entries.
    mutating func accept(
        _ head: TreeHead,
        by signer: IssuerNumber?,
        at path: String,
        proof: (Int) throws(LogError) -> [Digest]
    ) throws(PublicationError) {
        let mark = Mark(sequence: head.size, issuedAt: 0, digest: head.root.description, signer: signer?.value)
        if let seen = marks[path] {
            guard let root = seen.root else {
                throw PublicationError(.rolledBack, file: path, "cannot be held against what was seen before")
            }
            let old = TreeHead(size: seen.sequence, root: root)
            guard head.size >= old.size else {
                throw PublicationError(
                    .rolledBack,
                    file: path,
                    "rolled back: the log has \(head.size) entries, and had \(old.size) before"
                )
            }
            let found: [Digest]
            do throws(LogError) { found = try proof(old.size) } catch {
                throw PublicationError(
                    .notLogged,
                    file: path,
                    "cannot be shown to go on from the \(old.size) entries that were seen before: \(error.reason); look once at the "
                        + "publication itself, or bring the copy that was used before up to date"
                )
            }
            guard head.continues(old, by: found) else {
                throw PublicationError(
                    .rolledBack,
                    file: path,
                    "is of another log than was seen before, or a tile of it is damaged: it does not go on from its "
                        + "\(old.size) entries"
                )
            }
        }
        marks[path] = mark
    }

    /// Reads the memory at `path`; empty when there is none yet.
    package init(file path: String) throws(PublicationError) {
        do {
            let bytes = try DurableFile.read(path, limit: PublicationReader.maximumFile, regularOnly: true)
            self = try JSONDecoder().decode(HighWater.self, from: Data(bytes))
            struct NoDigest: Error {}
            guard marks.values.allSatisfy({ $0.root != nil && $0.sequence >= 0 }) else { throw NoDigest() }
        } catch let error as PublicationError where error.code == .missing {
            self.init()
        } catch let error as PublicationError {
            throw error
        } catch {
            throw PublicationError(
                .malformed,
                file: path,
                "is damaged; what was seen before is unknown. Remove it only if you accept any publication as the newest"
            )
        }
    }

    /// Saves what was seen, and keeps what another process saw in the meantime.
    package func save(to path: String) throws(PublicationError) {
        let lock = try FileLock(path: "\(path).lock")
        DurableFile.sweep(beside: path)
        let stored = try HighWater(file: path)
        var merged = self
        merged.marks.merge(stored.marks.filter { !isRevoked($0.value) }) { $0.sequence >= $1.sequence ? $0 : $1 }
        if let others = stored.tags { merged.tags = others.merging(tags ?? [:]) { $1 } }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(merged) else {
            throw PublicationError(.notWritten, file: path, "cannot be encoded")
        }
        try DurableFile.write(Array(data), to: path, mode: 0o600)
        _ = consume lock
    }
}
