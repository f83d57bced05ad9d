package import OpenSSL

/// Where a tile or a bundle of a log lies (C2SP tlog-tiles, “Merkle Tree” and “Log entries”).
package struct Tile: Hashable {
    /// Nil: a bundle of entries.
    package let level: Int?
    package let index: Int
    /// 1 to 256 hashes or entries.
    package let width: Int

    /// How many hashes or entries a full one has.
    package static let fullWidth = 256

    package init(level: Int?, index: Int, width: Int = Tile.fullWidth) {
        self.level = level
        self.index = index
        self.width = width
    }

    package var isFull: Bool { width == Self.fullWidth }

    /// Below the log's prefix: `tile/0/x001/x234/067.p/5`, `tile/entries/000`.
    package var path: String { isFull ? fullPath : "\(partialFolder)/\(width)" }

    /// Where the full one lies, or will.
    package var fullPath: String {
        var groups = [Self.digits(index % 1_000)]
        var rest = index / 1_000
        while rest > 0 {
            groups.append("x\(Self.digits(rest % 1_000))")
            rest /= 1_000
        }
        return "tile/\(level.map(String.init) ?? "entries")/\(groups.reversed().joined(separator: "/"))"
    }

    /// The folder of the partial ones that came before the full one.
    package var partialFolder: String { "\(fullPath).p" }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: 3 - text.count) + text
    }

    /// The tile at `level` and `index` of a tree of `size` entries; nil where it is empty.
    package init?(level: Int?, index: Int, ofTreeOf size: Int) {
        let count = size >> (8 * (level ?? 0))
        let width = Swift.min(count - index * Self.fullWidth, Self.fullWidth)
        guard index >= 0, width > 0 else { return nil }
        self.init(level: level, index: index, width: width)
    }

    /// All tiles and bundles of a tree of `size` entries that one of `old` entries did not have, bundles first.
    package static func added(from old: Int, to size: Int) -> [Tile] {
        var tiles: [Tile] = []
        for level in [nil] + (0..<maximumLevels).map(Optional.some) {
            let shift = 8 * (level ?? 0)
            let (before, count) = (old >> shift, size >> shift)
            if before == count { continue }
            for index in before / fullWidth...(count - 1) / fullWidth {
                tiles += [Tile(level: level, index: index, ofTreeOf: size)].compactMap(\.self)
            }
        }
        return tiles
    }

    /// The tiles that an inclusion proof of any of some entries is read from, each once; the right edge among them.
    package static func proving(_ indices: some Sequence<Int>, in size: Int) -> [Tile] {
        var places = Set<Tile>()
        for index in [size - 1] + Array(indices) where index >= 0 && index < size {
            for level in 0..<maximumLevels {
                let (place, edge) = ((index >> (8 * level)) / fullWidth, size >> (8 * level))
                if edge == 0 { break }
                for index in [place, (edge - 1) / fullWidth] {
                    if let tile = Tile(level: level, index: index, ofTreeOf: size) { places.insert(tile) }
                }
            }
        }
        return places.sorted { ($0.level ?? -1, $0.index) < ($1.level ?? -1, $1.index) }
    }

    /// So many that no tree has a tile above.
    static let maximumLevels = 7
}

extension Tile {
    /// Entries one after another, each after its length in two bytes, the high one first.
    package static func bundle(_ entries: some Sequence<[UInt8]>) -> [UInt8] {
        entries.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
    }

    /// The greatest length of an entry.
    package static let maximumEntry = 0xFFFF
    /// The greatest length of a bundle.
    package static let maximumBundle = fullWidth * (2 + maximumEntry)
    /// The length of a full tile of hashes.
    package static let maximumSize = fullWidth * 32

    /// Reads ``bundle(_:)``: exactly as many entries as this tile is wide.
    package func entries(of bundle: [UInt8]) throws(LogError) -> [ArraySlice<UInt8>] {
        var entries: [ArraySlice<UInt8>] = []
        var position = 0
        while position < bundle.count {
            guard position + 2 <= bundle.count else { throw malformed("is cut short") }
            let end = position + 2 + Int(bundle[position]) << 8 + Int(bundle[position + 1])
            guard end <= bundle.count else { throw malformed("is cut short") }
            entries.append(bundle[position + 2..<end])
            position = end
        }
        guard entries.count == width else { throw malformed("has \(entries.count) entries and not \(width)") }
        return entries
    }

    /// Reads the hashes of a tile: exactly as many as it is wide.
    package func hashes(of bytes: [UInt8]) throws(LogError) -> [Digest] {
        guard bytes.count == width * 32 else { throw malformed("has \(bytes.count) bytes and not \(width * 32)") }
        return stride(from: 0, to: bytes.count, by: 32).compactMap { Digest(bytes: Array(bytes[$0..<$0 + 32])) }
    }

    /// Gets the bytes from where this tile lies, or from the full one that it has become since; `file` reads what lies at a path.
    package func read(_ file: (String) throws(LogError) -> [UInt8]) throws(LogError) -> [UInt8] {
        do throws(LogError) { return try file(path) } catch {
            guard !isFull, error.code == .missing else { throw error }
            let full: [UInt8]
            do throws(LogError) { full = try file(fullPath) } catch { throw LogError(error.code, "\(path): \(error)") }
            if level != nil { return Array(full.prefix(width * 32)) }
            return Tile.bundle(try Tile(level: nil, index: index).entries(of: full).prefix(width).map { Array($0) })
        }
    }

    private func malformed(_ what: String) -> LogError { LogError(.malformed, "\(path): \(what)") }
}
