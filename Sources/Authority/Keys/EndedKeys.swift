package import LicenceCode
import Publication
package import Registry

/// Whether keys have ended as their acts say, and as the trust list tells.
extension Authority {
    /// Keys that are revoked or retired and of which no act says so, or another thing, or the other way about.
    package func faultsOfKeys(_ session: Registry.Session) throws -> [String] {
        if let fault = try session.bentTables().first { return [fault] }
        for act in try session.actsOnTheAuthority([.retireKey, .revokeKey]) {
            if let fault = try session.fault(of: act) { return [fault] }
        }
        return try faultsOfEnds(of: session.keys(of: record), session)
    }

    /// The same of some keys; that the acts are those that were signed is not asked.
    func faultsOfEnds(of keys: [TrustedKey], _ session: Registry.Session) throws -> [String] {
        // The last one holds: an instant may have moved to an earlier one.
        var told: [AuthorityAct: [Substring: String]] = [:]
        for act in try session.actsOnTheAuthority([.retireKey, .revokeKey]) {
            let words = act.deed.reason.split(separator: " ", maxSplits: 2)
            guard case .authority(let kind) = act.deed.kind, words.count == 3, words[0] == "key" else { continue }
            told[kind, default: [:]][words[1]] = act.deed.reason
        }
        return keys.flatMap { key in
            [
                (AuthorityAct.retireKey, "retired", key.retiredAt.map { Deed.retirement(of: key.number, at: $0) }),
                (.revokeKey, "revoked", key.revocation.map { Deed.revocation(of: key.number, $0) }),
            ].compactMap { kind, word, now in
                switch (told[kind]?["\(key.number)"], now) {
                case (nil, nil): return nil
                case (nil, _?): return "key \(key.number) is \(word), and nobody recorded that"
                case (_?, nil): return "key \(key.number) was \(word) by an act and is not"
                case (let told?, let now?):
                    return told == now ? nil : "key \(key.number) is \(word) as “\(now)”, and by its act as “\(told)”"
                }
            }
        }
    }

    /// Refuses keys that have ended otherwise than their acts say: what the root signs of it cannot be taken back.
    func refuseOtherKeys(_ session: Registry.Session) throws {
        guard let fault = try faultsOfKeys(session).first else { return }
        throw AuthorityError.tampered(fault, "the root signs nothing of it")
    }

    /// Keys that have ended here and not, or not at that instant, in the newest trust list.
    package func endedUntold(_ session: Registry.Session) throws -> [IssuerNumber] {
        guard let list = try session.newestTrustList().map({ try trustList($0) }) else { return [] }
        return try session.keys(of: record).filter { key in
            let told = list.key(key.number)
            return told?.revocation != key.revocation || told?.retiredAt != key.retiredAt
        }.map(\.number)
    }
}
