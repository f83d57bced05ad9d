import HTTPTypes
import Hummingbird
package import NIOCore
package import NIOHTTP1
package import Serving
import Verification

/// Answers programs that ask for one code by its address, before the router: they are many, and want a verdict as JSON.
package struct QuickVerdicts: ImmediateResponder {
    let verdicts: Verdicts
    let limits: Limits
    let log: RequestLog

    package func answer(_ head: HTTPRequestHead, from peer: SocketAddress?) -> ImmediateAnswer? {
        guard let digits = Self.digits(head.uri), Self.wantsJSON(head) else { return nil }
        let start = NIODeadline.now()
        let client = limits.proxies.client(forwarded: head.headers["forwarded"], from: peer)
        guard limits.rate.wait(of: client, now: start) == nil else { return nil }
        let verdict = verdicts.verdict(ofDigits: digits)
        let body = verdict.json()
        let nanoseconds = (NIODeadline.now() - start).nanoseconds
        verdicts.metrics.quick.add(UInt64(max(0, nanoseconds)))
        log.note("GET", VerifierRoutes.pattern, status: 200, nanoseconds: nanoseconds, client: client, verdict: verdict)
        return ImmediateAnswer(fields: Self.fields, body: body)
    }

    /// The digits of `/L/{digits}`; nil for any other path, which the router sorts out.
    private static func digits(_ path: String) -> Substring? {
        let utf8 = path.utf8
        guard utf8.count > prefix.utf8.count, utf8.count <= RequestGuard.maximumTarget, utf8.starts(with: prefix.utf8)
        else { return nil }
        var digits = Substring(utf8.dropFirst(prefix.utf8.count))
        let areDigits = digits.withUTF8 { $0.allSatisfy { (0x30...0x39).contains($0) } }
        return areDigits ? digits : nil
    }

    private static let prefix = "/L/"

    private static func wantsJSON(_ head: HTTPRequestHead) -> Bool {
        let fields = head.headers["accept"]
        guard fields.count == 1, let accept = fields.first else { return false }
        return accept == "application/json" || Preferences(accept).preferJSON
    }

    /// As the router's answer has them.
    private static let fields: ImmediateFields = {
        var fields = VerifierRoutes.headers
        fields[.contentType] = "application/json"
        RequestGuard.addHeaders(to: &fields)
        return ImmediateFields(fields.map { ($0.name.rawName, $0.value) })
    }()
}
