/// Why a file of a publication cannot be written or is not believed.
package struct PublicationError: Error, Hashable, CustomStringConvertible {
    package enum Code: String {
        case missing, unreadable, tooLarge
        /// Not the one encoding of what it should be.
        case malformed
        case wrongSignature, wrongIssuer
        /// Older than one that was accepted before, or another one with the same number.
        case rolledBack
        /// Issued later than the reader's clock says it is.
        case ahead
        /// Not among what the log tells of, or of no log that goes on from the one that was seen before.
        case notLogged
        /// The log tells of a newer one, which was not to be had.
        case overtaken
        /// Too few of the witnesses that are asked for have seen the log.
        case unwitnessed
        case notWritten
    }

    package let code: Code
    /// The file, as a path inside the publication or of the file system.
    package let file: String
    package let reason: String

    package init(_ code: Code, file: String, _ reason: String) {
        self.code = code
        self.file = file
        self.reason = reason
    }

    package var description: String { "\(file): \(reason)" }
}
