import CZXing

extension Luminance {
    /// Returns the texts of the QR codes in the picture, each once, in the order of their discovery.
    ///
    /// `pure` promises a picture of one code and nothing else, upright and black on white, and saves most of the search.
    func scan(pure: Bool = false) throws(SymbolError) -> [String] {
        var texts: [String] = []
        var reason = [CChar](repeating: 0, count: 128)
        let result = unsafe withUnsafeMutablePointer(to: &texts) { texts in
            unsafe licet_zxing_read(
                pixels,
                CInt(width),
                CInt(height),
                pure ? 1 : 0,
                { context, bytes, count in
                    let texts = unsafe context?.assumingMemoryBound(to: [String].self)
                    let text = unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
                    if unsafe texts?.pointee.contains(text) == false { unsafe texts?.pointee.append(text) }
                },
                texts,
                &reason
            )
        }
        guard result == 1 else {
            let reason = reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            throw .libraryFailure("ReadBarcodes", String(decoding: reason, as: UTF8.self))
        }
        return texts
    }
}
