import Hummingbird

/// What holds for every request: limits before, and after it headers and one form of refusal.
struct RequestGuard: RouterMiddleware {
    typealias Context = BasicRequestContext

    /// The greatest number of bytes of a body.
    static let maximumBody = 65_536
    /// The greatest number of bytes of a request target.
    static let maximumTarget = 16_384

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            try check(request)
            response = try await next(request, context)
        } catch let problem as Problem {
            response = try problem.response(from: request, context: context)
        } catch let error as any HTTPResponseError {
            let problem = error.status == .contentTooLarge ? .tooLarge : Problem(error.status, "there is nothing here")
            response = try problem.response(from: request, context: context)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers.set("Referrer-Policy", "no-referrer")
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func check(_ request: Request) throws(Problem) {
        guard (request.head.path?.utf8.count ?? 0) <= Self.maximumTarget else {
            throw Problem(.uriTooLong, "the request target is longer than \(Self.maximumTarget) bytes")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.maximumBody {
            throw .tooLarge
        }
    }
}

extension HTTPFields {
    /// Sets a header that the library has no name for.
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPFields.Element.Name(name) { self[name] = value }
    }
}

extension Router<BasicRequestContext> {
    /// What answers one method of one path.
    typealias Answer = @Sendable (Request, BasicRequestContext) async throws -> Response

    /// Answers `method` on `path` (HEAD with GET), and refuses every other method with what is allowed.
    func only(_ method: HTTPRequest.Method, _ path: RouterPath, _ answer: @escaping Answer) {
        let allowed: [HTTPRequest.Method] = method == .get ? [.get, .head] : [method]
        for method in allowed { on(path, method: method, use: answer) }
        let allow = allowed.map(\.rawValue).joined(separator: ", ")
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]
        for method in known where !allowed.contains(method) {
            on(path, method: method) { _, _ -> Response in
                throw Problem(.methodNotAllowed, "this path answers \(allow) only", headers: [.allow: allow])
            }
        }
    }
}
