import GRDB
import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport

@testable import Registry

/// A registry with an authority, office 341181 and its key.
struct Books {
    let registry: Registry
    let issuer: Issuer

    static let office = 341_181

    init(_ registry: Registry? = nil) throws {
        self.registry = try registry ?? .inMemory()
        issuer = try Issuer()
        let certificate = issuer.licences.certificate
        let division = try DivisionCode(Self.office)
        try self.registry.write { session in
            try session.insert(
                AuthorityRecord(name: "滁州市", base: Issuer.base, verifyAddress: nil, utcOffset: 480)
            )
            try session.insert(OfficeRecord(division: division, name: Bilingual(en: "Tianchang", zh: "天长市")))
        }
        _ = try add(
            issuer.licenceKey,
            certificate,
            .licences,
            office: division,
            divisions: [division],
            kinds: [.company]
        )
    }

    /// Asks for a key and certifies it, as the root would.
    func add(
        _ key: PrivateKey,
        _ certificate: Certificate,
        _ purpose: TrustedKey.Purpose,
        office: DivisionCode? = nil,
        divisions: [DivisionCode] = [],
        kinds: Set<LicenceKind> = []
    ) throws -> IssuerNumber {
        let request = try CertificationRequest(organisation: "滁州市", commonName: "天长市", signedBy: key)
        return try registry.write { session in
            let requested = RequestedKey(
                number: try session.nextKeyNumber(),
                purpose: purpose,
                office: office,
                request: request,
                divisions: divisions,
                kinds: kinds,
                validity: certificate.lifetime
            )
            try session.insert(requested)
            try session.certify(requested, with: certificate)
            return requested.number
        }
    }

    /// A record of `particulars` at `reference`; its code need not be one of the registry's key.
    func record(
        _ particulars: Particulars,
        at reference: ListReference,
        version: Int = 1,
        status: LicenceStatus = .valid,
        issued: CalendarDate? = nil
    ) throws -> LicenceRecord {
        let licence = try Licence(
            particulars: particulars,
            version: version,
            issued: issued ?? CalendarDate(at: .noon, utcOffset: 480)
        )
        let code = try issuer.code(particulars, index: reference.index, version: version, issued: licence.issued)
        return LicenceRecord(
            licence: licence,
            status: status,
            office: try DivisionCode(Self.office),
            reference: reference,
            issuer: issuer.lists.number,
            code: code
        )
    }

    /// Inserts a licence at the next free entry.
    @discardableResult
    func insert(
        _ particulars: Particulars,
        version: Int = 1,
        status: LicenceStatus = .valid,
        in session: Registry.Session
    ) throws -> LicenceRecord {
        var generator = SystemRandomNumberGenerator()
        let reference = try session.reserveEntry(of: DivisionCode(Self.office), using: &generator)
        let record = try record(particulars, at: reference, version: version, status: status)
        try session.insert(record)
        return record
    }

    /// ``insert(_:version:status:in:)`` in a transaction of its own.
    @discardableResult
    func add(_ particulars: Particulars) throws -> LicenceRecord {
        try registry.write { try insert(particulars, in: $0) }
    }

    /// How many rows a table has.
    func count(_ table: String) throws -> Int {
        try registry.read { try Int.fetchOne($0.database, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }
}

struct Interruption: Error {}
