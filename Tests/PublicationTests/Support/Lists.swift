import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport

let statusPath = "status/341181-1"
let issuedPath = "issued/341181-1"

extension Issuer {
    /// A signed status list of eight entries, three of them used.
    func statusList(_ claims: ListClaims = Issuer.claims(), key: PrivateKey? = nil, number: IssuerNumber? = nil) throws
        -> [UInt8]
    {
        try StatusList(claims: claims, size: 8, entries: [(0, .valid), (3, .revoked), (6, .suspended)])
            .signed(by: key ?? listKey, number: number ?? lists.number)
    }

    /// The signed issued list beside it.
    func issuedList(
        _ claims: ListClaims = Issuer.claims(issuedPath),
        key: PrivateKey? = nil,
        number: IssuerNumber? = nil
    ) throws -> [UInt8] {
        try IssuedList(claims: claims, entries: [(6, digest(6)), (0, digest(0)), (3, digest(3))])
            .signed(by: key ?? listKey, number: number ?? lists.number)
    }

    /// A signed list that says what `content` writes under claim 65533.
    func list(type: String, path: String, _ content: (inout CBORWriter) -> Void) throws -> [UInt8] {
        var writer = CBORWriter()
        writer.map(6)
        writer.int(2)
        writer.text(Self.base + path)
        writer.int(4)
        writer.int(Int((Instant.noon + .day).seconds))
        writer.int(6)
        writer.int(Int(Instant.noon.seconds))
        writer.int(65_533)
        content(&writer)
        writer.int(65_534)
        writer.int(600)
        writer.int(-65_537)
        writer.int(1)
        return try COSESign1(
            payload: writer.bytes,
            contentType: nil,
            type: type,
            keyID: lists.number.bigEndian,
            key: listKey
        ).encoded
    }

    /// A signed status list with the given `bits` and `lst`.
    func statusList(bits: Int, lst: [UInt8]) throws -> [UInt8] {
        try list(type: StatusList.type, path: statusPath) { writer in
            writer.map(2)
            writer.text("lst")
            writer.byteString(lst)
            writer.text("bits")
            writer.int(bits)
        }
    }

    /// A signed issued list with the given packed entries.
    func issuedList(packed: [UInt8], digestBytes: Int = 10) throws -> [UInt8] {
        try list(type: IssuedList.type, path: issuedPath) { writer in
            writer.array(2)
            writer.int(digestBytes)
            writer.byteString(packed)
        }
    }
}

func digest(_ number: UInt8) -> Digest { Digest(of: [number]) }

/// Bytes from hexadecimal digits.
func bytes(hex: String) -> [UInt8] {
    let values = hex.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
}
