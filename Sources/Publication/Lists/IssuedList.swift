package import LicenceCode
package import OpenSSL

/// What was really issued at each index of one list: the first 10 bytes of each code's digest.
///
/// An entry takes 10 bytes and a gap of 1 to 3. A forger with a stolen key who tries one code is accepted with probability
/// 2⁻⁸⁰; the index is part of what is digested, so that each try meets one entry only.
package struct IssuedList: Hashable {
    package let claims: ListClaims
    /// Rising.
    private let indices: [UInt32]
    /// ``digestBytes`` for each index.
    private let digests: [UInt8]

    /// The COSE `typ`.
    package static let type = "application/licet-issued-list+cwt"
    /// Bytes of a digest that are kept.
    package static let digestBytes = 10

    /// Whether a code is on a list.
    package enum Answer { case issued, otherDigest, notThere }

    /// Makes a list of `entries`, which may stand in any order, each index once.
    package init(claims: ListClaims, entries: [(index: Int, digest: Digest)]) {
        self.claims = claims
        let sorted = entries.sorted { $0.index < $1.index }
        indices = sorted.map { UInt32($0.index) }
        digests = sorted.flatMap { $0.digest.bytes.prefix(Self.digestBytes) }
    }

    /// How many licences were issued on this list.
    package var count: Int { indices.count }

    package func answer(index: Int, digest: Digest) -> Answer {
        guard let listed = self.digest(at: index) else { return .notThere }
        return listed.elementsEqual(digest.bytes.prefix(Self.digestBytes)) ? .issued : .otherDigest
    }

    /// The first ``digestBytes`` of the digest of the code at an index; nil where nothing was issued.
    package func digest(at index: Int) -> ArraySlice<UInt8>? {
        var low = 0
        var high = indices.count
        while low < high {
            let middle = (low + high) / 2
            if Int(indices[middle]) < index { low = middle + 1 } else { high = middle }
        }
        guard low < indices.count, Int(indices[low]) == index else { return nil }
        let start = low * Self.digestBytes
        return digests[start..<start + Self.digestBytes]
    }

    /// Signs the list with a key for lists.
    package func signed(by key: any Signer, number: IssuerNumber) throws -> [UInt8] {
        let payload = claims.encoded(65_533) { writer in
            writer.array(2)
            writer.int(Self.digestBytes)
            writer.byteString(packed)
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
        var packed: [UInt8] = []
        do {
            claims = try ListClaims.read(message.payload, 65_533) { reader throws(CodeError) in
                guard try reader.array() == 2, try reader.uint(upTo: 32) == Self.digestBytes else {
                    throw CodeError(.wrongType, "the issued list does not keep \(Self.digestBytes) bytes a digest")
                }
                packed = try reader.byteString()
            }
            (indices, digests) = try Self.unpacked(packed)
        } catch { throw PublicationError(.malformed, file: path, error.reason) }
        try claims.check(path: path, trust: trust, key: key)
    }

    /// For each entry the gap from the index before (from −1), less 1, in base 128 as in LEB128, and the digest.
    private var packed: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(indices.count * (Self.digestBytes + 2))
        var next: UInt32 = 0
        for (position, index) in indices.enumerated() {
            var gap = index - next
            while gap >= 0x80 {
                bytes.append(UInt8(gap & 0x7F) | 0x80)
                gap >>= 7
            }
            bytes.append(UInt8(gap))
            bytes += digests[position * Self.digestBytes..<(position + 1) * Self.digestBytes]
            next = index + 1
        }
        return bytes
    }

    private static func unpacked(_ bytes: [UInt8]) throws(CodeError) -> ([UInt32], [UInt8]) {
        var indices: [UInt32] = []
        var digests: [UInt8] = []
        var position = 0
        var next = 0
        while position < bytes.count {
            var gap = 0
            var shift = 0
            var byte: UInt8
            repeat {
                guard position < bytes.count, shift <= 21 else { throw CodeError(.truncated, "an entry is cut short") }
                byte = bytes[position]
                gap |= Int(byte & 0x7F) << shift
                shift += 7
                position += 1
            } while byte & 0x80 != 0
            guard shift == 7 || byte != 0 else {
                throw CodeError(.notDeterministic, "a gap is not in its shortest form")
            }
            let index = next + gap
            guard index < ListReference.maximumEntries, position + digestBytes <= bytes.count else {
                throw CodeError(.truncated, "an entry is cut short or out of range")
            }
            indices.append(UInt32(index))
            digests += bytes[position..<position + digestBytes]
            position += digestBytes
            next = index + 1
        }
        return (indices, digests)
    }
}
