import Foundation
package import Licence
import LicenceCode
package import OpenSSL
import Publication
import Registry

extension Authority {
    /// What a new authority is called, where its codes point to, and how its first keys are kept.
    package struct Founding {
        package let name: String
        package let verifyAddress: String?
        package let utcOffset: Int
        /// ``AuthorityRecord/clockSkew``.
        package let clockSkew: Int
        package let root: RootKey
        package let listAlgorithm: Algorithm
        /// Of the key for lists, and of the one for the log, which is of Ed25519.
        package let listPlace: KeyPlace
        /// Where the key of the first officer is kept, who is a supervisor.
        package let officerPlace: KeyPlace

        package enum RootKey {
            /// A root is made, and its key kept in the home.
            case made(Algorithm, KeyPlace)
            /// The root is kept apart; this is its certificate.
            case apart(Certificate)
        }

        package init(
            name: String,
            verifyAddress: String?,
            utcOffset: Int,
            clockSkew: Int = 0,
            root: RootKey,
            listAlgorithm: Algorithm,
            listPlace: KeyPlace,
            officerPlace: KeyPlace
        ) {
            self.name = name
            self.verifyAddress = verifyAddress
            self.utcOffset = utcOffset
            self.clockSkew = clockSkew
            self.root = root
            self.listAlgorithm = listAlgorithm
            self.listPlace = listPlace
            self.officerPlace = officerPlace
        }
    }

    /// How long the certificates of new keys hold, in years.
    static let rootYears = 30
    static let listYears = 10
    static let officeYears = 5

    /// Makes a new authority at `home`: a root unless it is kept apart, keys for lists and for the log, the first trust list, an empty
    /// registry.
    ///
    /// It appears whole or not at all: everything is made in a folder beside `home` that is renamed at the end. Where the root is kept
    /// apart, the keys wait for it.
    package static func found(_ founding: Founding, at home: Home, officer: String, now: Instant) throws {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
        guard present.isEmpty else {
            throw AuthorityError(.alreadyThere, "\(home.path) is not empty; an authority needs a folder of its own")
        }
        let verifyAddress = try founding.verifyAddress.map { address in
            _ = try CodePrefix(verifyAddress: address)
            return address.hasSuffix("/") ? String(address.dropLast()) : address
        }
        let draft = Home(path: "\(home.path).new-\(UInt32.random(in: .min ... .max))", keyCost: home.keyCost)
        do {
            try draft.makeFolders()
            let record = AuthorityRecord(
                name: founding.name,
                base: verifyAddress.map { "\($0)/publication/" } ?? "licet:",
                verifyAddress: verifyAddress,
                utcOffset: founding.utcOffset,
                clockSkew: founding.clockSkew
            )
            try draft.furnish(founding, record, officer: officer, now: now) {
                guard rename(draft.path, home.path) == 0 else {
                    throw AuthorityError(
                        .storage,
                        "\(home.path) cannot be made: \(String(cString: strerror(errno)))"
                    )
                }
                try DurableFile.sync(folder: DurableFile.parent(of: home.path))
            }
        } catch {
            try? FileManager.default.removeItem(atPath: draft.path)
            throw error
        }
    }
}

extension Home {
    /// Whether root.crt names the key, so that it must not go away.
    func isRoot(_ key: KeyID) -> Bool { (try? readRoot())?.publicKey.id == key }

    /// Makes a root in this home and lends it.
    func withNewRoot<Result>(
        of authority: String,
        _ algorithm: Algorithm,
        in place: KeyPlace,
        validity: ClosedRange<Instant>,
        _ use: (Root) throws -> Result
    ) throws -> Result {
        try withNewKey(algorithm, in: place, label: "\(authority) Root", isNeeded: isRoot) { key in
            let certificate = try CertificateTemplate.root(of: authority, validity: validity)
                .certificate(of: key.publicKey, signedBy: key, issuer: nil)
            try DurableFile.write(certificate.pem, to: certificateFile(certificate.publicKey.id.description))
            try DurableFile.write(certificate.pem, to: rootCertificate)
            return try use(Root(certificate: certificate, crossCertificates: [], key: key))
        }
    }

    /// Fills the folder of a new authority, and calls `finish` when all is there; a token forgets its new keys when that throws.
    fileprivate func furnish(
        _ founding: Authority.Founding,
        _ record: AuthorityRecord,
        officer: String,
        now: Instant,
        finish: () throws -> Void
    ) throws {
        switch founding.root {
        case .made(let algorithm, let place):
            let validity = Authority.validity(from: now, years: Authority.rootYears)
            try withNewRoot(of: founding.name, algorithm, in: place, validity: validity) { root in
                try furnish(founding, record, root.certificate, officer: officer, now: now) { session in
                    let request = try RootRequest(record, lifetime: Authority.trustListLifetime, in: session)
                    let answer = try root.answer(request, after: nil, now: now)
                    try session.accept(answer.list, bytes: answer.bytes, after: nil, of: record)
                } finish: {
                    try finish()
                }
            }
        case .apart(let certificate):
            guard certificate.isAuthority, certificate.lifetime.contains(now) else {
                throw AuthorityError(.key, "the root's certificate is none of a root, or not good at \(now)")
            }
            guard certificate.organisation == founding.name else {
                throw AuthorityError(
                    .key,
                    "the root is of \(certificate.organisation ?? "nobody"), and not of \(founding.name)"
                )
            }
            try DurableFile.write(certificate.pem, to: rootCertificate)
            try furnish(founding, record, certificate, officer: officer, now: now) { _ in
            } finish: {
                try finish()
            }
        }
    }

    private func furnish(
        _ founding: Authority.Founding,
        _ record: AuthorityRecord,
        _ root: Certificate,
        officer: String,
        now: Instant,
        certify: (Registry.Session) throws -> Void,
        finish: () throws -> Void
    ) throws {
        let last = min(Authority.validity(from: now, years: Authority.listYears).upperBound, root.lifetime.upperBound)
        let names: [TrustedKey.Purpose: String] = [.lists: "\(founding.name) Lists", .log: "\(founding.name) Log"]
        func label(_ purpose: TrustedKey.Purpose) -> String { names[purpose] ?? founding.name }
        try withNewKey(founding.listAlgorithm, in: founding.listPlace, label: label(.lists)) { lists in
            try withNewKey(.edDSA, in: founding.listPlace, label: label(.log)) { log in
                try Registry(path: registry, create: true).write { session in
                    try session.insert(record)
                    for (number, purpose) in Registry.Session.firstKeys {
                        let asked = RequestedKey(
                            number: try session.nextKeyNumber(),
                            purpose: purpose,
                            office: nil,
                            request: try CertificationRequest(
                                organisation: founding.name,
                                commonName: label(purpose),
                                signedBy: purpose == .lists ? lists : log
                            ),
                            divisions: [],
                            kinds: [],
                            validity: now...last
                        )
                        assert(asked.number.value == number)
                        try session.insert(asked)
                    }
                    try certify(session)
                }
                try withFirstOfficer(founding, officer, now: now, finish)
            }
        }
    }

    /// Makes the key of the first officer, whose first act is to have made the authority.
    private func withFirstOfficer(
        _ founding: Authority.Founding,
        _ officer: String,
        now: Instant,
        _ finish: () throws -> Void
    ) throws {
        try withNewKey(.edDSA, in: founding.officerPlace, label: "\(officer) (officer)") { key in
            try Registry(path: registry).write { session in
                let detail = try Officer.detail(name: officer, key: key.publicKey, isSupervisor: true)
                try session.record(
                    Deed(
                        .authority(.createAuthority),
                        digest: session.foundation(),
                        reason: founding.name,
                        detail: detail
                    ),
                    by: 1,
                    at: now
                )
                guard try session.sign(with: key) != nil, let anchor = try Anchor(of: session) else {
                    throw RegistryError(.storage, "the first act is not in the registry")
                }
                try write(anchor)
            }
            try finish()
        }
    }
}
