import LicenceCode
package import OpenSSL
package import TransparencyLog

/// The log as a reader of lists needs it: its newest checkpoint, and whether a list stands in it.
package struct LoggedLists {
    package let checkpoint: SignedCheckpoint
    private let tree: TileTree

    package init(_ checkpoint: SignedCheckpoint, _ tree: TileTree) {
        self.checkpoint = checkpoint
        self.tree = tree
    }

    /// Reads the checkpoint of a publication; `seen` is what was accepted before, and grows.
    static func read(
        from source: any PublicationSource,
        trust: TrustList,
        policy: WitnessPolicy,
        _ seen: inout HighWater
    ) -> Result<LoggedLists, PublicationError> {
        let path = AuthorityLog.checkpoint
        do throws(PublicationError) {
            let bytes = try source.read(path)
            let keys = trust.logKeys
            let checkpoint: SignedCheckpoint
            // A log is no witness of itself.
            let witnesses = policy.witnesses.filter { witness in !keys.contains { $0.note.isSameKey(as: witness) } }
            do throws(LogError) {
                checkpoint = try SignedCheckpoint(bytes, logKeys: keys.map(\.note), witnesses: witnesses)
            } catch {
                throw PublicationError(
                    error.code == .malformed ? .malformed : .wrongSignature,
                    file: path,
                    error.reason
                )
            }
            guard checkpoint.witnesses.count >= policy.quorum else {
                throw PublicationError(
                    .unwitnessed,
                    file: path,
                    "is cosigned by \(checkpoint.witnesses.count) of the witnesses that are asked for, and must be by "
                        + "\(policy.quorum)"
                )
            }
            let tree = source.tree(of: checkpoint.head)
            try seen.accept(
                checkpoint.head,
                by: keys.first { $0.note == checkpoint.signer }?.key.number,
                at: path,
                proof: { size throws(LogError) in try tree.consistencyProof(from: size) }
            )
            return .success(LoggedLists(checkpoint, tree))
        } catch { return .failure(error) }
    }

    /// Refuses a list that does not stand in the log at the place that it names.
    ///
    /// - Throws: ``PublicationError/Code/notLogged``
    func check(_ path: String, _ claims: ListClaims, _ bytes: [UInt8]) throws(PublicationError) {
        guard let index = claims.logIndex else {
            throw PublicationError(.notLogged, file: path, "names no place in the authority's log")
        }
        guard index < checkpoint.head.size else {
            throw PublicationError(
                .notLogged,
                file: path,
                "is entry \(index) of the log, whose checkpoint covers \(checkpoint.head.size); fetch both anew"
            )
        }
        let entry = LogEntry(path: path, claims, signed: bytes)
        do throws(LogError) {
            let proof = try tree.inclusionProof(of: index)
            guard checkpoint.head.includes(Digest.leaf(entry.encoded), at: index, by: proof) else {
                throw LogError(.inconsistent, "is not what the authority's log says at \(index)")
            }
        } catch {
            throw PublicationError(
                .notLogged,
                file: path,
                error.code == .missing ? "is not provably logged: \(error)" : error.reason
            )
        }
    }
}

extension LogEntry {
    /// That a list was signed.
    package init(path: String, _ claims: ListClaims, signed bytes: [UInt8]) {
        let digest = COSESign1.digest(ofSigned: bytes)
        self.init(at: claims.issuedAt, .list(SignedList(path: path, sequence: claims.sequence, digest: digest)))
    }
}

extension PublicationSource {
    /// The log's tree, whose tiles are read from here.
    package func tree(of head: TreeHead) -> TileTree {
        TileTree(head) { tile throws(LogError) in try tile.read { path throws(LogError) in try logFile(path) } }
    }

    /// A file of the log.
    package func logFile(_ path: String) throws(LogError) -> [UInt8] {
        do throws(PublicationError) { return try read("\(AuthorityLog.folder)/\(path)") } catch {
            throw LogError(error.code == .missing ? .missing : .malformed, error.description)
        }
    }
}

extension COSESign1 {
    /// SHA-256 of what a signature is made of, and not of the signature, of which anybody can make a second one.
    package static func digest(ofSigned bytes: [UInt8]) -> Digest {
        let message = try? COSESign1(encoded: bytes)
        return Digest(of: message.map { toBeSigned(header: $0.header, payload: $0.payload) } ?? bytes)
    }
}
