import Dispatch
import Hummingbird
import Publication
import TransparencyLog

/// The signed files as they were believed, for whoever verifies by himself; only tiles of the log are read from the disk.
struct PublicationRoutes {
    let publication: @Sendable () -> LoadedPublication
    /// Gets a file of the log that never changes: a tile, a bundle, a table of lists; nil where none can be had.
    let tile: (@Sendable (String) -> [UInt8]?)?

    func add(to router: Router<VerifierContext>) {
        router.only(.get, "/publication/trust-list") { request, _ in
            try file(TrustList.path, request, maximumAge: 300, isReadLast: true)
        }
        router.only(.get, RouterPath("/publication/\(AuthorityLog.checkpoint)")) { request, _ in
            try file(AuthorityLog.checkpoint, request, maximumAge: 2, isReadLast: true)
        }
        router.only(.get, "/publication/log/tile/**") { request, context in
            try await logTile("\(AuthorityLog.folder)/tile/\(context.parameters.getCatchAll().joined(separator: "/"))")
        }
        router.only(.get, "/publication/log/lists/{size}") { request, context in
            let path = "\(AuthorityLog.folder)/lists/\(try context.parameters.require("size"))"
            // Nobody asks for one that no checkpoint names yet, and caches would keep it.
            let snapshot = publication().snapshot
            let newest = (try? snapshot.log?.get())?.head.size ?? .max
            return try await logTile(path) { bytes in
                guard let size = AuthorityLog.sizeOfLists(path), size <= newest,
                    let table = try? ListTable.read(bytes).table
                else { return false }
                return size < newest || snapshot.table.map { $0 == table } ?? true
            }
        }
        for kind in ListKind.allCases.map(\.rawValue) {
            router.only(.get, RouterPath("/publication/\(kind)/{list}")) { request, context in
                try file("\(kind)/\(context.parameters.require("list"))", request)
            }
        }
    }

    /// A file of the log, where `isOne` of what lies there.
    private func logTile(
        _ path: String,
        _ isOne: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) async throws -> Response {
        let missing = Problem(.notFound, "the log has no such file", headers: [.cacheControl: "no-store"])
        guard let tile, PublicationPath.isOne(path), !path.hasSuffix(".tmp") else { throw missing }
        // A disk may be slow, and these threads answer everybody.
        let bytes = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: tile(path).flatMap { isOne($0) ? $0 : nil })
            }
        }
        guard let bytes else { throw missing }
        let headers: HTTPFields = [
            .contentType: "application/octet-stream", .cacheControl: "public, max-age=31536000, immutable",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// What is read last must not be older than what was read before: shared caches ask for it each time.
    private func file(_ path: String, _ request: Request, maximumAge: Int = 60, isReadLast: Bool = false) throws
        -> Response
    {
        guard let file = publication().files[path] else {
            throw Problem(.notFound, "the publication has no such file, or it is not believed")
        }
        let caching = "public, max-age=\(maximumAge)\(isReadLast ? ", s-maxage=0" : "")"
        return try file.response(to: request, mediaType: file.mediaType, caching: caching)
    }
}

extension PublishedFile {
    /// The file, or that the client has it.
    func response(to request: Request, mediaType: String, caching: String) throws(Problem) -> Response {
        var headers: HTTPFields = [.eTag: entityTag, .cacheControl: caching]
        if let known = request.headers[.ifNoneMatch], Self.names(entityTag, in: known) {
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        // Somebody wrote into it; what is right is read within a second or two.
        guard let body else { throw Problem.busy("the file is being replaced; ask again", retryAfter: 2) }
        headers[.contentType] = mediaType
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Weak comparison, as RFC 9110, section 13.1.2 wants it.
    private static func names(_ tag: String, in header: String) -> Bool {
        header.split(separator: ",").contains { item in
            let name = item.filter { $0 != " " && $0 != "\t" }
            return name == "*" || name == tag || name == "W/" + tag
        }
    }
}
