import Foundation
import Hummingbird
import HummingbirdCore
import Licence
import Logging
import NIOCore
import NIOEmbedded
import Serving
import VerifierService

/// The routes over an authority's folder, without a socket.
struct TestServer {
    let authority: TestAuthority
    let loader: PublicationLoader
    let current: CurrentPublication
    let routes: [Router<VerifierContext>.RouteDescription]
    let quick: QuickVerdicts
    private let responder: RouterResponder<VerifierContext>

    init(
        _ authority: TestAuthority,
        now: Instant? = nil,
        memory: String? = nil,
        tile: (@Sendable (String) -> [UInt8]?)? = nil,
        pages: PageSettings = PageSettings(),
        photos: PhotoReader = PhotoReader(),
        limits: Limits = Limits(),
        log: RequestLog = RequestLog(),
        register: (any LicenceRegister)? = nil
    ) throws {
        self.authority = authority
        loader = try authority.loader(memory: memory)
        let current = CurrentPublication(try loader.load(after: nil).required)
        self.current = current
        let now = now ?? authority.start.adding(seconds: 60)
        let service = VerifierService(
            publication: { current.publication },
            tile: tile,
            now: { now },
            pages: pages,
            photos: photos,
            limits: limits,
            log: log,
            register: register
        )
        let router = service.router
        quick = service.quick
        routes = router.routes
        responder = router.buildResponder()
    }

    /// Looks at the folder as the watcher does.
    func reload() throws {
        if let loaded = loader.load(after: current.publication) { current.replace(with: loaded) }
    }

    func answer(
        _ method: HTTPRequest.Method = .get,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: String = ""
    ) async throws -> Answer {
        try await answer(method, path, headers, bytes: Array(body.utf8))
    }

    func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        bytes body: [UInt8],
        from peer: String? = nil
    ) async throws -> Answer {
        let head = HTTPRequest(
            method: method,
            scheme: "http",
            authority: "localhost",
            path: path,
            headerFields: headers
        )
        let request = Request(head: head, body: .init(buffer: ByteBuffer(bytes: body)))
        let channel = EmbeddedChannel()
        channel.remoteAddress = try peer.map { try SocketAddress(ipAddress: $0, port: 1) }
        let source = ApplicationRequestContextSource(channel: channel, logger: Logger(label: "test"))
        let response = try await responder.respond(to: request, context: VerifierContext(source: source))
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(status: response.status, headers: response.headers, bytes: await collector.bytes)
    }

    /// An answer with its body.
    struct Answer {
        let status: HTTPResponse.Status
        let headers: HTTPFields
        let bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        var json: [String: any Sendable] {
            get throws {
                let object = try JSONSerialization.jsonObject(with: Data(bytes))
                return (object as? [String: any Sendable]) ?? [:]
            }
        }
    }
}

/// Takes a response's body.
private final actor Store {
    var bytes: [UInt8] = []

    func append(_ more: [UInt8]) { bytes += more }
}

private struct Collector: ResponseBodyWriter {
    private let store = Store()

    var bytes: [UInt8] {
        get async { await store.bytes }
    }

    func write(_ buffer: ByteBuffer) async throws { await store.append(Array(buffer.readableBytesView)) }

    consuming func finish(_: HTTPFields?) async throws {}
}
