/// Why an authority does not do what was asked.
package struct AuthorityError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        case alreadyThere, noSuchOffice, noSuchLicence
        /// A key file is missing, too open, damaged, of another certificate, or the passphrase is wrong.
        case key
        /// No key may sign for that division, kind or time.
        case noKey
        /// What was about to be signed broke a rule.
        case lint
        case alreadyLicensed, illegalChange
        case clock
        case passphrase
        case storage
    }

    package let code: Code
    /// The field of the application at fault, where there is one.
    package let field: String?
    package let reason: String

    package init(_ code: Code, field: String? = nil, _ reason: String) {
        self.code = code
        self.field = field
        self.reason = reason
    }

    package var description: String { field.map { "\($0): \(reason)" } ?? reason }
}
