import CJPEG

/// The scans of a JPEG file, counted by its markers (ITU-T T.81, annex B) before anything is decoded.
struct JPEGScans {
    /// How often the picture is gone over.
    private(set) var count = 0
    /// Whether it is a progressive one, whose coefficients are kept until the end.
    private(set) var isProgressive = false

    init(_ bytes: [UInt8]) {
        var position = 2
        while position + 1 < bytes.count {
            guard bytes[position] == 0xFF, bytes[position + 1] != 0xFF else {
                position += 1
                continue
            }
            let marker = bytes[position + 1]
            position += 2
            switch marker {
            // Within a scan: a stuffed byte, or a restart; neither has a length.
            case 0x00, 0x01, 0xD0...0xD8: continue
            case 0xD9: return
            case 0xC2, 0xC6, 0xCA, 0xCE: isProgressive = true
            case 0xDA: count += 1
            default: break
            }
            guard position + 1 < bytes.count else { return }
            position += Int(bytes[position]) << 8 | Int(bytes[position + 1])
        }
    }

    /// Refuses what would take too long or too much memory to decode.
    func check(pixels: Int, subsampling: CInt) throws(SymbolError) {
        guard count <= ImageLimits.scans else {
            throw SymbolError(
                .unsupportedVariety,
                "the JPEG image is drawn in \(count) scans, but at most \(ImageLimits.scans) are read; save it anew"
            )
        }
        guard isProgressive || count > 1 else { return }
        // Two bytes a coefficient, one for each pixel of each colour.
        let bytes =
            switch subsampling {
            case CInt(TJSAMP_GRAY.rawValue): pixels * 2
            case CInt(TJSAMP_420.rawValue), CInt(TJSAMP_411.rawValue): pixels * 3
            case CInt(TJSAMP_422.rawValue), CInt(TJSAMP_440.rawValue): pixels * 4
            default: pixels * 6
            }
        guard bytes <= ImageLimits.coefficientBytes else {
            throw SymbolError(
                .imageTooLarge,
                "the image is a progressive JPEG of \(pixels / 1_000_000) megapixels; scale it down or save it as baseline"
            )
        }
    }
}
