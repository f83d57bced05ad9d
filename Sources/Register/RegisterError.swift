/// Why a register cannot be read, for whoever runs the daemon.
package struct RegisterError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        /// There is no such file, or nobody lets us read it.
        case missing
        /// Not what a registry is, or damaged.
        case damaged
        /// Of another version of the program.
        case otherVersion
        /// Somebody is in the way; the next one may be answered.
        case busy
    }

    package let code: Code
    package let path: String
    package let reason: String

    package init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
}
