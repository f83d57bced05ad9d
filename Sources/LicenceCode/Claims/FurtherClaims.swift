/// Claims that a later version of the program knows: kept as they are, so that what was signed can be rebuilt.
package struct FurtherClaims: Hashable {
    /// CBOR pairs in core deterministic encoding, keys above ``ClaimKey/last`` and rising.
    package let bytes: [UInt8]
    package let count: Int

    package static let none = FurtherClaims(bytes: [], count: 0)

    var isEmpty: Bool { count == 0 }

    private init(bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    /// Reads pairs until the bytes end; there is at least one.
    package init(bytes: [UInt8]) throws(CodeError) {
        var reader = CBORReader(bytes)
        var count = 0
        var previous = ClaimKey.last
        repeat {
            let key = try reader.int()
            guard key > previous else {
                throw CodeError(
                    key <= ClaimKey.last ? .impossibleClaim : .notDeterministic,
                    "claim \(key) is out of place"
                )
            }
            previous = key
            try reader.skip()
            count += 1
        } while !reader.isAtEnd
        self.init(bytes: bytes, count: count)
    }
}
