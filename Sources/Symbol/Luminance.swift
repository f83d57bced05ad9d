/// A picture in shades of grey, one byte a pixel, row by row; 0 is black.
struct Luminance: Equatable {
    let width: Int
    let height: Int
    let pixels: [UInt8]

    /// The same picture with black and white exchanged.
    var inverted: Luminance { Luminance(width: width, height: height, pixels: pixels.map { ~$0 }) }

    /// The picture at one part in `factor` of its size, each pixel the mean of a square of pixels.
    func reduced(by factor: Int) -> Luminance {
        let (newWidth, newHeight) = (width / factor, height / factor)
        let area = factor * factor
        var result = [UInt8](repeating: 0, count: newWidth * newHeight)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                var sum = area / 2
                for row in y * factor..<(y + 1) * factor {
                    let start = row * width + x * factor
                    for place in start..<start + factor { sum += Int(pixels[place]) }
                }
                result[y * newWidth + x] = UInt8(sum / area)
            }
        }
        return Luminance(width: newWidth, height: newHeight, pixels: result)
    }
}

extension Luminance {
    /// Decodes a PNG or JPEG file; a picture of more than ``ImageLimits/searchedPixels`` at half its size.
    ///
    /// - Throws: `.unsupportedImage`, `.unsupportedVariety`, `.imageTooLarge`, `.damagedImage`, or `.libraryFailure`.
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
