import Authority
import OpenSSL
import Registry

extension Authority {
    /// Who may do what, by the registry that is replaced.
    struct Rules {
        let policy: Policy
        let officers: [Officer]

        /// Why nobody believes them.
        struct Unbelieved: Error {
            let reason: String
        }

        /// Those of `present`, which is to be replaced; nil where there is none.
        ///
        /// The officers' own signatures must be under them: what is taken over here is signed anew by who restores.
        static func of(_ present: Registry?, _ before: Anchor?) -> Result<Rules, Unbelieved>? {
            guard let present else { return nil }
            do {
                return try present.read { session in
                    if let fault = try session.brokenPages().first ?? session.faultOfRules() {
                        return .failure(Unbelieved(reason: "in the registry that is replaced \(fault)"))
                    }
                    // One that was put back by hand has lost what the anchor knows.
                    if let before, try session.rules(upTo: before.acts) != before.rules {
                        return .failure(
                            Unbelieved(reason: "in the registry that is replaced they are not those that there were")
                        )
                    }
                    return .success(Rules(policy: try session.policy(), officers: try session.officers()))
                }
            } catch {
                return .failure(Unbelieved(reason: "the registry that is replaced cannot be read (\(error))"))
            }
        }
    }

    /// Sees to it that a copy from before brings back no officer who is gone and takes away no policy.
    func keep(_ rules: Rules, _ restore: Int, at desk: Desk) throws -> [String] {
        var remarks: [String] = []
        let here = try desk.session.officers().filter { $0.retired == nil }
        let there = rules.officers.filter { $0.retired == nil }
        guard there.contains(where: { $0.name == desk.officer.name }) else {
            throw AuthorityError(
                .officer,
                "\(desk.officer.name) is no officer any more, by the registry that is to be replaced"
            )
        }
        for name in Set(here.map(\.name)).sorted() where !there.contains(where: { $0.name == name }) {
            let reason = "registry put back: retired before the loss"
            try desk.record(
                Deed(.authority(.retireOfficer), reference: restore, reason: "\(name): \(reason)", detail: name)
            )
            remarks.append("officer \(name) stays retired")
        }
        let names = Set(try desk.session.officers().map(\.name))
        // Without them there might be nobody who can approve, and the policy stays.
        for officer in there where !here.contains(where: { $0.name == officer.name }) {
            if names.contains(officer.name) {
                remarks.append(
                    "officer \(officer.name) is retired, by the copy; a name is given once, add the person under another"
                )
                continue
            }
            let detail = try Officer.detail(name: officer.name, key: officer.key, isSupervisor: officer.isSupervisor)
            try desk.record(
                Deed(
                    .authority(.addOfficer),
                    digest: Digest(of: officer.key.subjectPublicKeyInfo),
                    reference: restore,
                    reason: officer.name,
                    detail: detail
                )
            )
            remarks.append("officer \(officer.name) stays, as the registry that is replaced says")
        }
        for officer in there {
            guard let older = here.first(where: { $0.name == officer.name }), older.key.id != officer.key.id else {
                continue
            }
            remarks.append(
                "officer \(officer.name) signs with the key from before; `licet officer rotate-key` makes another"
            )
        }
        if rules.policy != (try desk.session.policy()) {
            try desk.record(
                Deed(
                    .authority(.setPolicy),
                    reference: restore,
                    reason: "registry put back: set before the loss",
                    detail: try rules.policy.detail
                )
            )
            remarks.append("the policy of the registry that is replaced stays")
        }
        return remarks
    }
}
