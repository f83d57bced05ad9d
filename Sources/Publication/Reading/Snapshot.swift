package import OpenSSL
package import TransparencyLog

/// Everything of a publication that a verdict rests on, as it was read at one time; never changes.
package final class Snapshot: Sendable {
    package let trust: Result<TrustList, PublicationError>
    /// The newest checkpoint of the log; nil where the authority keeps none.
    package let log: Result<SignedCheckpoint, PublicationError>?
    /// The newest lists, as that log tells; nil where there is none, or it is not believed.
    package let table: ListTable?
    /// By path: `status/341181-1`.
    package let statusLists: [String: Result<StatusList, PublicationError>]
    /// By path: `issued/341181-1`.
    package let issuedLists: [String: Result<IssuedList, PublicationError>]
    /// SHA-256 of the files that were believed, by path, so that who reads again takes up no second copy of what did not change.
    package let digests: [String: Digest]

    package init(
        trust: Result<TrustList, PublicationError>,
        log: Result<SignedCheckpoint, PublicationError>? = nil,
        table: ListTable? = nil,
        statusLists: [String: Result<StatusList, PublicationError>],
        issuedLists: [String: Result<IssuedList, PublicationError>],
        digests: [String: Digest] = [:]
    ) {
        self.trust = trust
        self.log = log
        self.table = table
        self.statusLists = statusLists
        self.issuedLists = issuedLists
        self.digests = digests
    }

    /// The list that a code by `key` names.
    package func statusList(of key: TrustedKey, _ list: Int) -> Result<StatusList, PublicationError> {
        let path = ListKind.status.path(of: key.office, list)
        return statusLists[path] ?? .failure(PublicationError(.missing, file: path, "is not in the publication"))
    }

    /// The issued list beside ``statusList(of:_:)``.
    package func issuedList(of key: TrustedKey, _ list: Int) -> Result<IssuedList, PublicationError> {
        let path = ListKind.issued.path(of: key.office, list)
        return issuedLists[path] ?? .failure(PublicationError(.missing, file: path, "is not in the publication"))
    }

    /// Why lists were not believed, each reason once: of all that rest on a log it may be the log's.
    package var refusals: [PublicationError] {
        func refusals<List>(_ lists: [String: Result<List, PublicationError>]) -> [PublicationError] {
            lists.values.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        }
        return Set(refusals(statusLists) + refusals(issuedLists)).sorted { $0.description < $1.description }
    }
}
