package import Licence
import LicenceCode
package import OpenSSL
package import Publication
import Registry

extension Authority {
    /// An office that is to get a key.
    package struct NewOffice {
        package let division: DivisionCode
        package let name: Bilingual
        package let kinds: Set<LicenceKind>
        package let algorithm: Algorithm

        package init(division: DivisionCode, name: Bilingual, kinds: Set<LicenceKind>, algorithm: Algorithm) {
            self.division = division
            self.name = name
            self.kinds = kinds
            self.algorithm = algorithm
        }
    }

    /// Makes an office's key, certifies it with the root and puts it on a new trust list.
    package func add(
        _ office: NewOffice,
        officer: String,
        now: @autoclosure () -> Instant,
        passphrase: Secret
    ) throws -> TrustedKey {
        let rootKey = try keys.root(root)
        let key = try PrivateKey(algorithm: office.algorithm)
        let made = now()
        let certificate = try CertificateTemplate.licences(
            of: office.name.zh,
            authority: record.name,
            jurisdiction: Jurisdiction(divisions: [office.division], kinds: office.kinds),
            validity: made...made.adding(seconds: 5 * Self.year)
        ).certificate(of: key.publicKey, signedBy: rootKey, issuer: root)
        return try registry.write { session in
            let now = now()
            try checkClock(now, session)
            try session.insert(OfficeRecord(division: office.division, name: office.name))
            let number = try session.insert(
                NewKey(
                    purpose: .licences,
                    office: office.division,
                    certificate: certificate,
                    divisions: [office.division],
                    kinds: office.kinds
                )
            )
            try session.issueTrustList(record, root: rootKey, now: now)
            try session.record(
                Act(
                    at: now,
                    officer: officer,
                    kind: .addOffice,
                    subject: nil,
                    reason: "\(office.division) \(office.name.zh)"
                )
            )
            // The key is on the disk before the registry names it.
            try home.save(key, certificate, passphrase: passphrase)
            guard let added = try session.keys(of: record).first(where: { $0.number == number }) else {
                throw RegistryError(.storage, "the new key is not in the registry")
            }
            return added
        }
    }

    /// The key that signs a licence: of the office asked for, or else of the narrowest office that may.
    func signer(
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
                office.map { "there is no office \($0); `licet office add \($0)` makes one" }
                    ?? "there is no office yet; `licet office add DIVISION --name NAME` makes one"
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
        let live = fitting.filter { $0.validity.contains(now) && $0.revocation == nil }
        guard
            let best = live.max(by: { ($0.office.level, $0.number.value) < ($1.office.level, $1.number.value) })
        else { throw AuthorityError(.noKey, "every key that may sign this is expired or revoked") }
        return best
    }
}
