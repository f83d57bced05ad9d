/// What came of asking for a file.
package enum Answer: Hashable, Sendable {
    /// The file, and the tag to ask with the next time, where the server gave one that is fit to keep.
    case new(bytes: [UInt8], entityTag: String?)
    /// The file is the one whose tag was sent.
    case unchanged
}
