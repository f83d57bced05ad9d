import NIOCore
import NIOHTTP1

/// Says what was wrong with a request that could not be read, where there would be an empty answer of status 400 behind those before.
final class UnreadableRequests: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var error: HTTPParserError?

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.error = self.error ?? (error as? HTTPParserError)
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // No route has an empty answer of this status.
        guard let error, case .head(let head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headers["content-length"] == ["0"]
        else { return context.write(data, promise: promise) }
        let problem = BareProblem(error)
        let headers = HTTPHeaders(problem.fields)
        let answer = HTTPResponseHead(version: head.version, status: problem.status, headers: headers)
        context.write(wrapOutboundOut(.head(answer)), promise: promise)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: problem.body)))), promise: nil)
    }
}

extension BareProblem {
    fileprivate init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            let (size, field) = (Connection.decoding.maxHeaderListSize, Connection.decoding.maxHeaderFieldSize)
            self.init(
                .requestHeaderFieldsTooLarge,
                "the head has more than \(size) bytes or \(Connection.decoding.maxHeaderFieldCount) fields, "
                    + "or one of more than \(field) bytes"
            )
        case .invalidMethod: self.init(.badRequest, "the method is none of those of HTTP")
        default: self.init(.badRequest, "this is no request of HTTP/1.1")
        }
    }
}
