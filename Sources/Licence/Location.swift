/// Where the premises are: WGS 84, in millionths of a degree (at most 0.11 m).
package struct Location: Hashable {
    /// −90,000,000 (south) to 90,000,000 (north).
    package let microLatitude: Int
    /// −180,000,000 (west) to 180,000,000 (east).
    package let microLongitude: Int

    package init(microLatitude: Int, microLongitude: Int) throws(LicenceError) {
        guard (-90_000_000...90_000_000).contains(microLatitude) else {
            throw LicenceError(
                .malformedLocation,
                field: "location.latitude",
                "latitude lies between -90 and 90 degrees"
            )
        }
        guard (-180_000_000...180_000_000).contains(microLongitude) else {
            throw LicenceError(
                .malformedLocation,
                field: "location.longitude",
                "longitude lies between -180 and 180 degrees"
            )
        }
        self.microLatitude = microLatitude
        self.microLongitude = microLongitude
    }

    /// Reads degrees with at most six decimals, such as `32.68811`.
    package init(latitude: String, longitude: String) throws(LicenceError) {
        try self.init(
            microLatitude: Self.micro(latitude, field: "location.latitude"),
            microLongitude: Self.micro(longitude, field: "location.longitude")
        )
    }

    /// Degrees with as many decimals as needed.
    package var latitude: String { Self.degrees(microLatitude) }
    package var longitude: String { Self.degrees(microLongitude) }

    private static func micro(_ text: String, field: String) throws(LicenceError) -> Int {
        let negative = text.hasPrefix("-")
        let parts = text.dropFirst(negative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        let shape = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard (1...2).contains(parts.count), shape, parts[0].utf8.count <= 3, let whole = Int(parts[0]) else {
            throw LicenceError(.malformedLocation, field: field, "degrees are written as 32.68811")
        }
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard fraction.utf8.count <= 6, let units = Int(fraction) else {
            throw LicenceError(.malformedLocation, field: field, "at most 6 decimals: finer than 0.1 m means nothing")
        }
        let scale = (fraction.utf8.count..<6).reduce(1) { product, _ in product * 10 }
        return (negative ? -1 : 1) * (whole * 1_000_000 + units * scale)
    }

    private static func degrees(_ micro: Int) -> String {
        var fraction = String(1_000_000 + abs(micro) % 1_000_000).dropFirst()
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let whole = "\(micro < 0 ? "-" : "")\(abs(micro) / 1_000_000)"
        return fraction.isEmpty ? whole : "\(whole).\(fraction)"
    }
}
