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

    static let tooLarge = Problem(
        .contentTooLarge,
        "the body is larger than \(RequestGuard.maximumBody) bytes",
        // Who sends too much goes on sending.
        headers: [.connection: "close"]
    )

    package func response(from _: Request, context _: some RequestContext) throws -> Response {
        let document = Document(
            type: "about:blank",
            title: status.reasonPhrase,
            status: status.code,
            detail: detail,
            publication: publication
        )
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return try Response(status: status, headers: headers, json: document)
    }

    private struct Document: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
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
