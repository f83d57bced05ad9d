package import Licence
package import OpenSSL
import Publication
package import Registry

/// An officer at work in one transaction: every act is the officer's, and at one time.
package struct Desk {
    package let session: Registry.Session
    package let officer: Officer
    package let now: Instant

    package func record(_ deed: Deed) throws { try session.record(deed, by: officer.number, at: now) }
}

/// That an authority is open: many may be, but none while its registry is put back.
package final class Presence: Sendable {
    private let lock: FileLock?

    package init(_ home: Home) throws { lock = try FileLock(path: home.registryLock, shared: true) }

    /// For who holds the lock alone.
    package init(unlocked: ()) { lock = nil }
}

/// An officer whose key is open.
package struct Seal {
    package let officer: Officer
    package let signer: any Signer
}

extension Authority {
    /// Changes the registry in one transaction, in which all acts are `officer`'s.
    ///
    /// They are chained, signed, and anchored once they are on the disk. When this returns, all of it is there; when it throws, nothing
    /// is, or only the anchor is behind, which does no harm.
    ///
    /// With `isAnchored` false a registry is taken as it is, whatever the anchor says, and the anchor is put to its end.
    package func write<Value>(
        as officer: String,
        isAnchored: Bool = true,
        now: () -> Instant,
        _ body: (Desk) throws -> Value
    ) throws -> Value {
        // Opened before the registry is held: a person may be typing.
        let seal = try seal(of: officer)
        var head: Anchor?
        let value: Value
        do {
            value = try registry.write { session in
                if isAnchored {
                    try home.checkAnchor(session)
                    try home.checkTail(session)
                }
                // Asked for once the registry is ours: while waiting for it others record acts.
                let now = try signingTime(now(), session)
                guard try session.officers().contains(where: { $0.number == seal.officer.number && $0.retired == nil })
                else { throw AuthorityError(.officer, "the key of \(officer) was retired or replaced just now") }
                let value = try body(Desk(session: session, officer: seal.officer, now: now))
                if try session.sign(with: seal.signer) != nil { head = try Anchor(of: session) }
                return value
            }
        } catch let needed as ApprovalNeeded {
            throw try propose(needed, as: seal, now: now)
        }
        if let head, isAnchored { try home.moveAnchor(to: head) }
        return value
    }

    /// Opens the key of an officer; asks for the passphrase where it was not opened before.
    package func seal(of name: String) throws -> Seal {
        let officers = try registry.read { try $0.officers() }
        guard let officer = officers.last(where: { $0.name == name && $0.retired == nil }) else {
            let known = Set(officers.filter { $0.retired == nil }.map(\.name)).sorted().joined(separator: ", ")
            throw AuthorityError(
                .officer,
                "there is no officer \(name); there are \(known). `--officer NAME` says who you are, `licet officer add` makes one"
            )
        }
        return Seal(officer: officer, signer: try keys.signer(of: officer))
    }
}
