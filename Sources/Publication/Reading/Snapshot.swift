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
    /// The names of the witnesses whose signatures that checkpoint bears, in their order.
    package let witnesses: [String]
    /// SHA-256 of the files that were believed, by path, so that who reads again takes up no second copy of what did not change.
    package let digests: [String: Digest]
    /// The lists once more, by name: a verdict looks for two of one name.
    private let pairs: [String: Pair]

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
        witnesses = (try? log?.get()).map { $0.witnesses.keys.map(\.name).sorted() } ?? []
        self.table = table
        self.statusLists = statusLists
        self.issuedLists = issuedLists
        self.digests = digests
        var pairs: [String: Pair] = [:]
        for (path, list) in statusLists {
            let name = ListKind.status.name(at: path)
            pairs[name, default: Pair(named: name)].status = list
        }
        for (path, list) in issuedLists {
            let name = ListKind.issued.name(at: path)
            pairs[name, default: Pair(named: name)].issued = list
        }
        self.pairs = pairs
    }

    /// The names of all lists: `341181-1`.
    package var names: [String] { Array(pairs.keys) }

    /// The lists that a code by `key` names.
    package func lists(of key: TrustedKey, _ list: Int) -> Pair {
        lists(named: "\(key.office)-\(list)")
    }

    /// Those of a name.
    package func lists(named name: String) -> Pair { pairs[name] ?? Pair(named: name) }

    /// The two lists of one name; a failure where one is not in the publication.
    package struct Pair: Sendable {
        package fileprivate(set) var status: Result<StatusList, PublicationError>
        package fileprivate(set) var issued: Result<IssuedList, PublicationError>

        fileprivate init(named name: String) {
            func missing(_ kind: ListKind) -> PublicationError {
                PublicationError(.missing, file: kind.path(named: name), "is not in the publication")
            }
            status = .failure(missing(.status))
            issued = .failure(missing(.issued))
        }
    }

    /// Why lists were not believed, each reason once: of all that rest on a log it may be the log's.
    package var refusals: [PublicationError] {
        func refusals<List>(_ lists: [String: Result<List, PublicationError>]) -> [PublicationError] {
            lists.values.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        }
        return Set(refusals(statusLists) + refusals(issuedLists)).sorted { $0.description < $1.description }
    }
}
