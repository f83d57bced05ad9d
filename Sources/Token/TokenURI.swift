import CPKCS11

/// A token, or a key in one, by its `pkcs11:` URI (RFC 7512).
///
/// Only what tells tokens and keys apart is understood: `token`, `serial`, `manufacturer`, `model`, `slot-id`, `id`, `object`,
/// `type=private`, and the query `module-path`. A PIN has no place in it, since URIs stand in files and on command lines.
package struct TokenURI: Hashable, Sendable, CustomStringConvertible {
    /// The label of the token: at most 32 bytes of UTF-8.
    package let token: String?
    /// At most 16 bytes.
    package let serial: String?
    /// At most 32 bytes.
    package let manufacturer: String?
    /// At most 16 bytes.
    package let model: String?
    /// Where the token sits; many drivers number the slots anew at each start.
    package let slot: UInt?
    /// CKA_ID of the key.
    package let id: [UInt8]?
    /// CKA_LABEL of the key.
    package let object: String?
    /// The absolute path of the driver.
    package let modulePath: String?

    /// - Throws: ``TokenError/Code/uri`` where a part is empty, too long or unprintable, or where nothing is named at all.
    package init(
        token: String? = nil,
        serial: String? = nil,
        manufacturer: String? = nil,
        model: String? = nil,
        slot: UInt? = nil,
        id: [UInt8]? = nil,
        object: String? = nil,
        modulePath: String? = nil
    ) throws(TokenError) {
        let isEmpty = token == nil && serial == nil && manufacturer == nil && model == nil && slot == nil
        if isEmpty && id == nil && object == nil {
            throw TokenError(.uri, "the pkcs11: URI names no token; give at least token=… or serial=…")
        }
        let texts = [
            ("token", token, 32), ("serial", serial, 16), ("manufacturer", manufacturer, 32), ("model", model, 16),
            ("object", object, 255), ("module-path", modulePath, 1_024),
        ]
        for case (let name, let text?, let limit) in texts { try Self.check(name, text, limit) }
        if let id, !(1...255).contains(id.count) {
            throw TokenError(.uri, "id in the pkcs11: URI has \(id.count) bytes; a key's has 1 to 255")
        }
        if slot == UInt.max { throw TokenError(.uri, "slot-id in the pkcs11: URI is no number of a slot") }
        if let modulePath, !Self.isAbsolute(modulePath) {
            throw TokenError(.uri, "module-path in the pkcs11: URI must be an absolute path, beginning with /")
        }
        self.token = token
        self.serial = serial
        self.manufacturer = manufacturer
        self.model = model
        self.slot = slot
        self.id = id
        self.object = object
        self.modulePath = modulePath
    }

    private static func check(_ name: String, _ text: String, _ limit: Int) throws(TokenError) {
        guard (1...limit).contains(text.utf8.count), text.unicodeScalars.last != " " else {
            throw TokenError(
                .uri,
                "\(name) in the pkcs11: URI must have 1 to \(limit) bytes of UTF-8 and must not end in a blank"
            )
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw TokenError(.uri, "\(name) in the pkcs11: URI has control characters; leave them out")
        }
    }

    /// A relative path would load whatever lies in the folder of the day.
    private static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    /// The environment's name for the driver where a URI names none.
    package static let moduleVariable = "LICET_PKCS11_MODULE"

    /// Where the driver lies, by the URI or else by `environment`.
    func modulePath(environment: [String: String]) throws(TokenError) -> String {
        if let modulePath { return modulePath }
        guard let path = environment[Self.moduleVariable], !path.isEmpty else {
            throw TokenError(
                .module,
                "no PKCS#11 module is named; end the URI in ?module-path=/… or set \(Self.moduleVariable) to its path"
            )
        }
        guard Self.isAbsolute(path) else {
            throw TokenError(.module, "\(Self.moduleVariable) must be an absolute path, beginning with /")
        }
        return path
    }

    /// The URI as text, its parts in p11-kit's order.
    package var description: String {
        let uri = NativeURI()
        uri.write(self)
        return uri.text
    }
}
