import CCurl

/// Gets files by HTTP, of a bounded size and within bounded times.
///
/// It keeps its connections alive, knows no cookies and no passwords, and is for one thread at a time: each makes its own.
/// Proxies are those of the environment (`https_proxy`, `no_proxy` and so on), as everywhere with libcurl.
package final class Fetcher {
    /// What a server said to a POST.
    package typealias Reply = (status: Int, contentType: String?, bytes: [UInt8])

    private let handle: Handle
    private let userAgent: String
    private let certificateAuthorities: String?
    private let deadlines: Deadlines

    static let mostRedirects = 3

    /// A client that has no connection yet.
    ///
    /// - Parameters:
    ///   - userAgent: What it calls itself, in printable ASCII.
    ///   - certificateAuthorities: The path of a file of certificates in PEM, believed instead of those of the system.
    ///   - deadlines: How long a transfer may last.
    /// - Throws: ``FetchError/Code/noLibrary``.
    package init(
        userAgent: String,
        certificateAuthorities: String? = nil,
        deadlines: Deadlines = Deadlines()
    ) throws(FetchError) {
        if let refusal = Library.refusal { throw FetchError(.noLibrary, address: "", refusal) }
        guard let handle = Handle() else {
            throw FetchError(.noLibrary, address: "", "libcurl has no memory left for a client")
        }
        self.handle = handle
        self.userAgent = Self.checked(userAgent)
        self.certificateAuthorities = certificateAuthorities
        self.deadlines = deadlines
    }

    /// Checks that an address may be asked at all; nothing is sent.
    ///
    /// - Throws: ``FetchError/Code/badAddress``.
    package static func check(_ url: String) throws(FetchError) { _ = try Address(url) }

    /// Gets the file at `url`, unless it is the one whose `entityTag` is given.
    ///
    /// Follows at most three redirects, from one address that may be asked to another, and never from https down to http.
    ///
    /// - Parameters:
    ///   - url: An address with http or https, in ASCII, without a user name.
    ///   - accept: The media types that are wanted (RFC 9110, section 12.5.1).
    ///   - entityTag: The tag that came with an earlier answer, as it came; one that is no tag is not sent.
    ///   - compressed: Whether the server may send the file in gzip; it is returned unpacked.
    ///   - fresh: Whether caches on the way shall ask the server itself (RFC 9111, section 5.2.1.4).
    ///   - limit: The most bytes that are accepted, unpacked.
    /// - Returns: The whole file, or that it has not changed.
    /// - Throws: ``FetchError``, also for a file that is cut short and for every status but 200 and 304.
    package func get(
        _ url: String,
        accept: String? = nil,
        entityTag: String? = nil,
        compressed: Bool = true,
        fresh: Bool = false,
        limit: Int
    ) throws(FetchError) -> Answer {
        let end = ContinuousClock.now + deadlines.whole
        let entityTag = entityTag.flatMap { Transfer.isFit(entityTag: $0) ? $0 : nil }
        var fields: [String] = []
        if let accept { fields.append("Accept: \(Self.checked(accept))") }
        if let entityTag { fields.append("If-None-Match: \(entityTag)") }
        if fresh { fields.append("Cache-Control: no-cache") }
        if compressed { fields.append("Accept-Encoding: gzip") }
        let asked = try Address(url)
        var address = asked
        for _ in 0...Self.mostRedirects {
            let transfer = Transfer(wanted: .file, compressed: compressed, limit: limit)
            let failure = try exchange(address, transfer, fields, until: end) { handle throws(Handle.Refusal) in
                try handle.set(CURLOPT_HTTPGET, 1)
            }
            let status = FetchError(
                .status(transfer.status),
                address: address.shown,
                "the server answers \(transfer.status)"
            )
            switch transfer.status {
            case ..<200: throw failure ?? FetchError(.broken, address: address.shown, "the server answers nothing")
            case 200:
                if let failure { throw failure }
                return .new(bytes: transfer.bytes, entityTag: transfer.entityTag)
            case 304 where entityTag != nil:
                if let failure { throw failure }
                return .unchanged
            case 301, 302, 303, 307, 308:
                if let failure { throw failure }
                guard let target = handle.redirectTarget else { throw status }
                address = try address.redirected(to: target)
            default: throw status
            }
        }
        throw FetchError(.broken, address: asked.shown, "is redirected more than \(Self.mostRedirects) times")
    }

    /// Posts `body` and returns what the server says to it, whatever the status; redirects are not followed.
    ///
    /// A request whose connection ends before a byte has come back is sent a second time: the server must bear that.
    ///
    /// - Throws: ``FetchError``, of every code but ``FetchError/Code/status(_:)``.
    package func post(
        _ url: String,
        _ body: [UInt8],
        contentType: String,
        limit: Int
    ) throws(FetchError) -> Reply {
        let address = try Address(url)
        let transfer = Transfer(wanted: .any, compressed: false, limit: limit)
        // An empty field is none: else libcurl would wait a second for leave to send a large body.
        let fields = ["Content-Type: \(Self.checked(contentType))", "Expect:"]
        let end = ContinuousClock.now + deadlines.whole
        let failure = try exchange(address, transfer, fields, until: end) { handle throws(Handle.Refusal) in
            try handle.set(body: body)
        }
        if let failure { throw failure }
        return (transfer.status, transfer.contentType, transfer.bytes)
    }

    /// Runs one request to its end, and returns how it failed.
    ///
    /// - Throws: ``FetchError`` when it cannot even begin.
    private func exchange(
        _ address: Address,
        _ transfer: Transfer,
        _ fields: [String],
        until end: ContinuousClock.Instant,
        _ method: (borrowing Handle) throws(Handle.Refusal) -> Void
    ) throws(FetchError) -> FetchError? {
        let rest = ContinuousClock.now.duration(to: end)
        guard rest > .zero else { throw FetchError(.tooSlow, address: address.shown, "is too slow") }
        do throws(Handle.Refusal) {
            try handle.reset()
            try setRules(for: address, rest)
            try method(handle)
        } catch {
            let code: FetchError.Code = error.code == CURLE_UNKNOWN_OPTION ? .noLibrary : .broken
            throw FetchError(code, address: address.shown, "libcurl cannot do what is asked (\(handle.reason(error)))")
        }
        do throws(Handle.Refusal) {
            try handle.perform(transfer, fields: fields)
            transfer.end()
        } catch {
            if transfer.refusal == nil { return failure(error, address) }
        }
        return transfer.refusal.map { FetchError($0.code, address: address.shown, $0.reason) }
    }

    /// What holds for every request.
    private func setRules(for address: Address, _ rest: Duration) throws(Handle.Refusal) {
        try handle.set(CURLOPT_URL, address.text)
        // Redirects are followed by `get`, which checks every step; here only so that nothing hangs on one check.
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_PROTOCOLS_STR, address.scheme.rawValue)
        try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        // A proxy's own answer is not the server's.
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try handle.set(CURLOPT_USERAGENT, userAgent)
        // One request follows another: HTTP/2 would gain nothing.
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // Unpacked by the transfer, which sees where a file ends.
        try handle.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        try handle.set(CURLOPT_NOSIGNAL, 1)
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))

        try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let certificateAuthorities {
            try handle.set(CURLOPT_CAINFO, certificateAuthorities)
            // The system's folder of certificates would be believed as well.
            try handle.set(CURLOPT_CAPATH, nil)
        }

        // 0 would be libcurl's own choice or for ever.
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, deadlines.connecting.milliseconds))
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, Deadlines.slowest)
        try handle.set(CURLOPT_LOW_SPEED_TIME, max(1, (deadlines.stalling.milliseconds + 999) / 1_000))
        try handle.set(CURLOPT_TIMEOUT_MS, max(1, rest.milliseconds))
    }

    private func failure(_ refusal: Handle.Refusal, _ address: Address) -> FetchError {
        let (code, reason): (FetchError.Code, String) =
            switch refusal.code {
            case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
                (.badAddress, "is no address that can be asked")
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY:
                (.unreachable, "cannot be reached")
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
                CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CLIENTCERT, CURLE_SSL_INVALIDCERTSTATUS:
                (.untrusted, "is not to be trusted")
            case CURLE_OPERATION_TIMEDOUT: (.tooSlow, "is too slow")
            case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
                (.broken, "the answer breaks off")
            default: (.broken, "the answer is no good")
            }
        return FetchError(code, address: address.shown, "\(reason) (\(handle.reason(refusal)))")
    }

    /// A text that goes into a header field as it is.
    private static func checked(_ text: String) -> String {
        precondition(text.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "a header field holds printable ASCII only")
        return text
    }
}

extension Duration {
    /// Rounded down, and bounded so that libcurl can count them.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(min(max(seconds, 0), 1_000_000) * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
