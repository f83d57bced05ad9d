package import Licence
package import Publication

/// Where a key stands in its life.
package enum KeyState: Hashable {
    case future(Instant)
    case live
    case retired(Instant)
    case expired(Instant)
    case revoked(Instant)

    /// One word.
    package var word: String {
        switch self {
        case .future: "future"
        case .live: "live"
        case .retired: "retired"
        case .expired: "expired"
        case .revoked: "revoked"
        }
    }

    /// The word and since or until when.
    package var text: String {
        switch self {
        case .future(let first): "signs from \(first)"
        case .live: "is live"
        case .retired(let at): "retired at \(at)"
        case .expired(let last): "expired at \(last)"
        case .revoked(let at): "is revoked as of \(at)"
        }
    }
}

extension TrustedKey {
    package func state(at now: Instant) -> KeyState {
        if let revocation { return .revoked(revocation.at) }
        if let retiredAt, now >= retiredAt { return .retired(retiredAt) }
        if now > validity.upperBound { return .expired(validity.upperBound) }
        return now < validity.lowerBound ? .future(validity.lowerBound) : .live
    }
}
