/// What the registry refuses or cannot do.
package struct RegistryError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        case noAuthority
        /// Something of that name or number is there already.
        case alreadyThere
        /// The file is no registry, damaged, locked or on a full disk.
        case storage
        /// The file holds what the program never writes: somebody has tampered with it.
        case tampered
        /// The registry was written by a newer version of the program.
        case tooNew
        /// The registry was written before there was a format to keep.
        case tooOld
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
}
