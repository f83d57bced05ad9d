import LicenceCode
import OpenSSL
package import Publication
import Registry

/// What the root knows, and a registry that was put back does not.
extension Authority {
    /// Takes over what the root has certified, retired and revoked and this registry, which was put back, does not know.
    ///
    /// What has been asked for since under the number of such a key gets another. Returns what the officer must look at; `adopted` says it of
    /// a key that nobody here knows. With `reference` all rests on that act, a restoration.
    package func adoptLostKeys(
        of list: TrustList,
        reference: Int? = nil,
        at desk: Desk,
        adopted: (TrustedKey) -> String
    ) throws -> [String] {
        let session = desk.session
        let known = Dictionary(try session.keys(of: record).map { ($0.number, $0) }) { first, _ in first }
        let requested = try session.requestedKeys()
        var remarks: [String] = []
        for key in list.keys {
            let mine = known[key.number]
            if mine == nil {
                let asked = requested.first { $0.number == key.number }
                if let asked, asked.request.publicKey.id == key.certificate.publicKey.id {
                    // Accepting makes it a key, but for what became of it since.
                    guard key.revocation != nil || key.retiredAt != nil else { continue }
                    try refuseUnasked(asked, session)
                    try session.certify(asked, with: key.certificate)
                } else {
                    if let asked { try session.renumber(asked, after: list.keys.map(\.number).max()) }
                    try session.adopt(key, isOfOffice: key.purpose == .licences)
                    remarks.append(adopted(key))
                }
            }
            if let at = key.retiredAt, (mine?.retiredAt).map({ at < $0 }) ?? true {
                try session.retire(key.number, at: at)
                try desk.record(
                    Deed(.authority(.retireKey), reference: reference, reason: Deed.retirement(of: key.number, at: at))
                )
                remarks.append("key \(key.number) retires at \(at), as the root knows from before the loss")
            }
            if let revocation = key.revocation, (mine?.revocation).map({ revocation.at < $0.at }) ?? true {
                try session.revoke(key.number, revocation)
                let words = Deed.revocation(of: key.number, revocation)
                try desk.record(Deed(.authority(.revokeKey), reference: reference, reason: words))
                remarks.append(
                    "key \(key.number) is revoked as of \(revocation.at), as the root knows from before the loss"
                )
            }
        }
        return remarks
    }

    /// Whether the registry was put back and `list` may tell of keys that were lost: the root signed it before, or it is the first answer
    /// since.
    func isFromBefore(_ list: TrustList, _ session: Registry.Session) throws -> Bool {
        guard let restored = try session.actsOnTheAuthority([.restore]).last else { return false }
        return try list.issuedAt <= restored.at
            || !session.actsOnTheAuthority([.acceptTrustList])
                .contains { $0.number > restored.number && $0.deed.reference == nil }
    }
}
