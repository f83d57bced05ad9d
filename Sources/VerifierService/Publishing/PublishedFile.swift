import Hummingbird
import OpenSSL
import Publication

/// A signed file of a publication as it is handed on, byte for byte.
package struct PublishedFile {
    package let bytes: [UInt8]
    /// SHA-256 in hexadecimal digits.
    package let digest: String
    /// ``HighWater/Mark/digest`` of this file.
    let mark: String
    let buffer: ByteBuffer
    let mediaType: String

    package init(path: String, bytes: [UInt8]) {
        self.bytes = bytes
        digest = Digest(of: bytes).description
        mark = HighWater.digest(of: bytes)
        buffer = ByteBuffer(bytes: bytes)
        mediaType =
            switch path {
            case AuthorityLog.checkpoint: "text/plain; charset=utf-8"
            case _ where ListKind(path: path) == .status: StatusList.type
            default: "application/cose; cose-type=\"cose-sign1\""
            }
    }

    /// A strong entity tag (RFC 9110, section 8.8.3).
    package var entityTag: String { "\"\(digest)\"" }
}
