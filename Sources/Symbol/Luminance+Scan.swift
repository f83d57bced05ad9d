import CZXing

extension Luminance {
    /// A part of the picture, in pixels.
    struct Window {
        let left: Int
        let top: Int
        let width: Int
        let height: Int

        func contains(_ mark: FinderMark) -> Bool {
            (left..<left + width).contains(mark.x) && (top..<top + height).contains(mark.y)
        }
    }

    var whole: Window { Window(left: 0, top: 0, width: width, height: height) }

    /// Returns the texts of the QR codes that ZXing finds in a part of the picture, each once.
    ///
    /// Its search takes the third power of the corner marks that it finds; ``search(_:)`` counts them before.
    func scan(_ window: Window, as kind: licet_zxing_kind) throws(SymbolError) -> [String] {
        var texts: [String] = []
        var reason = [CChar](repeating: 0, count: 128)
        let result = unsafe pixels.withUnsafeBufferPointer { pixels in
            unsafe withUnsafeMutablePointer(to: &texts) { texts in
                unsafe licet_zxing_read(
                    pixels.baseAddress.map { unsafe $0 + window.top * width + window.left },
                    CInt(window.width),
                    CInt(window.height),
                    CInt(width),
                    kind,
                    { context, bytes, count in
                        let texts = unsafe context?.assumingMemoryBound(to: [String].self)
                        let bytes = unsafe UnsafeBufferPointer(start: bytes, count: count)
                        let text = unsafe String(decoding: bytes, as: UTF8.self)
                        if unsafe texts?.pointee.contains(text) == false { unsafe texts?.pointee.append(text) }
                    },
                    texts,
                    &reason
                )
            }
        }
        guard result == 1 else {
            let reason = reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            throw .libraryFailure("ReadBarcodes", String(decoding: reason, as: UTF8.self))
        }
        return texts
    }
}
