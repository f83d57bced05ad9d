/// Why some bytes or some text are not a code, a list or any other thing that Licet reads.
package struct CodeError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        /// No licence code by its prefix and digits.
        case notACode
        case tooLong, truncated, trailingBytes
        case unknownVersion, unknownAlgorithm, unknownCoding
        /// CBOR that is not the core deterministic encoding (RFC 8949, section 4.2.1).
        case notDeterministic
        /// CBOR of another type or range than the field has.
        case wrongType
        /// Bytes that are no text in the coding that they claim.
        case badText
        /// A raw DEFLATE or zlib stream that is damaged, unfinished or followed by something.
        case badCompression
        case wrongHeader
        case missingClaim, impossibleClaim
    }

    package let code: Code
    /// What is wrong and where; quotes nothing of the licence.
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
}
