import Licence
import LicenceCode
import OpenSSL
import Publication
import TestSupport

/// The entries of one list: drawn at random, rising by index, with statuses as a country's licences have them.
struct InventedList {
    let size: Int
    let entries: [(index: Int, status: ListedStatus, digest: Digest)]

    /// Of 1,000 licences: 930 valid, 30 superseded, 20 cancelled, 10 revoked, 4 suspended, 4 dormant, 2 annulled.
    static func status(using generator: inout SeededGenerator) -> ListedStatus {
        switch Int.random(in: 0..<1_000, using: &generator) {
        case 0..<930: .valid
        case 930..<960: .superseded
        case 960..<980: .cancelled
        case 980..<990: .revoked
        case 990..<994: .suspended
        case 994..<998: .dormant
        default: .annulled
        }
    }

    /// A list of `size` entries, `used` of which were given to licences.
    init(size: Int, used: Int, using generator: inout SeededGenerator) throws {
        self.size = size
        var entries: [(index: Int, status: ListedStatus, digest: Digest)] = []
        entries.reserveCapacity(used)
        // Each index is taken with the chance that so many of the rest are wanted; all sets are as likely.
        for index in 0..<size where entries.count < used {
            guard Int.random(in: 0..<size - index, using: &generator) < used - entries.count else { continue }
            let digest = try generator.digest()
            entries.append((index, Self.status(using: &generator), digest))
        }
        self.entries = entries
    }

    func statusList(_ claims: ListClaims) -> StatusList {
        StatusList(claims: claims, size: size, entries: entries.map { ($0.index, $0.status) })
    }

    func issuedList(_ claims: ListClaims) -> IssuedList {
        IssuedList(claims: claims, entries: entries.map { ($0.index, $0.digest) })
    }

    /// The entries of the status list, 4 bits each, as they are compressed.
    var packed: [UInt8] {
        var packed = [UInt8](repeating: 0xFF, count: (size + 1) / 2)
        for (index, status, _) in entries {
            let shift = UInt8(index & 1) * 4
            packed[index / 2] = packed[index / 2] & ~(0xF << shift) | status.rawValue << shift
        }
        return packed
    }
}

extension SeededGenerator {
    /// As random as SHA-256 is.
    mutating func digest() throws -> Digest {
        struct NoDigest: Error {}
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for _ in 0..<4 {
            var word = next()
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        guard let digest = Digest(bytes: bytes) else { throw NoDigest() }
        return digest
    }

    /// From 0 up to 1.
    mutating func fraction() -> Double { Double.random(in: 0..<1, using: &self) }
}
