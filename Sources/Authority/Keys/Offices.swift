package import Licence
import LicenceCode
package import OpenSSL
package import Publication
package import Registry

extension Authority {
    /// An office that is to get a key.
    package struct NewOffice {
        package let division: DivisionCode
        package let name: Bilingual
        package let kinds: Set<LicenceKind>

        package init(division: DivisionCode, name: Bilingual, kinds: Set<LicenceKind>) {
            self.division = division
            self.name = name
            self.kinds = kinds
        }
    }

    /// A key that is to be made, and from when on it signs.
    package struct NewKey {
        package let algorithm: Algorithm
        package let place: KeyPlace
        /// Nil: from now on.
        package let from: Instant?

        package init(algorithm: Algorithm, place: KeyPlace, from: Instant? = nil) {
            self.algorithm = algorithm
            self.place = place
            self.from = from
        }
    }

    /// A new key as it stands now.
    package enum MadeKey {
        /// On the newest trust list.
        case trusted(TrustedKey)
        /// Waits for the root, which is kept apart.
        case requested(RequestedKey)
    }

    /// Makes an office and its key; the root certifies it and puts it on a new trust list, at once or when it is asked.
    package func add(
        _ office: NewOffice,
        key: NewKey,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> MadeKey {
        try make(
            key,
            for: .licences,
            name: office.name.zh,
            AuthorityAct.addOffice,
            "\(office.division) \(office.name.zh) (\(office.name.en))",
            officer: officer,
            now: now
        ) { session in
            try session.insert(OfficeRecord(division: office.division, name: office.name))
            return (office.division, [office.division], office.kinds)
        }
    }

    /// Makes another key of an office, with the same divisions and kinds; those before it go on until they are retired.
    package func rotateKey(
        of division: DivisionCode,
        key: NewKey,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> MadeKey {
        let (offices, present) = try registry.read { (try $0.offices(), try $0.keys(of: record)) }
        guard let office = offices.first(where: { $0.division == division }) else {
            throw AuthorityError(.noSuchOffice, "there is no office \(division)")
        }
        let newest = present.last { $0.purpose == .licences && $0.office == division }
        guard let newest else {
            throw AuthorityError(
                .illegalKeyChange,
                "office \(division) has no key yet; its first one waits for the root"
            )
        }
        return try make(
            key,
            for: .licences,
            name: office.name.zh,
            AuthorityAct.addKey,
            "\(division) \(office.name.zh)",
            officer: officer,
            now: now
        ) { _ in (division, newest.divisions, newest.kinds) }
    }

    /// Makes another key for lists; it signs every list from then on.
    package func rotateListKey(
        _ key: NewKey,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> MadeKey {
        try make(key, for: .lists, name: "\(record.name) Lists", .addKey, "lists", officer: officer, now: now) { _ in
            (nil, [], [])
        }
    }

    /// Makes another key for the log; it signs every checkpoint from then on.
    package func rotateLogKey(
        in place: KeyPlace,
        officer: String,
        now: @autoclosure () -> Instant
    ) throws -> MadeKey {
        let key = NewKey(algorithm: .edDSA, place: place)
        return try make(key, for: .log, name: "\(record.name) Log", .addKey, "log", officer: officer, now: now) { _ in
            (nil, [], [])
        }
    }

    /// Whether the registry has the key after all, when it did not say so.
    private func isRecorded(_ key: KeyID) -> Bool {
        let known = try? registry.read { session in
            try session.keys(of: record).map(\.certificate.publicKey.id)
                + session.requestedKeys().map(\.request.publicKey.id)
        }
        return known?.contains(key) ?? true
    }

    private func make(
        _ new: NewKey,
        for purpose: TrustedKey.Purpose,
        name: String,
        _ act: AuthorityAct,
        _ reason: String,
        officer: String,
        now: () -> Instant,
        _ prepare: (Registry.Session) throws -> (DivisionCode?, [DivisionCode], Set<LicenceKind>)
    ) throws -> MadeKey {
        // Asked for before the registry is held: a person may be typing.
        _ = try seal(of: officer)
        if hasRootKey { _ = try keys.root(root) }
        let years = purpose == .licences ? Self.officeYears : Self.listYears
        return try home.withNewKey(new.algorithm, in: new.place, label: name, isNeeded: isRecorded) { key in
            let request = try CertificationRequest(organisation: record.name, commonName: name, signedBy: key)
            return try write(as: officer, now: now) { desk in
                let (session, now) = (desk.session, desk.now)
                let first = max(new.from ?? now, now)
                let last = min(Self.validity(from: first, years: years).upperBound, root.lifetime.upperBound)
                guard first <= last else {
                    throw AuthorityError(
                        .illegalKeyChange,
                        "the key would begin after the root's certificate has ended"
                    )
                }
                let (office, divisions, kinds) = try prepare(session)
                let requested = RequestedKey(
                    number: try session.nextKeyNumber(),
                    purpose: purpose,
                    office: office,
                    request: request,
                    divisions: divisions,
                    kinds: kinds,
                    validity: first...last
                )
                let content = [
                    "reason": reason, "algorithm": new.algorithm.rawValue, "name": name,
                    "from": new.from.map { "\($0)" } ?? "now",
                    "divisions": divisions.map(\.description).joined(separator: " "),
                    "kinds": kinds.map(\.rawValue).sorted().joined(separator: " "),
                ]
                let clearance = try clearance(for: act.rawValue, content, at: desk)
                try session.insert(requested)
                if hasRootKey { try renewTrustList(session, made: requested.number, now: now) }
                try desk.record(
                    Deed(
                        .authority(act),
                        digest: session.digest(of: requested, record),
                        reference: clearance,
                        reason: "key \(requested.number): \(reason)"
                    )
                )
                let trusted = try session.keys(of: record).first { $0.number == requested.number }
                return trusted.map(MadeKey.trusted) ?? .requested(requested)
            }
        }
    }

    /// The key that signs a licence: of the office asked for, or else of the narrowest office that may; of its live keys the newest.
    package func signer(
        for particulars: Particulars,
        office: DivisionCode?,
        among keys: [TrustedKey],
        now: Instant
    ) throws(AuthorityError) -> TrustedKey {
        let division = particulars.creditCode.division
        let ofOffice = keys.filter { $0.purpose == .licences && (office == nil || $0.office == office) }
        guard !ofOffice.isEmpty else {
            throw AuthorityError(
                .noSuchOffice,
                office.map { "there is no office \($0) with a key; `licet office list` shows all" }
                    ?? "there is no office with a key yet; `licet office add DIVISION --name NAME` makes one"
            )
        }
        let local = ofOffice.filter { key in key.divisions.contains { $0.covers(division) } }
        guard !local.isEmpty else {
            let whose = office.map { "office \($0)" } ?? "no office"
            throw AuthorityError(
                .noKey,
                field: "creditCode",
                "\(whose) may \(office == nil ? "" : "not ")issue for division \(division)"
            )
        }
        let fitting = local.filter { $0.kinds.contains(particulars.kind) }
        guard !fitting.isEmpty else {
            throw AuthorityError(
                .noKey,
                field: "kind",
                "no key of the office may sign a \(particulars.kind.name.en) licence"
            )
        }
        let live = fitting.filter { $0.signs(at: now) && $0.revocation == nil }
        guard
            let best = live.max(by: { ($0.office.level, $0.number.value) < ($1.office.level, $1.number.value) })
        else {
            let states = fitting.map { "key \($0.number) \($0.state(at: now).text)" }.joined(separator: ", ")
            throw AuthorityError(.noKey, "no key signs at \(now): \(states); `licet office rotate-key` makes the next")
        }
        return best
    }
}
