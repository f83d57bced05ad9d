package import Licence
import LicenceCode
package import OpenSSL
package import Registry

extension Authority {
    /// Makes a key for somebody who is to become an officer, and keeps it in the home; what others need of it is public.
    package func makeOfficerKey(of name: String, place: KeyPlace) throws -> PublicKey {
        try home.withNewKey(.edDSA, in: place, label: "\(name) (officer)") { $0.publicKey }
    }

    /// Makes an officer with a key that the officer has made, and with it the secret that opens it.
    package func addOfficer(
        _ name: String,
        isSupervisor: Bool,
        key: PublicKey,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> Officer {
        guard key.algorithm == .edDSA else { throw AuthorityError(.officer, "an officer's key is one of Ed25519") }
        return try write(as: officer, now: now) { desk in
            guard try !desk.session.officers().contains(where: { $0.key.id == key.id }) else {
                throw AuthorityError(.alreadyThere, "key \(key.id) is an officer's already")
            }
            let digest = Digest(of: key.subjectPublicKeyInfo)
            let clearance = try clearanceToAdd(name, isSupervisor, key: digest.description, at: desk)
            return try record(.addOfficer, name, key, isSupervisor, clearance, at: desk)
        }
    }

    /// Makes an officer and the key; `place` is opened by a secret that only that officer should have.
    ///
    /// - Throws: ``AuthorityError/Code/officer`` where acts need approval: whoever made the key of another would have two pairs of eyes.
    package func addOfficer(
        _ name: String,
        isSupervisor: Bool,
        place: KeyPlace,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> Officer {
        try makeOfficerKey(name, place, .addOfficer, officer, now) { desk in
            guard try !desk.session.policy().isSet else {
                throw AuthorityError(
                    .officer,
                    "where acts need approval an officer makes the key: `licet officer request \(name)`, then `officer add --public-key`"
                )
            }
            return (isSupervisor, try clearanceToAdd(name, isSupervisor, key: nil, at: desk))
        }
    }

    /// Refuses a name that is taken, or looks like it.
    private func clearanceToAdd(_ name: String, _ isSupervisor: Bool, key: String?, at desk: Desk) throws -> Int? {
        let known = try desk.session.officers()
        // Two names that people take for one would be two pairs of eyes of one person.
        if let other = known.first(where: { NameKey($0.name).skeleton == NameKey(name).skeleton }) {
            throw AuthorityError(
                .alreadyThere,
                "there is an officer \(other.name), or there was; a name, or one that looks like it, is never used again"
            )
        }
        var content = ["officer": name, "supervisor": "\(isSupervisor)"]
        content["key"] = key
        return try clearance(for: AuthorityAct.addOfficer.rawValue, content, at: desk)
    }

    /// Gives an officer a new key; the one before signs no more.
    package func rotateOfficerKey(
        place: KeyPlace,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> Officer {
        try makeOfficerKey(officer, place, .rotateOfficerKey, officer, now) { desk in (desk.officer.isSupervisor, nil) }
    }

    private func makeOfficerKey(
        _ name: String,
        _ place: KeyPlace,
        _ act: AuthorityAct,
        _ officer: String,
        _ now: () -> Instant,
        _ check: (Desk) throws -> (isSupervisor: Bool, clearance: Int?)
    ) throws -> Officer {
        _ = try seal(of: officer)
        return try home.withNewKey(.edDSA, in: place, label: "\(name) (officer)", isNeeded: isOfficer) { key in
            try write(as: officer, now: now) { desk in
                let (isSupervisor, clearance) = try check(desk)
                return try record(act, name, key.publicKey, isSupervisor, clearance, at: desk)
            }
        }
    }

    private func record(
        _ act: AuthorityAct,
        _ name: String,
        _ key: PublicKey,
        _ isSupervisor: Bool,
        _ clearance: Int?,
        at desk: Desk
    ) throws -> Officer {
        try desk.record(
            Deed(
                .authority(act),
                digest: Digest(of: key.subjectPublicKeyInfo),
                reference: clearance,
                reason: name,
                detail: try Officer.detail(name: name, key: key, isSupervisor: isSupervisor)
            )
        )
        guard let made = try desk.session.officers().last else {
            throw RegistryError(.storage, "the new officer is not in the registry")
        }
        return made
    }

    /// Whether the registry knows the key after all, when it did not say so.
    private func isOfficer(_ key: KeyID) -> Bool {
        (try? registry.read { try $0.officers() })?.contains { $0.key.id == key } ?? true
    }

    /// Ends the work of an officer; what he or she did stays.
    package func retireOfficer(
        _ name: String,
        reason: String,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws {
        try write(as: officer, now: now) { desk in
            let live = try desk.session.officers().filter { $0.retired == nil }
            guard live.contains(where: { $0.name == name }) else {
                throw AuthorityError(.officer, "there is no officer \(name) at work")
            }
            let left = live.filter { $0.name != name }
            let policy = try desk.session.policy()
            guard !left.isEmpty, policy.canBeMet(by: left) else {
                throw AuthorityError(
                    .officer,
                    "without \(name) there are not enough supervisors to approve what needs approval, or nobody is left"
                )
            }
            let clearance = try clearance(
                for: AuthorityAct.retireOfficer.rawValue,
                ["officer": name, "reason": reason],
                at: desk
            )
            try desk.record(
                Deed(.authority(.retireOfficer), reference: clearance, reason: "\(name): \(reason)", detail: name)
            )
        }
    }
}

extension Policy {
    /// Whether whoever proposes finds enough others to approve.
    func canBeMet(by officers: [Officer]) -> Bool {
        !isSet || Set(officers.filter(\.isSupervisor).map(\.name)).count > approvals
    }
}
