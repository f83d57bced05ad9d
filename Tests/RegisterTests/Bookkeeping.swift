import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry
import TestSupport
import VerifierService

/// A registry in a folder of its own, written as the officer's program writes it, but for what nobody looks up.
final class Bookkeeping: Sendable {
    let folder: TemporaryFolder
    let registry: Registry
    let issuer: Issuer
    private let keyNumber: IssuerNumber
    static let division = 341_181

    var path: String { folder.file("licet.sqlite") }

    init() throws {
        folder = try TemporaryFolder()
        registry = try Registry(path: folder.file("licet.sqlite"), create: true)
        issuer = try Issuer()
        let key = issuer.licences
        let division = try DivisionCode(Self.division)
        let request = try CertificationRequest(organisation: "滁州市", commonName: "天长市", signedBy: issuer.licenceKey)
        keyNumber = try registry.write { session in
            try session.insert(AuthorityRecord(name: "滁州市", base: Issuer.base, verifyAddress: nil, utcOffset: 480))
            try session.insert(OfficeRecord(division: division, name: Bilingual(en: "Tianchang", zh: "天长市")))
            let requested = RequestedKey(
                number: try session.nextKeyNumber(),
                purpose: .licences,
                office: division,
                request: request,
                divisions: [division],
                kinds: [.company],
                validity: Instant.noon...Instant.noon.adding(seconds: .year)
            )
            try session.insert(requested)
            try session.certify(requested, with: key.certificate)
            return requested.number
        }
    }

    /// Makes a version, and with it an act at `instant`.
    @discardableResult
    func make(
        _ number: Int,
        _ act: LicenceAct = .issue,
        version: Int = 1,
        at instant: Instant = .noon
    ) throws -> LicenceRecord {
        let particulars = try Sample.particulars(number)
        return try registry.write { session in
            var generator = SystemRandomNumberGenerator()
            let division = try DivisionCode(Self.division)
            let reference = try session.reserveEntry(of: division, using: &generator)
            let issued = try CalendarDate(at: instant, utcOffset: 480)
            let record = LicenceRecord(
                licence: try Licence(particulars: particulars, version: version, issued: issued),
                status: .valid,
                office: division,
                reference: reference,
                issuer: keyNumber,
                code: try issuer.code(particulars, index: reference.index, version: version, issued: issued)
            )
            if version > 1, let before = try session.licence(record.creditCode) {
                try session.setStatus(.superseded, of: before)
            }
            try session.insert(record)
            try Self.record(.licence(act), on: record, at: instant, in: session)
            return record
        }
    }

    /// Brings a version into another status, by an act at `instant`.
    func bring(_ record: LicenceRecord, _ act: LicenceAct, _ status: LicenceStatus, at instant: Instant) throws {
        try registry.write { session in
            try session.setStatus(status, of: record)
            try Self.record(.licence(act), on: record, at: instant, in: session)
        }
    }

    /// Proposes something.
    func propose(on record: LicenceRecord, at instant: Instant) throws {
        try registry.write { try Self.record(.authority(.propose), on: record, at: instant, in: $0) }
    }

    private static func record(
        _ act: Deed.Kind,
        on record: LicenceRecord,
        at instant: Instant,
        in session: Registry.Session
    ) throws {
        let subject = Deed.Subject(creditCode: record.creditCode.text, version: record.licence.version)
        let deed = Deed(act, on: subject, digest: record.code.digest, reason: "a secret reason")
        try session.record(deed, by: 1, at: instant)
    }

    /// A copy that nobody has open, with a write-ahead log where it is opened next, or without.
    func copy(_ name: String, hasLog: Bool = false) throws -> String {
        let path = folder.file(name)
        try registry.copy(to: path) { _, _ in }
        if hasLog { _ = try Registry(path: path) }
        return path
    }

    /// Content and times of all files beside the registry.
    var traces: [String: String] {
        var found: [String: String] = [:]
        for name in folder.names {
            let facts = try? FileManager.default.attributesOfItem(atPath: folder.file(name))
            let content = FileManager.default.contents(atPath: folder.file(name)).map { Digest(of: [UInt8]($0)) }
            found[name] = "\(facts?[.modificationDate] ?? "") \(content.map(\.description) ?? "")"
        }
        return found
    }
}
