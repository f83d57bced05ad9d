import Foundation
package import Licence
package import LicenceCode
package import OpenSSL
import Publication
package import Registry

/// A licensing authority: its root, its offices and their keys, and the registry that they write.
package struct Authority {
    package let home: Home
    package let registry: Registry
    package let record: AuthorityRecord
    package let root: Certificate
    package let keys: KeyRing
    /// Kept for as long as this is: nobody puts another registry in place meanwhile.
    private let presence: Presence

    /// How long a trust list speaks that the root, whose key is at hand, renews by itself, in seconds: 90 days.
    package static let trustListLifetime: Int64 = 90 * 86_400
    /// From `first` on for so many years, their last second included (RFC 5280, section 4.1.2.5).
    static func validity(from first: Instant, years: Int) -> ClosedRange<Instant> {
        first...first.adding(years: years).adding(seconds: -1)
    }

    /// Opens the authority that lives at `home`.
    package init(home: Home, prompt: @escaping SecretPrompt) throws {
        try home.checkOwnership()
        // Where there is no authority, nothing is made, not even a lock.
        let isThere = FileManager.default.fileExists(atPath: home.registry)
        let presence = try isThere ? Presence(home) : Presence(unlocked: ())
        try self.init(home: home, registry: home.registry, prompt: prompt, presence: presence)
    }

    /// Opens the authority with the registry that lies at `path`.
    package init(home: Home, registry path: String, prompt: @escaping SecretPrompt, presence: Presence) throws {
        self.home = home
        self.presence = presence
        registry = try Registry(path: path)
        record = try registry.read { try $0.authority() }
        root = try home.readRoot()
        keys = KeyRing(home: home, prompt: prompt)
    }

    /// The greatest skew that an authority may declare, in seconds, whatever its registry says.
    package static let greatestSkew = 300

    /// The text that stands before the digits of this authority's codes.
    package var prefix: CodePrefix {
        get throws { try record.verifyAddress.map { try CodePrefix(verifyAddress: $0) } ?? .bare }
    }

    /// The day at the authority.
    package func today(_ now: Instant) throws -> CalendarDate { try CalendarDate(at: now, utcOffset: record.utcOffset) }

    /// The time that what is signed at `now` bears: never before what was recorded already.
    ///
    /// - Throws: ``AuthorityError/Code/clock`` when the clock is behind the newest record by more than the authority's declared skew.
    package func signingTime(_ now: Instant, _ session: Registry.Session) throws -> Instant {
        guard let newest = try session.newestRecord(), now < newest else { return now }
        guard newest.since(now) <= Int64(min(record.clockSkew, Self.greatestSkew)) else {
            throw AuthorityError(
                .clock,
                "the clock says \(now), but something was recorded at \(newest); nothing is signed until it is set right"
            )
        }
        return newest
    }
}

extension Authority {
    /// The root and all roots that it vouches for, or that vouch for it.
    package var roots: [Certificate] { get throws { TrustList.roots(from: root, by: try home.crossCertificates()) } }
}
