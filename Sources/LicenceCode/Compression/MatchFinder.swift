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
    func matches(in text: [UInt8]) -> Matches {
        var matches = Matches(count: text.count)
        let all = dictionary + text
        // Chains of the text's own places; here two hashes that meet by chance are told apart, and cost no patience.
        var ownHeads = [Int32](repeating: -1, count: 1 << Self.ownHashBits)
        var ownPrevious = [Int32](repeating: -1, count: text.count)
        var tries = Self.patienceForAll
        for position in text.indices {
            let place = dictionary.count + position
            let longest = min(DeflateSymbols.lengths.upperBound, text.count - position)
            if longest >= DeflateSymbols.lengths.lowerBound {
                let key = Self.key(text, position)
                let ownHash = Self.hash(key) >> (16 - Self.ownHashBits)
                var search = Search(place: place, longest: longest, tries: min(Self.patience, tries))
                let patience = search.tries
                unsafe all.withUnsafeBufferPointer { all in
                    var candidate = ownHeads[ownHash]
                    while candidate >= 0 {
                        let isAlike = Self.key(text, Int(candidate)) == key
                        if isAlike, unsafe !search.wants(dictionary.count + Int(candidate), all, &matches) { break }
                        candidate = ownPrevious[Int(candidate)]
                    }
                    // Matches that begin in the last two bytes of the dictionary and go on in the text.
                    var last = dictionary.count - 1
                    while last >= max(0, dictionary.count - 2), search.isOpen {
                        _ = unsafe search.wants(last, all, &matches)
                        last -= 1
                    }
                    candidate = search.isOpen ? heads[Self.hash(key)] : -1
                    while candidate >= 0, unsafe search.wants(Int(candidate), all, &matches) {
                        candidate = previous[Int(candidate)]
                    }
                }
                ownPrevious[position] = ownHeads[ownHash]
                ownHeads[ownHash] = Int32(position)
                tries -= patience - search.tries
            }
            matches.endPosition()
        }
        return matches
    }

    private static let ownHashBits = 11

    private struct Search {
        let place: Int
        let longest: Int
        var tries: Int
        var length = DeflateSymbols.lengths.lowerBound - 1

        init(place: Int, longest: Int, tries: Int) {
            self.place = place
            self.longest = longest
            self.tries = tries
        }

        var isOpen: Bool { length < longest && tries > 0 }

        /// Looks at one place, nearer ones first; whether places further away may still be better.
        @unsafe mutating func wants(
            _ candidate: Int,
            _ bytes: UnsafeBufferPointer<UInt8>,
            _ matches: inout Matches
        ) -> Bool {
            guard isOpen, place - candidate <= DeflateSymbols.window else { return false }
            tries -= 1
            guard unsafe bytes[candidate + length] == bytes[place + length] else { return true }
            var count = 0
            while count < longest, unsafe bytes[candidate + count] == bytes[place + count] { count += 1 }
            if count > length {
                length = count
                matches.append(Match(length: count, distance: place - candidate))
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

/// The matches of every position of a text.
struct Matches {
    private var all: [Match] = []
    private var starts: [Int]

    fileprivate init(count: Int) {
        starts = [0]
        starts.reserveCapacity(count + 1)
    }

    fileprivate mutating func append(_ match: Match) { all.append(match) }
    fileprivate mutating func endPosition() { starts.append(all.count) }

    subscript(position: Int) -> ArraySlice<Match> { all[starts[position]..<starts[position + 1]] }
}
