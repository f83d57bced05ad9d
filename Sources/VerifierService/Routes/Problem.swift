import Foundation
package import Hummingbird

/// A request that is not answered as asked, told as RFC 9457 has it.
package struct Problem: Error, HTTPResponseError {
    package let status: HTTPResponse.Status
    /// What is wrong and what to do; quotes nothing of the request.
    let detail: String
    let headers: HTTPFields
    /// What is loaded, for a readiness that is red.
    let publication: PublicationReport?

    init(
        _ status: HTTPResponse.Status,
        _ detail: String,
        headers: HTTPFields = [:],
        publication: PublicationReport? = nil
    ) {
        self.status = status
        self.detail = detail
        self.headers = headers
        self.publication = publication
    }

    /// One client asks for more than it may.
    static func tooMany(_ detail: String, retryAfter seconds: Int) -> Problem {
        Problem(.tooManyRequests, "\(detail); wait and ask more slowly", headers: [.retryAfter: String(seconds)])
    }

    /// Everybody together has all that there is.
    static func busy(_ detail: String, retryAfter seconds: Int = Limits.retryAfter) -> Problem {
        Problem(
            .serviceUnavailable,
            detail,
            headers: [.retryAfter: String(seconds), .connection: "close"]
        )
    }

    package func response(from _: Request, context _: some RequestContext) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return try Response(status: status, headers: headers, json: document())
    }

    /// As it stands in a body; of a batch with the number of the `line` that it is about.
    func document(line: Int? = nil) -> Document {
        Document(
            type: "about:blank",
            title: status.reasonPhrase,
            status: status.code,
            detail: detail,
            line: line,
            publication: publication
        )
    }

    struct Document: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let line: Int?
        let publication: PublicationReport?
    }
}

extension Response {
    /// An answer whose body is `value` with sorted keys.
    init(status: HTTPResponse.Status, headers: HTTPFields, json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try ByteBuffer(bytes: encoder.encode(value))
        self.init(status: status, headers: headers, body: .init(byteBuffer: body))
    }
}
