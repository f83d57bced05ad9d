import CJPEG

extension Luminance {
    /// Decodes a baseline or progressive JPEG in grey, YCbCr or RGB.
    init(jpeg bytes: [UInt8]) throws(SymbolError) {
        guard let decoder = unsafe tjInitDecompress() else { throw .libraryFailure("tjInitDecompress") }
        defer { unsafe _ = tjDestroy(decoder) }
        let size = UInt(bytes.count)
        var width: CInt = 0
        var height: CInt = 0
        var subsampling: CInt = 0
        var colourSpace: CInt = 0
        let known = unsafe tjDecompressHeader3(decoder, bytes, size, &width, &height, &subsampling, &colourSpace)
        guard known == 0 else { throw unsafe .damaged("JPEG", Self.reason(of: decoder)) }
        guard colourSpace != TJCS_CMYK.rawValue, colourSpace != TJCS_YCCK.rawValue else {
            throw SymbolError(.unsupportedVariety, "the JPEG image is in CMYK colours; save it in RGB")
        }
        try ImageLimits.check(width: Int(width), height: Int(height))
        try JPEGScans(bytes).check(pixels: Int(width) * Int(height), subsampling: subsampling)
        if Int(width) * Int(height) > ImageLimits.searchedPixels {
            (width, height) = ((width + 1) / 2, (height + 1) / 2)
        }
        var pixels = [UInt8](repeating: 255, count: Int(width) * Int(height))
        let read = unsafe tjDecompress2(
            decoder,
            bytes,
            size,
            &pixels,
            width,
            0,
            height,
            CInt(TJPF_GRAY.rawValue),
            CInt(TJFLAG_LIMITSCANS)
        )
        if read != 0 {
            let reason = unsafe Self.reason(of: decoder)
            let isWarning = unsafe tjGetErrorCode(decoder) == CInt(TJERR_WARNING.rawValue)
            guard isWarning, Self.isHarmless(reason) else { throw .damaged("JPEG", reason) }
        }
        self.init(width: Int(width), height: Int(height), pixels: pixels)
    }

    private static func reason(of decoder: tjhandle) -> String {
        unsafe tjGetErrorStr2(decoder).map { unsafe String(cString: $0) } ?? "no reason given"
    }

    /// Whether a warning is one that common cameras cause with every picture; a lost part of the picture never is.
    private static func isHarmless(_ reason: String) -> Bool {
        reason.contains("extraneous bytes before marker") || reason.contains("Invalid SOS parameters")
    }
}
