import Authority
import LicenceCode
import OpenSSL
import Publication
import Registry

/// What an older registry that was put back must not do: lay what it knows over what is newer.
extension Authority {
    /// Refuses to put a list over one that is newer than this registry knows: an older registry was put back, and would make valid again
    /// what had ended.
    func refuseOlder(
        than file: String,
        _ kind: ListKind,
        _ path: String,
        _ last: PublishedFile?,
        _ session: Registry.Session
    ) throws {
        guard let present = try? DurableFile.read(file, limit: PublicationReader.maximumFile, regularOnly: true),
            let newest = try session.newestTrustList()
        else { return }
        let trust = try trustList(newest)
        let claims =
            switch kind {
            case .status: (try? StatusList(present, path: path, trust: trust))?.claims
            case .issued: (try? IssuedList(present, path: path, trust: trust))?.claims
            }
        if let claims, claims.sequence > last?.sequence ?? 0 {
            throw Self.olderPutBack(
                "\(file) is number \(claims.sequence), and this registry has published \(last?.sequence ?? 0)"
            )
        }
    }

    /// Refuses to put a trust list over one that this registry does not know: a revocation might be believed no more.
    func refuseOlder(_ trust: TrustListRecord, than file: String) throws {
        let last = try? DurableFile.read(
            home.publishedTrustList,
            limit: PublicationReader.maximumFile,
            regularOnly: true
        )
        if let last, last != trust.bytes, let before = try? trustList(last),
            let fault = try trustList(trust.bytes).faults(after: before).first
        {
            throw Self.tampered("the trust list that is to be published takes back what was published: \(fault)")
        }
        guard let present = try? DurableFile.read(file, limit: PublicationReader.maximumFile, regularOnly: true),
            present != trust.bytes, let list = try? trustList(present)
        else { return }
        if list.sequence >= trust.sequence {
            throw Self.olderPutBack(
                "\(file) is number \(list.sequence), and this registry knows \(trust.sequence) and not that one"
            )
        }
        // Numbers alone do not tell: an older registry may have outrun it since.
        if let fault = try trustList(trust.bytes).faults(after: list).first {
            throw Self.olderPutBack("\(file), which is to be replaced, says otherwise: \(fault)")
        }
    }

    /// Refuses to publish over what another authority has published.
    func refuseForeign(_ file: String) throws {
        guard let present = try? DurableFile.read(file, limit: PublicationReader.maximumFile, regularOnly: true),
            let message = try? COSESign1(encoded: present), (try? trustList(present)) == nil
        else { return }
        let roots = try [root] + home.crossCertificates()
        // One of our own that is damaged is written anew.
        if roots.contains(where: { $0.publicKey.id.bytes == message.header.keyID }) { return }
        throw AuthorityError(
            .otherAuthority,
            "\(file) is signed by a root that this authority does not know: another one publishes there; name another folder with --to"
        )
    }

    private static func olderPutBack(_ what: String) -> AuthorityError {
        AuthorityError(
            .rolledBack,
            "\(what): an older registry was put back. `licet doctor` says more; take it on with "
                + "`licet restore --as-it-is --publication` and this folder. Where that is refused, keys were made since: put the backup "
                + "back once more with `licet restore BACKUP --publication` and this folder; what was done since is lost"
        )
    }
}
