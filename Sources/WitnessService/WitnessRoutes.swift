package import Hummingbird
package import Logging

/// The call that a witness answers.
package struct WitnessRoutes {
    private let witness: Witness
    private let logger: Logger

    /// The greatest number of bytes of a request.
    package static let maximumBody = 65_536

    package init(_ witness: Witness, logger: Logger) {
        self.witness = witness
        self.logger = logger
    }

    package var router: Router<BasicRequestContext> {
        let router = Router()
        router.post("/add-checkpoint") { request, _ in
            let body: [UInt8]
            do { body = Array(try await request.body.collect(upTo: Self.maximumBody).readableBytesView) } catch {
                return Self.text(
                    .contentTooLarge,
                    "the request has more than \(Self.maximumBody) bytes\n",
                    closes: true
                )
            }
            return answer(body)
        }
        router.get("/healthz") { _, _ in Self.text(.ok, "ok\n") }
        return router
    }

    private func answer(_ body: [UInt8]) -> Response {
        do throws(Witness.Refusal) {
            return Self.text(.ok, String(decoding: try witness.addCheckpoint(body), as: UTF8.self))
        } catch {
            switch error {
            case .malformed(let reason): return Self.text(.badRequest, "\(reason)\n")
            case .unknownLog: return Self.text(.notFound, "this log is not followed here\n")
            case .unknownKey: return Self.text(.forbidden, "no key of the log has signed this\n")
            case .conflict(let size): return Self.text(.conflict, "\(size)\n", type: "text/x.tlog.size")
            case .wrongProof: return Self.text(.unprocessableContent, "the proof does not show that the log goes on\n")
            case .storage(let reason):
                logger.error("nothing is signed", metadata: ["reason": "\(reason)"])
                return Self.text(.internalServerError, "nothing is signed at the moment\n")
            }
        }
    }

    private static func text(
        _ status: HTTPResponse.Status,
        _ text: String,
        type: String = "text/plain; charset=utf-8",
        closes: Bool = false
    ) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        // Who sends too much goes on sending.
        if closes { headers[.connection] = "close" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
