import COpenSSL

/// A SHA-256 digest (FIPS 180-4): 32 bytes.
package struct Digest: Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// Digests `message`.
    package init(of message: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: 32)
        _ = unsafe SHA256(message, message.count, &bytes)
        self.bytes = bytes
    }

    /// Takes a digest that was made elsewhere; nil unless it is 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    package var description: String { bytes.hexadecimal }
}

/// The first 8 bytes of the SHA-256 of a public key's SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7).
package struct KeyID: Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(subjectPublicKeyInfo: [UInt8]) {
        bytes = Array(Digest(of: subjectPublicKeyInfo).bytes.prefix(8))
    }

    package var description: String { bytes.hexadecimal }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits a byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Reads two hexadecimal digits a byte.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8.map { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { (digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0) }
    }
}
