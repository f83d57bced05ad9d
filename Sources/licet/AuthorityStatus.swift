import Audit
import Authority
import Foundation
import Licence
import LicenceCode
import Licensing
import OpenSSL
import Publication
import Registry

/// The root, the trust list and the keys of an authority, for people and as JSON.
struct AuthorityStatus: Encodable {
    let authority: String
    let root: Root
    let trustList: List?
    /// Whether the trust list says what the registry says; if not, the root must be asked.
    let isCurrent: Bool
    let keys: [KeyDocument]
    /// What the trust list does not say yet.
    let untold: [String]

    struct Root: Encodable {
        let keyId: String
        let algorithm: String
        let from: String
        let until: String
        let isHere: Bool
    }

    struct List: Encodable {
        let sequence: Int
        let issuedAt: String
        let nextUpdate: String
        let bytes: Int
    }

    init(of authority: Authority) throws {
        let root = authority.root
        self.authority = authority.record.name
        self.root = Root(
            keyId: root.publicKey.id.description,
            algorithm: root.publicKey.algorithm.rawValue,
            from: root.lifetime.lowerBound.description,
            until: root.lifetime.upperBound.description,
            isHere: authority.hasRootKey
        )
        trustList = try authority.registry.read { try $0.newestTrustList() }.map {
            List(
                sequence: $0.sequence,
                issuedAt: $0.issuedAt.description,
                nextUpdate: $0.nextUpdate.description,
                bytes: $0.bytes.count
            )
        }
        keys = try KeyDocument.all(of: authority)
        untold = try authority.untold()
        isCurrent = untold.isEmpty
    }

    func show(json: Bool) throws {
        if json { return try Console.json(self) }
        print("\(authority)")
        print(
            "  root:       \(root.keyId), \(root.algorithm), until \(root.until), its key \(root.isHere ? "is here" : "is kept apart")"
        )
        if let trustList {
            print(
                "  trust list: \(trustList.sequence) of \(trustList.issuedAt), speaks until \(trustList.nextUpdate), "
                    + "\(trustList.bytes) bytes"
            )
        } else {
            print("  trust list: none yet")
        }
        for key in keys { print("  \(key.line)") }
        for line in untold { print("  verifiers do not know yet: \(line)") }
        if !isCurrent {
            let next = root.isHere ? "licet publish" : "licet authority request --out FILE"
            print("the trust list does not say what the registry says; next: \(next)")
        }
    }
}

/// A key of an authority, for people and as JSON.
struct KeyDocument: Encodable {
    let number: Int
    let keyId: String
    let algorithm: String
    let purpose: String
    let office: String
    let name: String
    let divisions: [String]
    let kinds: [String]
    let state: String
    let from: String
    let until: String
    let retiredAt: String?
    let revokedAt: String?
    let revocationReason: String?
    let place: String?

    static func all(of authority: Authority) throws -> [KeyDocument] {
        let now = Clock.now
        let (keys, requested, offices) = try authority.registry.read {
            (try $0.keys(of: authority.record), try $0.requestedKeys(), try $0.offices())
        }
        let names = Dictionary(offices.map { ($0.division, $0.name.zh) }) { first, _ in first }
        return keys.map { KeyDocument($0, home: authority.home, now: now) }
            + requested.map { key in
                KeyDocument(
                    key,
                    name: key.office.flatMap { names[$0] } ?? authority.record.name,
                    home: authority.home
                )
            }
    }

    init(_ key: TrustedKey, home: Home, now: Instant) {
        let id = key.certificate.publicKey.id.description
        number = key.number.value
        keyId = id
        algorithm = key.certificate.publicKey.algorithm.rawValue
        purpose = key.purpose.word
        office = key.office.description
        name = key.name.zh
        divisions = key.divisions.map(\.description)
        kinds = key.kinds.map(\.rawValue).sorted()
        state = key.state(at: now).word
        from = key.validity.lowerBound.description
        until = key.validity.upperBound.description
        retiredAt = key.retiredAt?.description
        revokedAt = key.revocation?.at.description
        revocationReason = key.revocation?.reason
        place = home.hasKey(id) ? home.place(of: id) : nil
    }

    private init(_ key: RequestedKey, name: String, home: Home) {
        let id = key.request.publicKey.id.description
        number = key.number.value
        keyId = id
        algorithm = key.request.publicKey.algorithm.rawValue
        purpose = key.purpose.word
        office = (key.office ?? .country).description
        self.name = name
        divisions = key.divisions.map(\.description)
        kinds = key.kinds.map(\.rawValue).sorted()
        state = "requested"
        from = key.validity.lowerBound.description
        until = key.validity.upperBound.description
        retiredAt = nil
        revokedAt = nil
        revocationReason = nil
        place = home.hasKey(id) ? home.place(of: id) : nil
    }

    /// One line of a list.
    var line: String {
        let end =
            [
                revokedAt.map { "revoked as of \($0): \(revocationReason ?? "")" },
                retiredAt.map { "retires at \($0)" },
            ].compactMap { $0 }.first ?? "from \(from) to \(until)"
        let whose = purpose == "licences" ? "\(office) \(name)" : purpose
        let token = place.flatMap { $0.hasPrefix("pkcs11:") ? "  \($0)" : nil } ?? ""
        return "key \(number)  \(state)  \(algorithm)  \(keyId)  \(whose)  \(end)\(token)"
    }
}

extension TrustedKey.Purpose {
    /// What a key is for, in one word.
    fileprivate var word: String {
        switch self {
        case .licences: "licences"
        case .lists: "lists"
        case .log: "log"
        }
    }
}
