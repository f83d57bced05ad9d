/// What making or reading a symbol refuses, in a form that every edge of the program can translate.
package struct SymbolError: Error, Equatable, CustomStringConvertible {
    /// The kind of refusal; exit codes and HTTP statuses each switch over all of these.
    package enum Code: String {
        /// A text that cannot become a symbol, whatever its length.
        case malformedText
        /// A text that needs more than a version 40 symbol.
        case tooLarge
        /// A module size or a resolution outside its range, or both together asking for a picture too large to read.
        case invalidSize
        /// Bytes that are no PNG or JPEG.
        case unsupportedImage
        /// A JPEG of a variety that is not read: in colours for printing (CMYK), or in too many scans.
        case unsupportedVariety
        /// A file or picture beyond ``ImageLimits``.
        case imageTooLarge
        /// A PNG or JPEG that is cut short or broken.
        case damagedImage
        /// A picture without a readable QR code.
        case noCode
        /// A picture with more than one QR code text.
        case severalCodes
        /// A freshly made symbol that does not read back as the text it was made from.
        case readBackMismatch
        /// One of the C libraries failed where it never should, as when memory runs out.
        case libraryFailure
    }

    package let code: Code
    /// Text for the caller; it never repeats what the symbol says.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension SymbolError {
    /// A call into a C library that fails only when memory runs out or the library is broken.
    static func libraryFailure(_ call: StaticString, _ reason: String = "no reason given") -> SymbolError {
        SymbolError(.libraryFailure, "\(call) failed (\(reason)); free some memory and try again")
    }
}
