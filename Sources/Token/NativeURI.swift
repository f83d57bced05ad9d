import CPKCS11
import Foundation

/// p11-kit's own form of a URI, freed with its last owner.
@safe final class NativeURI {
    private let pointer: OpaquePointer

    init() {
        guard let pointer = unsafe p11_kit_uri_new() else { fatalError("there is no memory left for a URI") }
        unsafe self.pointer = pointer
    }

    deinit { unsafe p11_kit_uri_free(pointer) }

    func parse(_ text: String) throws(TokenError) {
        let result = unsafe p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, pointer)
        guard result == CInt(P11_KIT_URI_OK.rawValue) else {
            let detail = unsafe p11_kit_uri_message(result).map { unsafe String(cString: $0) } ?? "\(result)"
            throw TokenError(.uri, "the pkcs11: URI is malformed (\(detail))")
        }
        guard unsafe p11_kit_uri_any_unrecognized(pointer) == 0 else {
            throw TokenError(.uri, "a part of the pkcs11: URI is longer than PKCS#11 allows")
        }
    }

    /// The URI as text.
    var text: String {
        var made: UnsafeMutablePointer<CChar>?
        let result = unsafe p11_kit_uri_format(pointer, P11_KIT_URI_FOR_ANY, &made)
        guard result == CInt(P11_KIT_URI_OK.rawValue), let made = unsafe made else {
            fatalError("there is no memory left for a URI")
        }
        defer { unsafe free(made) }
        return unsafe String(cString: made)
    }

    // MARK: - Reading

    /// A field of the token, without the blanks that fill it up.
    func text<Field>(of field: KeyPath<CK_TOKEN_INFO, Field>, _ name: String) throws(TokenError) -> String? {
        guard let info = unsafe p11_kit_uri_get_token_info(pointer) else { return nil }
        let bytes = unsafe withUnsafeBytes(of: info.pointee[keyPath: field]) { bytes in
            unsafe Array(bytes).reversed().drop { $0 == 0x20 || $0 == 0 }.reversed()
        }
        return try Self.text(Array(bytes), name)
    }

    var slot: UInt { unsafe UInt(p11_kit_uri_get_slot_id(pointer)) }

    /// An attribute of the object.
    func value(of type: CK_ATTRIBUTE_TYPE) -> [UInt8]? {
        guard let attribute = unsafe p11_kit_uri_get_attribute(pointer, type) else { return nil }
        return unsafe Array(
            UnsafeRawBufferPointer(start: attribute.pointee.pValue, count: Int(attribute.pointee.ulValueLen))
        )
    }

    func modulePath() throws(TokenError) -> String? {
        guard let path = unsafe p11_kit_uri_get_module_path(pointer) else { return nil }
        return try unsafe Self.text(Array(UnsafeRawBufferPointer(start: path, count: strlen(path))), "module-path")
    }

    static func text(_ bytes: [UInt8]?, _ name: String) throws(TokenError) -> String? {
        guard let bytes else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TokenError(.uri, "\(name) in the pkcs11: URI is not UTF-8")
        }
        return text
    }

    // MARK: - Writing

    func write(_ uri: TokenURI) {
        if let info = unsafe p11_kit_uri_get_token_info(pointer) {
            unsafe Self.fill(&info.pointee.label, uri.token)
            unsafe Self.fill(&info.pointee.serialNumber, uri.serial)
            unsafe Self.fill(&info.pointee.manufacturerID, uri.manufacturer)
            unsafe Self.fill(&info.pointee.model, uri.model)
        }
        if let slot = uri.slot { unsafe p11_kit_uri_set_slot_id(pointer, CK_SLOT_ID(slot)) }
        var template = Template()
        if let id = uri.id { template.set(CK_ATTRIBUTE_TYPE(CKA_ID), id) }
        if let object = uri.object { template.set(CK_ATTRIBUTE_TYPE(CKA_LABEL), Array(object.utf8)) }
        _ = unsafe template.withAttributes { attributes, count in
            unsafe p11_kit_uri_set_attributes(pointer, attributes, count)
        }
        if let modulePath = uri.modulePath { unsafe p11_kit_uri_set_module_path(pointer, modulePath) }
    }

    /// Writes `text` into a field of fixed length, filled up with blanks; zeros mean that nothing is said.
    private static func fill<Field>(_ field: inout Field, _ text: String?) {
        guard let text else { return }
        unsafe withUnsafeMutableBytes(of: &field) { bytes in
            for index in bytes.indices { unsafe bytes[index] = 0x20 }
            for (index, byte) in zip(bytes.indices, text.utf8) { unsafe bytes[index] = byte }
        }
    }
}
