/// Why a part of a transparency log is not believed.
package struct LogError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        /// Not of the form that the specification gives it.
        case malformed
        /// A tile or a bundle that the tree must have is not there.
        case missing
        /// No known key has signed it, or a known key's signature does not verify.
        case wrongSignature
        /// It does not hash to what was signed.
        case inconsistent
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
}
