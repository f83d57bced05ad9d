/// A picture in shades of grey, one byte a pixel, row by row; 0 is black.
struct Luminance: Equatable {
    let width: Int
    let height: Int
    let pixels: [UInt8]

    /// The same picture with black and white exchanged.
    var inverted: Luminance { Luminance(width: width, height: height, pixels: pixels.map { ~$0 }) }
}

extension Luminance {
    /// Decodes a PNG or JPEG file.
    ///
    /// - Throws: `.unsupportedImage`, `.imageTooLarge`, `.damagedImage`, or `.libraryFailure`.
    init(image bytes: [UInt8]) throws(SymbolError) {
        guard let format = ImageFormat(magicOf: bytes) else {
            throw SymbolError(.unsupportedImage, "the file is not a PNG or JPEG image; convert it to one of these")
        }
        guard bytes.count <= ImageLimits.fileBytes else {
            throw SymbolError(.imageTooLarge, "the image file is larger than 32 MiB; scale it down")
        }
        switch format {
        case .png: try self.init(png: bytes)
        case .jpeg: try self.init(jpeg: bytes)
        }
    }
}

extension SymbolError {
    /// The refusal of a broken picture, for the `reason` its decoder gave.
    static func damaged(_ format: StaticString, _ reason: String) -> SymbolError {
        SymbolError(.damagedImage, "the \(format) image is damaged or cut short (\(reason)); save or send it again")
    }
}
