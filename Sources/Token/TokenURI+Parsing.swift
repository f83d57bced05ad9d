import CPKCS11

extension TokenURI {
    /// Reads a URI.
    ///
    /// - Throws: ``TokenError/Code/uri`` for what RFC 7512 does not allow, for what this type does not know, and for a PIN.
    package init(_ text: String) throws(TokenError) {
        let names = try Self.checkedNames(text)
        let uri = NativeURI()
        try uri.parse(text)
        try self.init(
            token: names.contains("token") ? uri.text(of: \.label, "token") : nil,
            serial: names.contains("serial") ? uri.text(of: \.serialNumber, "serial") : nil,
            manufacturer: names.contains("manufacturer") ? uri.text(of: \.manufacturerID, "manufacturer") : nil,
            model: names.contains("model") ? uri.text(of: \.model, "model") : nil,
            slot: names.contains("slot-id") ? uri.slot : nil,
            id: names.contains("id") ? uri.value(of: CK_ATTRIBUTE_TYPE(CKA_ID)) : nil,
            object: names.contains("object")
                ? NativeURI.text(uri.value(of: CK_ATTRIBUTE_TYPE(CKA_LABEL)), "object") : nil,
            modulePath: names.contains("module-path") ? uri.modulePath() : nil
        )
    }

    /// What may stand before and after the question mark.
    private static let pathNames: Set = ["token", "serial", "manufacturer", "model", "slot-id", "id", "object", "type"]
    private static let queryNames: Set = ["module-path"]

    /// The names of the attributes in `text`, of which no more is believed than that p11-kit may read it.
    ///
    /// p11-kit ignores what it does not know, drops blanks, takes the last of two, lets slot numbers overflow and ends a path at
    /// `%00`; each of these would let a URI mean another token than its reader thinks.
    private static func checkedNames(_ text: String) throws(TokenError) -> Set<String> {
        guard text.utf8.count <= 8_192 else {
            throw TokenError(.uri, "the pkcs11: URI has \(text.utf8.count) characters; at most 8192 are read")
        }
        guard text.hasPrefix("pkcs11:") else {
            throw TokenError(.uri, "the name of a token must begin with pkcs11: (RFC 7512)")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw TokenError(.uri, "the pkcs11: URI has characters that must be written as %XX (RFC 3986, section 2)")
        }
        let rest = text.dropFirst("pkcs11:".count)
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var names: Set<String> = []
        try check(parts[0], separator: ";", allowed: pathNames, names: &names)
        if parts.count > 1 { try check(parts[1], separator: "&", allowed: queryNames, names: &names) }
        return names
    }

    private static func check(
        _ part: Substring,
        separator: Character,
        allowed: Set<String>,
        names: inout Set<String>
    ) throws(TokenError) {
        guard !part.isEmpty else { return }
        for attribute in part.split(separator: separator, omittingEmptySubsequences: false) {
            let pair = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // No value is ever quoted: it may be a PIN.
            guard pair.count == 2, !pair[1].isEmpty else {
                throw TokenError(.uri, "an attribute of the pkcs11: URI has no name or no value; write name=value")
            }
            let name = String(pair[0])
            if name.hasPrefix("pin-") {
                throw TokenError(.uri, "a pkcs11: URI must say neither a PIN nor where one is; leave \(name) out")
            }
            guard allowed.contains(name) else {
                let known = allowed.sorted().joined(separator: ", ")
                throw TokenError(.uri, "the pkcs11: URI has an attribute that is not known here; known are \(known)")
            }
            guard names.insert(name).inserted else {
                throw TokenError(.uri, "the pkcs11: URI says \(name) twice")
            }
            try check(name, pair[1])
        }
    }

    private static func check(_ name: String, _ value: Substring) throws(TokenError) {
        if name != "id", value.contains("%00") {
            throw TokenError(.uri, "\(name) in the pkcs11: URI has control characters; leave them out")
        }
        if name == "type", value != "private" {
            throw TokenError(.uri, "type in the pkcs11: URI must be private, since only private keys sign")
        }
        if name == "slot-id", UInt(value) == nil || value.utf8.contains(where: { !(0x30...0x39).contains($0) }) {
            throw TokenError(.uri, "slot-id in the pkcs11: URI is no number of a slot")
        }
    }
}
