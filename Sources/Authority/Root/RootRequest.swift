import Foundation
import Licence
import LicenceCode
import OpenSSL
import Publication
import Registry

/// What an office asks of the root: the trust list as it shall be, and the proof that the new keys in it are held by who asks.
///
/// It is a JSON file that people carry and read. Nothing in it is secret, and the root believes nothing of it by itself.
package struct RootRequest: Codable, Hashable {
    /// Which kind of file it is.
    let format: String
    let authority: String
    let base: String
    /// The least number that the new trust list may have.
    let sequence: Int
    /// Seconds that the new trust list shall speak.
    let lifetime: Int64
    let keys: [Key]

    private static let format = "licet-root-request-1"
    /// The greatest size of the file.
    package static let maximumBytes = 64 << 20
    /// The longest life of a trust list: two years.
    static let longestLifetime: Int64 = 2 * 366 * 86_400

    /// A key of the new trust list: one that was certified before, or one that is asked for.
    struct Key: Codable, Hashable {
        let number: Int
        let purpose: Int
        let name: String
        let nameEn: String
        let office: Int
        let divisions: [Int]
        let kinds: [String]
        let utcOffset: Int
        /// DER in base64; of a key that was certified before.
        let certificate: Data?
        /// PKCS#10 in base64; of a new key.
        let request: Data?
        /// The validity that a new key's certificate shall have, in RFC 3339.
        let from: String?
        let until: String?
        let retiredAt: String?
        let revokedAt: String?
        let revocationReason: String?
    }

    /// Asks for the trust list that `session` says there should be.
    ///
    /// `made` was asked for in this transaction, whose acts are not signed yet.
    ///
    /// - Throws: ``AuthorityError/Code/rolledBack`` for a key that no officer has asked for.
    init(
        _ record: AuthorityRecord,
        lifetime: Int64,
        made: IssuerNumber? = nil,
        in session: Registry.Session
    ) throws {
        format = Self.format
        authority = record.name
        base = record.base
        sequence = (try session.newestTrustList()?.sequence ?? 0) + 1
        self.lifetime = lifetime
        let names = Dictionary(try session.offices().map { ($0.division, $0.name) }) { first, _ in first }
        let own = Bilingual(en: record.name, zh: record.name)
        let requested = try session.requestedKeys()
        // Of an authority that is being founded there are no acts yet.
        for key in requested where try key.number != made && session.head() != nil {
            guard let fault = try session.fault(of: key, record) else { continue }
            throw AuthorityError.tampered(fault, "the root is asked for nothing")
        }
        keys =
            try session.keys(of: record).map(Key.init)
            + requested.map { key in
                Key(key, name: key.office.flatMap { names[$0] } ?? own, utcOffset: record.utcOffset)
            }
    }

    /// Reads the file.
    ///
    /// - Throws: ``AuthorityError/Code/request`` for anything else.
    package init(json: [UInt8]) throws {
        do {
            try JSONText.check(json)
            self = try JSONDecoder().decode(Self.self, from: Data(json))
        } catch let error as ApplicationFileError {
            throw AuthorityError(.request, "is no request for a root: \(error)")
        } catch {
            throw AuthorityError(.request, "is no request for a root, or a damaged one")
        }
        // What this program does not read, it does not have signed beside.
        guard try Self.sorted(json) == Self.sorted(self.json) else {
            throw AuthorityError(.request, "has members that this program does not know")
        }
        guard format == Self.format else {
            throw AuthorityError(.request, "is of a format that is not known here: this program reads \(Self.format)")
        }
        guard (1...Self.longestLifetime).contains(lifetime) else {
            throw AuthorityError(.request, "asks for a trust list that speaks for \(lifetime) seconds")
        }
    }

    /// The same, written in one way only.
    private static func sorted(_ json: [UInt8]) throws -> Data {
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        return try JSONSerialization.data(
            withJSONObject: JSONSerialization.jsonObject(with: Data(json)),
            options: options
        )
    }

    /// The file.
    package var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        }
    }
}

extension RootRequest.Key {
    init(_ key: TrustedKey) {
        self.init(
            number: key.number.value,
            purpose: key.purpose.rawValue,
            name: key.name.zh,
            nameEn: key.name.en,
            office: key.office.number,
            divisions: key.divisions.map(\.number),
            kinds: key.kinds.map(\.rawValue).sorted(),
            utcOffset: key.utcOffset,
            certificate: Data(key.certificate.der),
            request: nil,
            from: nil,
            until: nil,
            retiredAt: key.retiredAt?.description,
            revokedAt: key.revocation?.at.description,
            revocationReason: key.revocation?.reason
        )
    }

    init(_ key: RequestedKey, name: Bilingual, utcOffset: Int) {
        self.init(
            number: key.number.value,
            purpose: key.purpose.rawValue,
            name: name.zh,
            nameEn: name.en,
            office: (key.office ?? .country).number,
            divisions: key.divisions.map(\.number),
            kinds: key.kinds.map(\.rawValue).sorted(),
            utcOffset: utcOffset,
            certificate: nil,
            request: Data(key.request.der),
            from: key.validity.lowerBound.description,
            until: key.validity.upperBound.description,
            retiredAt: nil,
            revokedAt: nil,
            revocationReason: nil
        )
    }
}
