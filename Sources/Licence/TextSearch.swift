import Foundation

extension String {
    /// Whether the bytes of `words` stand in the text one behind the other.
    ///
    /// Of Chinese this is what `contains` says, which looks for the borders of all characters first.
    func has(_ words: String) -> Bool {
        let found = utf8.withContiguousStorageIfAvailable { text -> Bool? in
            words.utf8.withContiguousStorageIfAvailable { words -> Bool in
                guard let start = text.baseAddress, let pattern = words.baseAddress else { return words.isEmpty }
                guard words.count <= text.count else { return false }
                return (0...text.count - words.count).contains { memcmp(start + $0, pattern, words.count) == 0 }
            }
        }
        return (found ?? nil) ?? contains(words)
    }
}
