import LicenceCode

/// A claims map written item by item, to write it wrongly.
struct ClaimsMap {
    /// Encoded values by key.
    var items: [Int: [UInt8]]

    /// The encoded value of each claim of the simplest licence.
    static let simple = ClaimsMap(items: [
        0: text("92141127MA0KD1Y64A"), 1: hex("01"), 2: hex("01"), 3: text("店"), 4: text("个体工商户"), 5: text("王"),
        7: hex("194650"),
        9: text("路"), 10: text("食品"), 13: hex("195000"), 14: hex("01"), 15: hex("07"),
    ])

    static func text(_ text: String) -> [UInt8] {
        var writer = CBORWriter()
        writer.text(text)
        return writer.bytes
    }

    func with(_ key: Int, _ encoded: [UInt8]?) -> ClaimsMap {
        var map = self
        map.items[key] = encoded
        return map
    }

    var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.map(items.count)
        var bytes = writer.bytes
        let keys = items.keys.map { key in
            var writer = CBORWriter()
            writer.int(key)
            return (writer.bytes, key)
        }
        for (encodedKey, key) in keys.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
            bytes += encodedKey + (items[key] ?? [])
        }
        return bytes
    }

    /// Why the claims are refused, or nil.
    var refusal: CodeError.Code? { CodeError.code { () throws(CodeError) in _ = try Claims(encoded: encoded) } }
}
