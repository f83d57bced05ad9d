/// How large a picture may be; checked from its header, before any memory is set aside for it.
package enum ImageLimits {
    /// Bytes of a file: 32 MiB.
    package static let fileBytes = 32 << 20
    /// Pixels of a picture: 64 million.
    package static let pixels = 64_000_000
    /// Pixels per side.
    package static let side = 20_000

    /// Pixels of a picture beyond which it is searched at half its size.
    ///
    /// So no search takes more than 120 MiB, and a camera of more pixels has none the sharper.
    static let searchedPixels = 25_000_000
    /// Scans of a JPEG file, of which ten are usual; each goes over the whole picture, however few bytes it has.
    static let scans = 100
    /// Bytes of the coefficients that a JPEG file of several scans makes its decoder keep: 64 MiB.
    static let coefficientBytes = 64 << 20

    static let text = "at most 64 megapixels and 20,000 pixels a side are allowed"

    static func allow(width: Int, height: Int) -> Bool {
        (1...side).contains(width) && (1...side).contains(height) && width * height <= pixels
    }

    /// Refuses a picture beyond the limits as `.imageTooLarge`.
    static func check(width: Int, height: Int) throws(SymbolError) {
        guard allow(width: width, height: height) else {
            throw SymbolError(.imageTooLarge, "the image is \(width) x \(height) pixels, but \(text); scale it down")
        }
    }
}
