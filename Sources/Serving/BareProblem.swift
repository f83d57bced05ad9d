import NIOHTTP1

/// A refusal before there is a request for the router, told as RFC 9457 has it; nothing may follow it.
struct BareProblem {
    let status: HTTPResponseStatus
    let body: String

    /// `detail` is the program's own and has nothing that JSON would escape.
    init(_ status: HTTPResponseStatus, _ detail: String) {
        self.status = status
        body =
            "{\"detail\":\"\(detail)\",\"status\":\(status.code),\"title\":\"\(status.reasonPhrase)\",\"type\":\"about:blank\"}"
    }

    var fields: [(String, String)] {
        [
            ("Content-Type", "application/problem+json"), ("Content-Length", "\(body.utf8.count)"),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Connection", "close"),
        ]
    }

    /// As it goes over the wire.
    var text: String {
        let lines = fields.map { "\($0): \($1)\r\n" }.joined()
        return "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n\(lines)\r\n\(body)"
    }
}
