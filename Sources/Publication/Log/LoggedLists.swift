import LicenceCode
package import OpenSSL
package import TransparencyLog

/// The log as a reader of lists needs it: its newest checkpoint, and which lists are the newest.
package struct LoggedLists {
    package let checkpoint: SignedCheckpoint
    package let table: ListTable

    /// Reads the checkpoint of a publication; `seen` is what was accepted before, and grows.
    package static func read(
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
            return .success(LoggedLists(checkpoint: checkpoint, table: try table(from: source, tree)))
        } catch { return .failure(error) }
    }

    private static func table(
        from source: any PublicationSource,
        _ tree: TileTree
    ) throws(PublicationError) -> ListTable {
        let path = AuthorityLog.lists(ofLogOf: tree.head.size)
        let bytes: [UInt8]
        do throws(PublicationError) { bytes = try source.read(path) } catch {
            guard error.code == .missing else { throw error }
            throw PublicationError(.notLogged, file: path, "is missing, and says which lists are the newest")
        }
        do throws(LogError) { return try ListTable(bytes, of: tree) } catch {
            throw PublicationError(.notLogged, file: path, error.reason)
        }
    }

    /// Refuses a list that is not the newest that the log tells of.
    ///
    /// - Throws: ``PublicationError/Code/notLogged``, ``PublicationError/Code/overtaken`` where it says itself that it is older
    package func check(_ path: String, _ claims: ListClaims, _ bytes: [UInt8]) throws(PublicationError) {
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
        guard let newest = table[path] else {
            throw PublicationError(.notLogged, file: path, "is not among the lists that the authority's log tells of")
        }
        guard newest.sequence <= claims.sequence else {
            throw PublicationError(
                .overtaken,
                file: path,
                "is number \(claims.sequence), and the log tells of number \(newest.sequence); fetch it anew"
            )
        }
        let place = ListTable.Place(
            index: index,
            sequence: claims.sequence,
            digest: COSESign1.digest(ofSigned: bytes)
        )
        guard place == newest else {
            throw PublicationError(.notLogged, file: path, "is not what the authority's log says at \(newest.index)")
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
