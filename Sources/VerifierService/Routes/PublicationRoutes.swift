import Hummingbird
import Publication

/// The signed files as they were believed, for whoever verifies by himself; nothing is read from the disk.
struct PublicationRoutes {
    let publication: @Sendable () -> LoadedPublication

    func add(to router: Router<BasicRequestContext>) {
        router.only(.get, "/publication/trust-list") { request, _ in try file(TrustList.path, request) }
        for kind in ListKind.allCases.map(\.rawValue) {
            router.only(.get, RouterPath("/publication/\(kind)/{list}")) { request, context in
                try file("\(kind)/\(context.parameters.require("list"))", request)
            }
        }
    }

    private func file(_ path: String, _ request: Request) throws -> Response {
        guard let file = publication().files[path] else {
            throw Problem(.notFound, "the publication has no such file, or it is not believed")
        }
        var headers: HTTPFields = [.eTag: file.entityTag, .cacheControl: "public, max-age=60"]
        if let known = request.headers[.ifNoneMatch], names(file.entityTag, in: known) {
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        headers[.contentType] = file.mediaType
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.buffer))
    }

    /// Weak comparison, as RFC 9110, section 13.1.2 wants it.
    private func names(_ tag: String, in header: String) -> Bool {
        header.split(separator: ",").contains { item in
            let name = item.filter { $0 != " " && $0 != "\t" }
            return name == "*" || name == tag || name == "W/" + tag
        }
    }
}
