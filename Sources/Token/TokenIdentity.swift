import CPKCS11

/// What tells one token from another (PKCS#11 version 2.40, section 3.2, CK_TOKEN_INFO).
struct TokenIdentity: Hashable, CustomStringConvertible {
    let label, manufacturer, model, serial: String

    init(_ info: CK_TOKEN_INFO) {
        label = unsafe withUnsafeBytes(of: info.label) { unsafe Self.text($0) }
        manufacturer = unsafe withUnsafeBytes(of: info.manufacturerID) { unsafe Self.text($0) }
        model = unsafe withUnsafeBytes(of: info.model) { unsafe Self.text($0) }
        serial = unsafe withUnsafeBytes(of: info.serialNumber) { unsafe Self.text($0) }
    }

    /// Text padded with blanks, or against the standard with NULs; control characters are not let through to a terminal.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        let used = unsafe Array(bytes).reversed().drop { $0 == 0x20 || $0 == 0 }.reversed()
        let scalars = String(decoding: Array(used), as: UTF8.self).unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Whether this is a token that `uri` means, but for the slot.
    func matches(_ uri: TokenURI) -> Bool {
        let pairs = [
            (uri.token, label), (uri.serial, serial), (uri.manufacturer, manufacturer), (uri.model, model),
        ]
        // Byte by byte: to Swift é is also e with an accent, and two tokens may have such names.
        return pairs.allSatisfy { wanted, found in wanted.map { $0.utf8.elementsEqual(found.utf8) } ?? true }
    }

    var description: String { "token “\(label)” (serial number \(serial))" }
}
