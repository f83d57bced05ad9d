/// Finds what a text repeats of a dictionary and of itself.
struct MatchFinder: Sendable {
    let dictionary: [UInt8]
    /// Of the dictionary: the last place of each hash, and the place before each place; −1 for none.
    private let heads: [Int32]
    private let previous: [Int32]

    /// Places that are looked at for one position, and for a whole text: far more than a licence needs, but none takes for ever.
    private static let patience = 4_096
    private static let patienceForAll = 1_000_000

    init(dictionary: [UInt8]) {
        self.dictionary = Array(dictionary.suffix(DeflateSymbols.window))
        var heads = [Int32](repeating: -1, count: 1 << 16)
        var previous = [Int32](repeating: -1, count: self.dictionary.count)
        Self.index(self.dictionary, into: &heads, &previous)
        self.heads = heads
        self.previous = previous
    }

    /// The matches of each position, longer and longer, each at the nearest place that has its length.
    func matches(in text: [UInt8]) -> [[Match]] {
        let all = dictionary + text
        var ownHeads: [UInt32: Int32] = [:]
        var ownPrevious = [Int32](repeating: -1, count: text.count)
        var tries = Self.patienceForAll
        return text.indices.map { position in
            let place = dictionary.count + position
            let longest = min(DeflateSymbols.lengths.upperBound, text.count - position)
            guard longest >= DeflateSymbols.lengths.lowerBound else { return [] }
            var search = Search(bytes: all, place: place, longest: longest, tries: min(Self.patience, tries))
            defer { tries -= min(Self.patience, tries) - search.tries }
            let key = Self.key(text, position)
            var candidate = ownHeads[key] ?? -1
            while candidate >= 0, search.wants(dictionary.count + Int(candidate)) {
                candidate = ownPrevious[Int(candidate)]
            }
            // Matches that begin in the last two bytes of the dictionary and go on in the text.
            for candidate in (max(0, dictionary.count - 2)..<dictionary.count).reversed() where search.isOpen {
                _ = search.wants(candidate)
            }
            candidate = search.isOpen ? heads[Self.hash(key)] : -1
            while candidate >= 0, search.wants(Int(candidate)) { candidate = previous[Int(candidate)] }
            ownPrevious[position] = ownHeads.updateValue(Int32(position), forKey: key) ?? -1
            return search.found
        }
    }

    private struct Search {
        let bytes: [UInt8]
        let place: Int
        let longest: Int
        var tries: Int
        var found: [Match] = []
        var length = DeflateSymbols.lengths.lowerBound - 1

        var isOpen: Bool { length < longest && tries > 0 }

        /// Looks at one place, nearer ones first; whether places further away may still be better.
        mutating func wants(_ candidate: Int) -> Bool {
            guard isOpen, place - candidate <= DeflateSymbols.window else { return false }
            tries -= 1
            guard bytes[candidate + length] == bytes[place + length] else { return true }
            var count = 0
            while count < longest, bytes[candidate + count] == bytes[place + count] { count += 1 }
            if count > length {
                length = count
                found.append(Match(length: count, distance: place - candidate))
            }
            return isOpen
        }
    }

    private static func index(_ bytes: [UInt8], into heads: inout [Int32], _ previous: inout [Int32]) {
        guard bytes.count >= 3 else { return }
        for position in 0...bytes.count - 3 {
            let hash = hash(key(bytes, position))
            previous[position] = heads[hash]
            heads[hash] = Int32(position)
        }
    }

    private static func key(_ bytes: [UInt8], _ position: Int) -> UInt32 {
        UInt32(bytes[position]) << 16 | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2])
    }

    private static func hash(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> 16) }
}

/// What stands `distance` bytes before as well, for `length` bytes.
struct Match {
    let length: Int
    let distance: Int
}
