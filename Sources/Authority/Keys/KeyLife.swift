package import Licence
import LicenceCode
import OpenSSL
package import Publication
import Registry

extension Authority {
    /// A key by its number or its identifier.
    package func key(_ name: String) throws -> TrustedKey {
        let all = try registry.read { try $0.keys(of: record) }
        let found = all.first {
            $0.number.description == name || $0.certificate.publicKey.id.description == name.lowercased()
        }
        guard let found else {
            throw AuthorityError(
                .noSuchKey,
                "there is no key \(name); `licet office list` shows all by number and identifier"
            )
        }
        return found
    }

    /// Makes a key sign no more from `instant` on; what it signed before is believed.
    ///
    /// - Throws: ``AuthorityError/Code/illegalKeyChange`` when that lies in the past, when the key is revoked or retired, or when nobody
    ///   else could go on with its work.
    package func retire(
        _ key: TrustedKey,
        at instant: Instant?,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws {
        if hasRootKey { _ = try keys.root(root) }
        try write(as: officer, now: now) { desk in
            let (session, now) = (desk.session, desk.now)
            let at = instant ?? now
            let key = try current(key, session)
            if let revocation = key.revocation { throw Self.illegal(key, "is revoked as of \(revocation.at)") }
            if let before = key.retiredAt, before <= at { throw Self.illegal(key, "retired at \(before)") }
            guard at >= now else { throw Self.illegal(key, "cannot retire in the past, at \(at)") }
            try checkHeir(of: key, at: at, session)
            let reason = Deed.retirement(of: key.number, at: at)
            // Where no instant was named, what is proposed is that it happens as soon as it is approved.
            let content = instant == nil ? ["key": "\(key.number)", "at": "once approved"] : ["reason": reason]
            let clearance = try clearance(for: AuthorityAct.retireKey.rawValue, content, at: desk)
            try session.retire(key.number, at: at)
            try desk.record(Deed(.authority(.retireKey), reference: clearance, reason: reason))
            if hasRootKey { try renewTrustList(session, now: now) }
        }
    }

    /// Makes a key believed only for what it signed before `instant`; from this moment on it signs nothing.
    ///
    /// Where it was revoked before, the instant may move to an earlier one. With `mustHaveHeir` nothing is done unless another key of
    /// the office can reissue what this makes invalid.
    package func revoke(
        _ key: TrustedKey,
        asOf instant: Instant,
        reason: String,
        mustHaveHeir: Bool = false,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws {
        if hasRootKey { _ = try keys.root(root) }
        try write(as: officer, now: now) { desk in
            let (session, now) = (desk.session, desk.now)
            let key = try current(key, session)
            // Without a key for lists or the log nothing could be published, the revocation least of all.
            if mustHaveHeir || key.purpose != .licences { try checkHeir(of: key, at: now, session) }
            guard instant <= now else {
                throw Self.illegal(key, "cannot be revoked as of \(instant), which is to come")
            }
            if let before = key.revocation {
                // The same again changes nothing, so that what was broken off can be gone on with.
                if before.at == instant { return }
                guard instant < before.at else {
                    throw Self.illegal(
                        key,
                        "is revoked as of \(before.at) already; that moves to an earlier instant only"
                    )
                }
            }
            let revocation = TrustedKey.Revocation(at: instant, reason: reason)
            let words = Deed.revocation(of: key.number, revocation)
            let clearance = try clearance(for: AuthorityAct.revokeKey.rawValue, ["reason": words], at: desk)
            try session.revoke(key.number, revocation)
            try desk.record(Deed(.authority(.revokeKey), reference: clearance, reason: words))
            if hasRootKey { try renewTrustList(session, now: now) }
        }
    }

    private func checkHeir(of key: TrustedKey, at instant: Instant, _ session: Registry.Session) throws {
        let heirs = try session.keys(of: record).filter {
            $0.number != key.number && $0.purpose == key.purpose && $0.office == key.office
                && $0.revocation == nil && $0.signs(at: instant)
        }
        guard heirs.isEmpty else { return }
        throw Self.illegal(
            key,
            "has no successor that signs at \(instant); `rotate-key` makes one, so nothing was changed"
        )
    }

    private func current(_ key: TrustedKey, _ session: Registry.Session) throws -> TrustedKey {
        guard let current = try session.keys(of: record).first(where: { $0.number == key.number }) else {
            throw AuthorityError(.noSuchKey, "there is no key \(key.number)")
        }
        return current
    }

    private static func illegal(_ key: TrustedKey, _ reason: String) -> AuthorityError {
        AuthorityError(.illegalKeyChange, "key \(key.number) of \(key.name.zh) \(reason)")
    }
}
