package import TransparencyLog

/// Everything of a publication that a verdict rests on, as it was read at one time; never changes.
package struct Snapshot {
    package let trust: Result<TrustList, PublicationError>
    /// The newest checkpoint of the log; nil where the authority keeps none.
    package let log: Result<SignedCheckpoint, PublicationError>?
    /// By path: `status/341181-1`.
    package let statusLists: [String: Result<StatusList, PublicationError>]
    /// By path: `issued/341181-1`.
    package let issuedLists: [String: Result<IssuedList, PublicationError>]

    package init(
        trust: Result<TrustList, PublicationError>,
        log: Result<SignedCheckpoint, PublicationError>? = nil,
        statusLists: [String: Result<StatusList, PublicationError>],
        issuedLists: [String: Result<IssuedList, PublicationError>]
    ) {
        self.trust = trust
        self.log = log
        self.statusLists = statusLists
        self.issuedLists = issuedLists
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

    /// Whether a list is there, and believed.
    package func isBelieved(_ path: String) -> Bool {
        (try? statusLists[path]?.get()) != nil || (try? issuedLists[path]?.get()) != nil
    }

    /// The same without lists that turned out not to be the newest.
    package func without(_ outdated: [PublicationError]) -> Snapshot {
        let reasons = Dictionary(outdated.map { ($0.file, $0) }) { first, _ in first }
        func without<List>(
            _ lists: [String: Result<List, PublicationError>]
        ) -> [String: Result<List, PublicationError>] {
            lists.reduce(into: [:]) { $0[$1.key] = reasons[$1.key].map(Result.failure) ?? $1.value }
        }
        return Snapshot(
            trust: trust,
            log: log,
            statusLists: without(statusLists),
            issuedLists: without(issuedLists)
        )
    }

    /// Why lists were not believed.
    package var refusals: [PublicationError] {
        func refusals<List>(_ lists: [String: Result<List, PublicationError>]) -> [PublicationError] {
            lists.values.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        }
        return (refusals(statusLists) + refusals(issuedLists)).sorted { $0.file < $1.file }
    }
}
