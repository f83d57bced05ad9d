/// Why a token does not do what was asked.
package struct TokenError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        /// The URI is malformed, names what is not understood, or holds a PIN.
        case uri
        /// No module is named, or it cannot be loaded.
        case module
        case noToken, severalTokens
        case wrongPIN
        /// To try a PIN now might lock the token.
        case pinAtRisk
        case pinLocked
        /// A PIN is needed and none was given.
        case noPIN
        case noKey, severalKeys
        /// The token cannot make or use keys of this kind.
        case unsupported
        /// The token did other than it was told, so that its key must not be relied on.
        case disobedient
        /// The token, its session or its key is gone.
        case removed
        case failed
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
}
