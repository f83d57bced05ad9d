package import Fetching
import Publication
import Synchronization

/// Gets single files of a publication, each only if it is another than is at hand.
protocol FileOrigin: Sendable {
    /// `fresh` passes by caches on the way; those that do not heed it know it by another name, with `version` or a number of chance.
    ///
    /// - Throws: ``PublicationError/Code/missing`` where there is none, others where it cannot be had.
    func get(_ path: String, tag: String?, fresh: Bool, version: Int?) throws(PublicationError) -> FetchedFile
}

enum FetchedFile {
    case new([UInt8], tag: String?)
    case unchanged
}

extension FileOrigin {
    func get(_ path: String, tag: String? = nil, fresh: Bool = false) throws(PublicationError) -> FetchedFile {
        try get(path, tag: tag, fresh: fresh, version: nil)
    }
}

/// Files of a folder or a bundle.
struct LocalFiles: FileOrigin {
    let source: any PublicationSource

    func get(_ path: String, tag: String?, fresh: Bool, version: Int?) throws(PublicationError) -> FetchedFile {
        .new(try source.read(path), tag: nil)
    }
}

/// Files behind a web server.
final class WebFiles: FileOrigin {
    private let address: String
    private let options: WebOptions
    /// Those that nobody uses at the moment; each is for one thread at a time.
    private let idle = Mutex<[Lent]>([])

    // @unchecked: lent to one thread at a time, and given back by it.
    private struct Lent: @unchecked Sendable { let fetcher: Fetcher }

    init(_ address: String, _ options: WebOptions) {
        self.address = address
        self.options = options
    }

    func get(_ path: String, tag: String?, fresh: Bool, version: Int?) throws(PublicationError) -> FetchedFile {
        do throws(FetchError) {
            let lent: Lent
            if let known = idle.withLock({ $0.popLast() }) {
                lent = known
            } else {
                lent = Lent(fetcher: try options.fetcher())
            }
            defer { idle.withLock { $0.append(lent) } }
            let isList = ListKind(path: path) == .status
            let answer = try lent.fetcher.get(
                // Static servers take no notice of a query, and caches keep what they were asked for with it apart.
                "\(address)/\(path)\(fresh && path != TrustList.path && path != AuthorityLog.checkpoint ? "?\(version ?? .random(in: 1...Int(UInt32.max)))" : "")",
                accept: isList ? "\(StatusList.type), */*;q=0.1" : nil,
                entityTag: tag,
                fresh: fresh,
                limit: PublicationPath.limit(path)
            )
            return switch answer {
            case .new(let bytes, let tag): .new(bytes, tag: tag)
            case .unchanged: .unchanged
            }
        } catch {
            throw PublicationError(error.publicationCode, file: path, "\(error)")
        }
    }
}

/// How a web server is asked.
package struct WebOptions: Sendable {
    /// A file of certificates in PEM that are believed instead of those of the system.
    package let certificateAuthorities: String?
    package let deadlines: Deadlines

    package init(certificateAuthorities: String? = nil, deadlines: Deadlines = Deadlines()) {
        self.certificateAuthorities = certificateAuthorities
        self.deadlines = deadlines
    }

    func fetcher() throws(FetchError) -> Fetcher {
        try Fetcher(userAgent: "licet/0.1", certificateAuthorities: certificateAuthorities, deadlines: deadlines)
    }
}

extension FetchError {
    var publicationCode: PublicationError.Code {
        switch code {
        case .status(404), .status(410): .missing
        case .tooLarge: .tooLarge
        case .badAddress, .unreachable, .untrusted, .tooSlow, .status, .noLibrary, .broken: .unreadable
        }
    }
}
