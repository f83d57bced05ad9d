package import Licence
import LicenceCode
import OpenSSL
package import Registry

extension Authority {
    /// Makes an officer with a key of his or her own; `place` is opened by a secret that only that officer has.
    package func addOfficer(
        _ name: String,
        isSupervisor: Bool,
        place: KeyPlace,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> Officer {
        try makeOfficerKey(name, place, .addOfficer, officer, now) { desk in
            let known = try desk.session.officers()
            // Two names that people take for one would be two pairs of eyes of one person.
            if let other = known.first(where: { NameKey($0.name).skeleton == NameKey(name).skeleton }) {
                throw AuthorityError(
                    .alreadyThere,
                    "there is an officer \(other.name), or there was; a name, or one that looks like it, is never used again"
                )
            }
            let clearance = try clearance(
                for: AuthorityAct.addOfficer.rawValue,
                ["officer": name, "supervisor": "\(isSupervisor)"],
                at: desk
            )
            return (isSupervisor, clearance)
        }
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
                try desk.record(
                    Deed(
                        .authority(act),
                        digest: Digest(of: key.publicKey.subjectPublicKeyInfo),
                        reference: clearance,
                        reason: name,
                        detail: try Officer.detail(name: name, key: key.publicKey, isSupervisor: isSupervisor)
                    )
                )
                guard let made = try desk.session.officers().last else {
                    throw RegistryError(.storage, "the new officer is not in the registry")
                }
                return made
            }
        }
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
