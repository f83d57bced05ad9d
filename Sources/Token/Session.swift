import CPKCS11
import OpenSSL

/// One session with a token, which does one thing at a time.
final class Session: Sendable {
    let module: Module
    let handle: CK_SESSION_HANDLE

    init(_ module: Module, slot: CK_SLOT_ID, mayWrite: Bool = false) throws(ReturnValue) {
        self.module = module
        handle = try module.withFunctions { functions throws(ReturnValue) in
            var handle: CK_SESSION_HANDLE = 0
            let flags = CK_FLAGS(CKF_SERIAL_SESSION) | (mayWrite ? CK_FLAGS(CKF_RW_SESSION) : 0)
            let opened = unsafe functions.C_OpenSession?(slot, flags, nil, nil, &handle)
            try ReturnValue.check(opened, "C_OpenSession")
            return handle
        }
    }

    deinit { module.withFunctions { functions in _ = functions.C_CloseSession?(handle) } }

    /// Whether the user of the token is logged in, in this session and so in all of this process.
    func isLoggedIn() throws(ReturnValue) -> Bool {
        try module.withFunctions { functions throws(ReturnValue) in
            var info = CK_SESSION_INFO()
            try unsafe ReturnValue.check(functions.C_GetSessionInfo?(handle, &info), "C_GetSessionInfo")
            return [CK_STATE(CKS_RO_USER_FUNCTIONS), CK_STATE(CKS_RW_USER_FUNCTIONS)].contains(info.state)
        }
    }

    /// Presents `pin` once; nil where the token has a keypad of its own.
    func logIn(_ pin: Secret?) throws(ReturnValue) {
        try module.withFunctions { functions throws(ReturnValue) in
            let user = CK_USER_TYPE(CKU_USER)
            let result =
                if let pin {
                    unsafe pin.withBytes { bytes in
                        let start = unsafe UnsafeMutablePointer(mutating: bytes.baseAddress)
                        return unsafe functions.C_Login?(handle, user, start, CK_ULONG(bytes.count))
                    }
                } else {
                    functions.C_Login?(handle, user, nil, 0)
                }
            try ReturnValue.check(result, "C_Login")
        }
    }

    // MARK: - Objects

    /// At most `limit` objects that have all attributes of `template`.
    func objects(_ template: Template, limit: Int) throws(ReturnValue) -> [CK_OBJECT_HANDLE] {
        try module.withFunctions { functions throws(ReturnValue) in
            let started = unsafe template.withAttributes { attributes, count in
                unsafe functions.C_FindObjectsInit?(handle, attributes, count)
            }
            try ReturnValue.check(started, "C_FindObjectsInit")
            defer { _ = functions.C_FindObjectsFinal?(handle) }
            var found: [CK_OBJECT_HANDLE] = []
            // Some modules give fewer than they have; none left is the only end (section 5.7).
            while found.count < limit {
                var page = [CK_OBJECT_HANDLE](repeating: 0, count: limit - found.count)
                var count: CK_ULONG = 0
                let result = unsafe functions.C_FindObjects?(handle, &page, CK_ULONG(page.count), &count)
                try ReturnValue.check(result, "C_FindObjects")
                if count == 0 { break }
                found += page.prefix(Int(clamping: count))
            }
            return found
        }
    }

    /// The attribute `type` of `object`; nil where it has none or does not give it out.
    func value(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(ReturnValue) -> [UInt8]? {
        try module.withFunctions { functions throws(ReturnValue) in
            var attribute = unsafe CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
            let measured = unsafe functions.C_GetAttributeValue?(handle, object, &attribute, 1)
            let refusals = [CK_RV(CKR_ATTRIBUTE_SENSITIVE), CK_RV(CKR_ATTRIBUTE_TYPE_INVALID)]
            if let measured, refusals.contains(measured) { return nil }
            try ReturnValue.check(measured, "C_GetAttributeValue")
            guard unsafe attribute.ulValueLen <= 65_536 else { return nil }
            var value = unsafe [UInt8](repeating: 0, count: Int(attribute.ulValueLen))
            if value.isEmpty { return value }
            let read = unsafe value.withUnsafeMutableBytes { bytes in
                unsafe attribute.pValue = bytes.baseAddress
                return unsafe functions.C_GetAttributeValue?(handle, object, &attribute, 1)
            }
            try ReturnValue.check(read, "C_GetAttributeValue")
            return unsafe Array(value.prefix(Int(clamping: attribute.ulValueLen)))
        }
    }

    /// Whether the attribute `type` of `object` is CK_TRUE; nil where it has none.
    func flag(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(ReturnValue) -> Bool? {
        guard let value = try value(type, of: object), value.count == 1 else { return nil }
        return value[0] != CK_BBOOL(CK_FALSE)
    }

    func set(_ template: Template, of object: CK_OBJECT_HANDLE) throws(ReturnValue) {
        try module.withFunctions { functions throws(ReturnValue) in
            let result = unsafe template.withAttributes { attributes, count in
                unsafe functions.C_SetAttributeValue?(handle, object, attributes, count)
            }
            try ReturnValue.check(result, "C_SetAttributeValue")
        }
    }

    func destroy(_ object: CK_OBJECT_HANDLE) throws(ReturnValue) {
        try module.withFunctions { functions throws(ReturnValue) in
            try ReturnValue.check(functions.C_DestroyObject?(handle, object), "C_DestroyObject")
        }
    }
}
