package import OpenSSL

/// How many entries a log has, and the hash over all of them.
package struct TreeHead: Hashable {
    package let size: Int
    /// `MTH` of RFC 6962, section 2.1.
    package let root: Digest

    package init(size: Int, root: Digest) {
        self.size = size
        self.root = root
    }

    /// The head of a log without entries.
    package static let empty = TreeHead(size: 0, root: Digest(of: []))

    /// The greatest number of entries that is read, so that no arithmetic on it can fail.
    package static let maximumSize = 1 << 50
}

extension Digest {
    /// The hash of an entry (RFC 6962, section 2.1).
    package static func leaf(_ entry: some Collection<UInt8>) -> Digest { Digest(of: [0] + entry) }

    /// The hash of two subtrees side by side (RFC 6962, section 2.1).
    package static func node(_ left: Digest, _ right: Digest) -> Digest { Digest(of: [1] + left.bytes + right.bytes) }
}

extension Int {
    /// The largest power of two that is smaller; for 2 and above.
    var splittingPoint: Int { 1 << (Int.bitWidth - 1 - (self - 1).leadingZeroBitCount) }
}
