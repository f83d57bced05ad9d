/// Why an authority does not do what was asked.
package struct AuthorityError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        case alreadyThere, noSuchOffice, noSuchLicence, noSuchKey
        /// A key is missing, open to others, damaged, of another certificate, or its token does not answer.
        case key
        /// No key may sign for that division, kind or time.
        case noKey
        /// The root is kept apart, and only it can do this.
        case rootOffline
        /// What was brought to the root, or back from it, is not to be signed or believed.
        case request
        /// A key is not in a state in which that can be done.
        case illegalKeyChange
        /// What was about to be signed broke a rule.
        case lint
        case alreadyLicensed, changedSince, illegalChange
        /// Another business of the division has the name.
        case nameTaken
        /// Nobody of that name may act, or not in that way.
        case officer
        /// It was proposed, and waits until others approve.
        case needsApproval
        /// A proposal cannot be approved by that officer, or not any more.
        case approval
        /// The registry is older than it was, or another.
        case rolledBack
        /// What is to be written over is of another authority.
        case otherAuthority
        case clock
        case passphrase
        /// A ceremony's profile says what it may not.
        case profile
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

    /// The registry holds what the program never writes; `consequence` says what is not done for that.
    package static func tampered(_ fault: String, _ consequence: String) -> AuthorityError {
        AuthorityError(
            .rolledBack,
            "\(fault); somebody has tampered with the registry, \(consequence). `licet doctor` says more"
        )
    }

    package var description: String { field.map { "\($0): \(reason)" } ?? reason }

    /// Whether it is the fault of a key and not of one application: a batch stops, and nobody is asked again and again.
    package var isOfTheKey: Bool { code == .key || code == .passphrase }
}
