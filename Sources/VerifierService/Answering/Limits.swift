import HTTPTypes
import NIOCore
package import Serving

/// How much clients may ask for, each and all together.
package struct Limits: Sendable {
    let proxies: Proxies
    let rate: RateLimit
    /// Batches that are being answered.
    let batches: Shares
    /// Photos that one client has under way; how many there may be in all is ``PhotoReader``'s.
    let photos: Shares
    /// Credit codes that wait to be looked up, one after the other.
    let lookUps: Shares

    /// What a photo counts as, in requests.
    static let priceOfPhoto = 10
    /// Seconds after which whoever was refused for want of room may try again.
    static let retryAfter = 2

    package init(
        proxies: Proxies = Proxies(),
        rate: RateLimit = RateLimit(perSecond: 0, burst: 0),
        batches: Int = 32,
        batchesOfOne: Int = 2,
        photosOfOne: Int = 4,
        lookUps: Int = 64,
        lookUpsOfOne: Int = 16
    ) {
        self.proxies = proxies
        self.rate = rate
        self.batches = Shares(most: batchesOfOne, inAll: batches)
        photos = Shares(most: photosOfOne)
        self.lookUps = Shares(most: lookUpsOfOne, inAll: lookUps)
    }

    func client(of request: HTTPRequest, from peer: SocketAddress?) -> Client {
        proxies.client(forwarded: request.headerFields[values: .forwarded], from: peer)
    }

    /// The right of a client to have a photo under way; it has been counted as one request already.
    ///
    /// - Throws: 429, where the client has as many as one may have or has sent too many.
    func photo(of client: Client) throws(Problem) -> Share {
        let share = try Self.share(of: photos, for: client, "pictures", "read", retryAfter: PhotoReader.retryAfter)
        if let seconds = rate.wait(of: client, cost: Self.priceOfPhoto - 1) {
            throw .tooMany("more pictures were sent from this address than is allowed", retryAfter: seconds)
        }
        return share
    }

    /// The right of a client to have a batch answered.
    ///
    /// - Throws: 429, where the client has as many as one may have, and 503, where all together have.
    func batch(of client: Client) throws(Problem) -> Share {
        try Self.share(of: batches, for: client, "batches", "answered")
    }

    /// How fast the lines of a batch are taken from a client.
    func pace(of client: Client) -> LinePace { LinePace(rate, of: client, batches: batches) }

    /// The right of a client to have a credit code looked up; throws as ``batch(of:)``.
    func lookUp(of client: Client) throws(Problem) -> Share {
        try Self.share(of: lookUps, for: client, "credit codes", "looked up")
    }

    private static func share(
        of shares: Shares,
        for client: Client,
        _ things: String,
        _ done: String,
        retryAfter seconds: Int = Self.retryAfter
    ) throws(Problem) -> Share {
        do throws(Shares.Shortage) { return try shares.take(for: client) } catch {
            switch error {
            case .ofClient:
                throw .tooMany("as many \(things) from this address are being \(done) as may be", retryAfter: seconds)
            case .inAll: throw .busy("as many \(things) are being \(done) as may be", retryAfter: seconds)
            }
        }
    }
}

extension HTTPField.Name {
    /// RFC 7239.
    static let forwarded = HTTPField.Name("Forwarded") ?? .via
}
