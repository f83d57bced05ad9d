/// Why a server's answer was not had or is not accepted.
package struct FetchError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// Not an address that may be asked, or a redirect to one.
        case badAddress
        /// No server there, or nobody who knows its name.
        case unreachable
        /// TLS does not prove that the server is the one asked for.
        case untrusted
        /// One of the ``Deadlines`` has passed, that of connecting among them.
        case tooSlow
        case tooLarge
        /// Any other status than those of an ``Answer``.
        case status(Int)
        /// libcurl is not there or older than 7.85.
        case noLibrary
        /// What came is cut short or against the rules of HTTP.
        case broken
    }

    package let code: Code
    /// The address asked for or redirected to, without its query; empty when there was none yet.
    package let address: String
    package let reason: String

    init(_ code: Code, address: String, _ reason: String) {
        self.code = code
        self.address = address
        self.reason = reason
    }

    package var description: String { address.isEmpty ? reason : "\(address): \(reason)" }
}
