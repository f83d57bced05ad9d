import Licence
import LicenceCode
import Publication
import TestSupport

enum SignedStatusList {
    /// Signs and reads a status list with the given entries.
    static func read(bits: Int, packed: [UInt8], _ issuer: Issuer) throws -> StatusList {
        let path = "status/341181-1"
        var writer = CBORWriter()
        writer.map(5)
        writer.int(2)
        writer.text(Issuer.base + path)
        writer.int(4)
        writer.int(Int((Instant.noon + .day).seconds))
        writer.int(6)
        writer.int(Int(Instant.noon.seconds))
        writer.int(65_533)
        writer.map(2)
        writer.text("lst")
        writer.byteString(try Deflate.compressed(packed, .zlib))
        writer.text("bits")
        writer.int(bits)
        writer.int(-65_537)
        writer.int(1)
        let message = try COSESign1(
            payload: writer.bytes,
            contentType: nil,
            type: StatusList.type,
            keyID: issuer.lists.number.bigEndian,
            key: issuer.listKey
        )
        return try StatusList(message.encoded, path: path, trust: issuer.trustList())
    }
}
