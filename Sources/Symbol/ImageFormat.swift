/// The kinds of picture that are read.
package enum ImageFormat: Sendable {
    case png
    case jpeg

    /// Recognises a picture by its first bytes, nil when they are neither a PNG's nor a JPEG's.
    package init?(magicOf bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else {
            return nil
        }
    }
}
