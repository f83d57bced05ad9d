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
        batches: Int = 4,
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
        guard let share = photos.take(for: client) else {
            throw .tooMany(
                "as many pictures from this address are being read as may be",
                retryAfter: PhotoReader.retryAfter
            )
        }
        if let seconds = rate.wait(of: client, cost: Self.priceOfPhoto - 1) {
            throw .tooMany("more pictures were sent from this address than is allowed", retryAfter: seconds)
        }
        return share
    }
}

extension HTTPField.Name {
    /// RFC 7239.
    static let forwarded = HTTPField.Name("Forwarded") ?? .via
}
