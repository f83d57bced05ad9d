import Foundation
import Hummingbird
import Licence
import Publication
import Serving
import Symbol
import Verification

/// The routes that take a code and answer with a verdict; 200 for every verdict.
struct VerifierRoutes {
    let verdicts: Verdicts
    let limits: Limits
    let pages: PageSettings
    let photos: PhotoReader

    static let pattern = "/L/{digits}"
    /// Of a verdict on a code in the address.
    static let headers: HTTPFields = {
        var headers: HTTPFields = [.cacheControl: "no-store", .vary: "Accept, Accept-Language"]
        headers.set("X-Robots-Tag", "noindex")
        return headers
    }()

    func add(to router: Router<VerifierContext>) {
        router.only(.get, RouterPath(Self.pattern), code)
        // A phone may have changed the case of an address that was printed in capitals.
        router.only(.get, "/l/{digits}", code)
        router.only(.post, "/v1/verify", verify)
    }

    @Sendable private func code(_ request: Request, _ context: VerifierContext) throws -> Response {
        let verdict = verdicts.verdict(ofDigits: try context.decoded("digits")[...])
        context.told.verdict = verdict
        if Preferences(request.headers[.accept]).preferJSON { return answer(verdict, Self.headers) }
        let page = VerdictPage(
            verdict: verdict,
            language: Language(of: request),
            notes: AuthorityNotes(pages, trust: try? verdicts.publication().snapshot.trust.get()),
            scopePart: request.uri.queryParameters["scope"].flatMap { Int($0) }
        ).page
        return page.response(.ok, Self.headers)
    }

    @Sendable private func verify(_ request: Request, _ context: VerifierContext) async throws -> Response {
        let text =
            switch HeaderParameters(request.headers[.contentType] ?? "").value.lowercased() {
            case "application/json": try await VerifyRequest.code(in: request.body(upTo: MaximumBody.text))
            case "image/png", "image/jpeg": try await photographed(request, context)
            default:
                throw Problem(
                    .unsupportedMediaType,
                    "send {\"code\": \"…\"} as application/json, or a picture as image/png or image/jpeg"
                )
            }
        let verdict = verdicts.verdict(of: text)
        context.told.verdict = verdict
        return answer(verdict, [.cacheControl: "no-store"])
    }

    /// What the code in a picture says; room for it is had before its bytes are taken in.
    private func photographed(_ request: Request, _ context: VerifierContext) async throws -> String {
        let share = try limits.photo(of: limits.client(of: request.head, from: context.peer))
        defer { withExtendedLifetime(share) {} }
        do {
            let place = try photos.place()
            defer { withExtendedLifetime(place) {} }
            return try await place.text(in: request.body(for: place))
        } catch let error as PhotoError { throw Problem(error) }
    }

    private func answer(_ verdict: Verdict, _ headers: HTTPFields) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: verdict.json())))
    }
}

extension Problem {
    fileprivate init(_ error: PhotoError) {
        let refusal: SymbolError
        switch error {
        case .busy:
            self = .busy("as many pictures are being read as may be", retryAfter: PhotoReader.retryAfter)
            return
        case .tooSlow:
            self.init(.requestTimeout, "the picture took too long to arrive", headers: [.connection: "close"])
            return
        case .refused(let error): refusal = error
        }
        switch refusal.code {
        case .unsupportedImage, .unsupportedVariety: self.init(.unsupportedMediaType, refusal.description)
        case .imageTooLarge: self.init(.contentTooLarge, refusal.description)
        case .damagedImage, .noCode, .severalCodes: self.init(.unprocessableContent, refusal.description)
        case .malformedText, .tooLarge, .invalidSize, .readBackMismatch, .libraryFailure:
            self = .busy("the picture could not be read at the moment")
        }
    }
}

/// A request to verify one code, as JSON.
struct VerifyRequest: Decodable {
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

    /// The code of a body, or of a line of a batch, without what a scanner or a browser put around it.
    static func code(in bytes: [UInt8]) throws(Problem) -> String { PastedCode(try text(in: bytes)).text }

    private static func text(in bytes: [UInt8]) throws(Problem) -> String {
        if let code = plainCode(in: bytes[...]) { return code }
        guard (try? JSONText.check(bytes)) != nil,
            let asked = try? JSONDecoder().decode(VerifyRequest.self, from: Data(bytes))
        else {
            throw Problem(.badRequest, "the body must be a JSON object with one text, \"code\", and nothing else")
        }
        return asked.code
    }

    /// The code, where the JSON is of the plainest form: one that has no escapes, and white space between its tokens only.
    ///
    /// Nearly every request is, and the general way takes longer than all else but the signature.
    static func plainCode(in bytes: ArraySlice<UInt8>) -> String? {
        var rest = bytes
        func skip(_ token: StaticString) -> Bool {
            while let first = rest.first, JSONText.isSpace(first) { rest = rest.dropFirst() }
            let isThere = token.withUTF8Buffer { rest.starts(with: $0) }
            if isThere { rest = rest.dropFirst(token.utf8CodeUnitCount) }
            return isThere
        }
        guard skip("{"), skip("\"code\""), skip(":"), skip("\"") else { return nil }
        guard let end = rest.firstIndex(where: { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 || $0 >= 0x7F }),
            rest[end] == 0x22
        else { return nil }
        let code = rest[..<end]
        rest = rest[(end + 1)...]
        guard skip("}"), rest.allSatisfy(JSONText.isSpace) else { return nil }
        return String(decoding: code, as: UTF8.self)
    }
}
