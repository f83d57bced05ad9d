import CPNG

extension Luminance {
    /// Decodes any PNG, of whatever depth, palette or interlacing; what is transparent becomes white.
    init(png bytes: [UInt8]) throws(SymbolError) {
        // libpng has a limit of its own, a million pixels a side, beyond which it takes the file for damaged.
        if let (width, height) = Self.size(bytes) { try ImageLimits.check(width: width, height: height) }
        var image = unsafe png_image()
        unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
        // libpng keeps this address between the calls, so one pointer spans them all.
        let picture = try unsafe withUnsafeMutablePointer(to: &image) { image throws(SymbolError) in
            defer { unsafe png_image_free(image) }
            return try unsafe Self.decode(bytes, with: image)
        }
        guard Self.isComplete(bytes) else { throw .damaged("PNG", "the file ends too early") }
        let isLarge = picture.width * picture.height > ImageLimits.searchedPixels
        self = isLarge ? picture.reduced(by: 2) : picture
    }

    /// The size in the head, `IHDR` (PNG, section 11.2.1); nil where that is not there.
    private static func size(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        guard bytes.count >= 24, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        func number(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        let size = (width: number(16), height: number(20))
        return size.width > 0 && size.height > 0 ? size : nil
    }

    /// Whether the chunks lead to a sound `IEND`; what follows it does no harm.
    ///
    /// libpng stops at the last row of pixels, so a file cut after it looks whole to it.
    private static func isComplete(_ bytes: [UInt8]) -> Bool {
        let end: [UInt8] = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]
        var rest = bytes.dropFirst(8)
        while rest.count >= end.count {
            if rest.starts(with: end) { return true }
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(12 + count)
        }
        return false
    }

    private static func decode(
        _ bytes: [UInt8],
        with image: UnsafeMutablePointer<png_image>
    ) throws(SymbolError) -> Luminance {
        // libpng keeps the address of the bytes too.
        let (width, height, pixels) = try unsafe bytes.withUnsafeBufferPointer { file throws(SymbolError) in
            guard unsafe png_image_begin_read_from_memory(image, file.baseAddress, file.count) != 0 else {
                throw unsafe .damaged("PNG", String(cString: licet_png_message(image)))
            }
            let (width, height) = unsafe (Int(image.pointee.width), Int(image.pointee.height))
            try ImageLimits.check(width: width, height: height)
            unsafe image.pointee.format = png_uint_32(PNG_FORMAT_GRAY)
            // Without this flag a 16-bit picture that names no gamma is taken for linear light.
            unsafe image.pointee.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
            var white = png_color(red: 255, green: 255, blue: 255)
            var pixels = [UInt8](repeating: 255, count: width * height)
            guard unsafe png_image_finish_read(image, &white, &pixels, png_int_32(width), nil) != 0 else {
                throw unsafe .damaged("PNG", String(cString: licet_png_message(image)))
            }
            return (width, height, pixels)
        }
        return Luminance(width: width, height: height, pixels: pixels)
    }
}
