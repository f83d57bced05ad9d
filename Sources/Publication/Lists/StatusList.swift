package import Licence
package import LicenceCode
package import OpenSSL

/// The states of the licences of one list, as a Token Status List in CWT form (draft-ietf-oauth-status-list).
package struct StatusList: Hashable {
    package let claims: ListClaims
    /// 1, 2, 4 or 8.
    package let bitsPerEntry: Int
    /// The entries, least significant bits first.
    private let packed: [UInt8]

    /// The COSE `typ`.
    package static let type = "application/statuslist+cwt"
    /// The greatest number of packed bytes: as many as a list of 8 bits an entry may have.
    package static let maximumBytes = ListReference.maximumEntries
    /// The greatest size of a list's file: what does not compress at all, and what is said around it.
    package static let maximumFile = maximumBytes + 65_536

    /// Makes a list of 4 bits an entry: `size` entries, all never issued but those of `entries`.
    package init(claims: ListClaims, size: Int, entries: some Sequence<(index: Int, status: ListedStatus)>) {
        self.claims = claims
        bitsPerEntry = 4
        var packed = [UInt8](repeating: 0xFF, count: (size + 1) / 2)
        for (index, status) in entries where index >= 0 && index < size {
            let shift = UInt8(index & 1) * 4
            packed[index / 2] = packed[index / 2] & ~(0xF << shift) | status.rawValue << shift
        }
        self.packed = packed
    }

    init(claims: ListClaims, bitsPerEntry: Int, packed: [UInt8]) {
        self.claims = claims
        self.bitsPerEntry = bitsPerEntry
        self.packed = packed
    }

    /// How many entries there are.
    package var count: Int { packed.count * 8 / bitsPerEntry }

    /// The raw value at `index`, or nil when it is out of range.
    package func value(at index: Int) -> UInt8? {
        guard index >= 0, index < count else { return nil }
        let bit = index * bitsPerEntry
        return packed[bit / 8] >> UInt8(bit % 8) & UInt8(1 << bitsPerEntry - 1)
    }

    /// Signs the list with a key for lists.
    package func signed(by key: any Signer, number: IssuerNumber) throws -> [UInt8] {
        let compressed = try Deflate.compressed(packed, .zlib)
        let payload = claims.encoded(65_533) { writer in
            writer.map(2)
            writer.text("lst")
            writer.byteString(compressed)
            writer.text("bits")
            writer.int(bitsPerEntry)
        }
        return try COSESign1(
            payload: payload,
            contentType: nil,
            type: Self.type,
            keyID: number.bigEndian,
            key: key
        ).encoded
    }

    /// Reads a list and believes it only if a key of `trust` for lists signed it and it names itself `base` + `path`.
    package init(_ bytes: [UInt8], path: String, trust: TrustList) throws(PublicationError) {
        let (message, key) = try COSESign1.list(bytes, ofType: Self.type, path: path, trust: trust)
        var packed: [UInt8]?
        var bits: Int?
        do throws(CodeError) {
            let claims = try ListClaims.read(message.payload, 65_533) { reader throws(CodeError) in
                try reader.textMap { key, reader throws(CodeError) in
                    switch key {
                    case "bits": bits = try reader.uint(upTo: 8)
                    case "lst":
                        packed = try Deflate.decompressed(reader.byteString(), .zlib, limit: Self.maximumBytes)
                    default: try reader.skip()
                    }
                }
            }
            guard let packed, let bits, [1, 2, 4, 8].contains(bits) else {
                throw CodeError(.impossibleClaim, "the status list has no entries of 1, 2, 4 or 8 bits")
            }
            self.init(claims: claims, bitsPerEntry: bits, packed: packed)
        } catch { throw PublicationError(.malformed, file: path, error.reason) }
        try claims.check(path: path, trust: trust, key: key)
    }
}

/// A status as it stands in a list of 4 bits an entry; 3 and 12 to 15 are the draft's application-specific values.
package enum ListedStatus: UInt8, CaseIterable {
    case valid = 0
    case revoked = 1
    case suspended = 2
    case superseded = 3
    case cancelled = 12
    case annulled = 13
    case dormant = 14
    case neverIssued = 15

    /// How `status` travels; a relocated licence as a superseded one, an expired one as it was.
    package init(_ status: LicenceStatus) {
        self =
            switch status {
            case .valid, .expired: .valid
            case .revoked: .revoked
            case .suspended: .suspended
            case .superseded, .relocated: .superseded
            case .cancelled: .cancelled
            case .annulled: .annulled
            case .dormant: .dormant
            }
    }
}

extension COSESign1 {
    /// Reads a list of `type` that a key of `trust` for lists signed.
    static func list(
        _ bytes: [UInt8],
        ofType type: String,
        path: String,
        trust: TrustList
    ) throws(PublicationError) -> (COSESign1, TrustedKey) {
        let message = try COSESign1(bytes, ofType: type, file: path)
        guard let key = trust.keys.first(where: { $0.number.bigEndian == message.header.keyID }), key.purpose == .lists
        else { throw PublicationError(.wrongIssuer, file: path, "is signed by no key for lists of the trust list") }
        guard message.isSigned(by: key.certificate.publicKey) else {
            throw PublicationError(.wrongSignature, file: path, "its signature does not verify")
        }
        return (message, key)
    }
}

extension ListClaims {
    /// Refuses a list that lies where another belongs, or that its key could not sign.
    ///
    /// A thief of a key writes what times he likes: of a revoked key nothing is believed, and no list outlives its key.
    func check(path: String, trust: TrustList, key: TrustedKey) throws(PublicationError) {
        guard subject == trust.base + path else {
            throw PublicationError(.malformed, file: path, "does not name itself \(trust.base + path)")
        }
        guard key.revocation == nil else {
            throw PublicationError(.wrongIssuer, file: path, "is signed by key \(key.number), which is revoked")
        }
        guard key.signs(at: issuedAt), expires <= key.validity.upperBound else {
            throw PublicationError(.wrongIssuer, file: path, "key \(key.number) is not good for all of its time")
        }
    }
}
