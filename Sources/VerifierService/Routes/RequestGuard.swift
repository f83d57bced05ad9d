import HTTPTypes
import Hummingbird
import NIOCore
import Serving

/// What holds for every request: limits before, and after it headers and one form of refusal; and that it is counted.
struct RequestGuard: RouterMiddleware {
    typealias Context = VerifierContext

    let limits: Limits
    let metrics: Metrics
    let log: RequestLog
    /// What pages say of the authority now.
    let notes: @Sendable () -> AuthorityNotes

    /// The greatest number of bytes of a request target.
    static let maximumTarget = 16_384

    func handle(
        _ request: Request,
        context: VerifierContext,
        next: @concurrent (Request, VerifierContext) async throws -> Response
    ) async throws -> Response {
        let start = NIODeadline.now()
        let client = limits.client(of: request.head, from: context.peer)
        var response: Response
        do {
            try check(request, client)
            response = try await next(request.withBodyOnDemand(on: context.channel), context)
        } catch let problem as Problem {
            response = try problem.response(to: request, context, notes: notes)
        } catch let error as any HTTPResponseError {
            let problem =
                error.status == .contentTooLarge ? .tooLarge() : Problem(error.status, "there is nothing here")
            response = try problem.response(to: request, context, notes: notes)
        }
        if leavesMuchUnread(request, response) { response.headers[.connection] = "close" }
        Self.addHeaders(to: &response.headers)
        let route = context.endpointPath ?? "none"
        let nanoseconds = (NIODeadline.now() - start).nanoseconds
        metrics.count(route, status: response.status.code, nanoseconds: UInt64(max(0, nanoseconds)))
        if response.status == .tooManyRequests { metrics.limited.add() }
        if response.status == .serviceUnavailable, response.headers[.retryAfter] != nil { metrics.busy.add() }
        log.note(
            request.method.rawValue,
            route,
            status: response.status.code,
            nanoseconds: nanoseconds,
            client: client,
            verdict: context.told.verdict
        )
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// Whether a request was refused while much of it is still to come, which nobody waits for; 422 is of what was read.
    private func leavesMuchUnread(_ request: Request, _ response: Response) -> Bool {
        response.status.kind == .clientError && response.status != .unprocessableContent
            && request.announcedLength ?? 0 > MaximumBody.text
    }

    /// What every answer has.
    static func addHeaders(to fields: inout HTTPFields) {
        fields[.xContentTypeOptions] = "nosniff"
        if let name = HTTPField.Name("Referrer-Policy") { fields[name] = "no-referrer" }
    }

    private func check(_ request: Request, _ client: Client) throws(Problem) {
        guard (request.head.path?.utf8.count ?? 0) <= Self.maximumTarget else {
            throw Problem(.uriTooLong, "the request target is longer than \(Self.maximumTarget) bytes")
        }
        // The router passes over empty parts, and a proxy that guards a path knows it by one name.
        guard request.uri.path == "/" || !request.uri.path.hasSuffix("/") && !request.uri.path.contains("//") else {
            throw Problem(.notFound, "there is nothing here")
        }
        // Whether the daemon lives is asked by who watches over it.
        if request.uri.path != "/healthz", let seconds = limits.rate.wait(of: client) {
            throw .tooMany("more was asked from this address than is allowed", retryAfter: seconds)
        }
        // What takes a body says itself how long it may be.
        if request.method != .post { try request.checkLength(upTo: MaximumBody.text) }
    }
}

extension HTTPFields {
    /// Sets a header that the library has no name for.
    mutating func set(_ name: String, _ value: String) {
        if let name = HTTPFields.Element.Name(name) { self[name] = value }
    }
}

extension Router<VerifierContext> {
    /// What answers one method of one path.
    typealias Answer = @Sendable (Request, VerifierContext) async throws -> Response

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
