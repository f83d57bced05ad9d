import Foundation
import Hummingbird
import Licence
import Verification

/// The routes that take a code and answer with a verdict; 200 for every verdict.
struct VerifierRoutes {
    let publication: @Sendable () -> LoadedPublication
    let now: @Sendable () -> Instant

    func add(to router: Router<BasicRequestContext>) {
        router.only(.get, "/L/{digits}", code)
        // A phone may have changed the case of an address that was printed in capitals.
        router.only(.get, "/l/{digits}", code)
        router.only(.post, "/v1/verify", verify)
    }

    @Sendable private func code(_ request: Request, _ context: BasicRequestContext) throws -> Response {
        // The scheme says that nothing but digits may follow: an address in an address is no code.
        let verdict = verdict(of: "LICET:\(try context.parameters.require("digits"))")
        var headers: HTTPFields = [.cacheControl: "no-store", .vary: "Accept, Accept-Language"]
        headers.set("X-Robots-Tag", "noindex")
        if Preferences(request.headers[.accept]).preferJSON { return try answer(verdict, headers) }
        let asked = request.uri.queryParameters["lang"].flatMap { Language(rawValue: String($0)) }
        let language = asked ?? Preferences(request.headers[.acceptLanguage]).language
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentLanguage] = language == .zh ? "zh-CN" : "en"
        headers[.contentSecurityPolicy] = PageStyle.contentSecurityPolicy
        let page = VerdictPage(verdict: verdict, language: language).html
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: page.source)))
    }

    @Sendable private func verify(_ request: Request, _: BasicRequestContext) async throws -> Response {
        let type = request.headers[.contentType]?.split(separator: ";").first
        guard type?.trimmingCharacters(in: .whitespaces).lowercased() == "application/json" else {
            throw Problem(.unsupportedMediaType, "send {\"code\": \"…\"} as application/json")
        }
        let body = try await request.body.collect(upTo: RequestGuard.maximumBody)
        guard (try? JSONText.check(Array(body.readableBytesView))) != nil,
            let asked = try? JSONDecoder().decode(VerifyRequest.self, from: Data(body.readableBytesView))
        else {
            throw Problem(.badRequest, "the body must be a JSON object with one text, \"code\", and nothing else")
        }
        return try answer(verdict(of: asked.code), [.cacheControl: "no-store"])
    }

    private func verdict(of text: String) -> Verdict {
        Verifier(snapshot: publication().snapshot, now: now()).verdict(of: text)
    }

    private func answer(_ verdict: Verdict, _ headers: HTTPFields) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        let json = try VerdictDocument(verdict).json()
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: json)))
    }
}

/// The body of a request to verify.
private struct VerifyRequest: Decodable {
    let code: String

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue _: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys where key.stringValue != "code" {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "unknown key")
        }
        code = try container.decode(String.self, forKey: Key(stringValue: "code"))
    }
}
