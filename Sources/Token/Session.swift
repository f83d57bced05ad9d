import CPKCS11
import Synchronization

/// One session with a token; threads that share it take turns, since a session does one thing at a time.
final class Session: Sendable {
    let module: Module
    private let handle: Mutex<CK_SESSION_HANDLE>

    init(_ module: Module, slot: CK_SLOT_ID, mayWrite: Bool = false) throws(ReturnValue) {
        var handle: CK_SESSION_HANDLE = 0
        let flags = CK_FLAGS(CKF_SERIAL_SESSION) | (mayWrite ? CK_FLAGS(CKF_RW_SESSION) : 0)
        let opened = unsafe module.functions.C_OpenSession?(slot, flags, nil, nil, &handle)
        try ReturnValue.check(opened, "C_OpenSession")
        self.module = module
        self.handle = Mutex(handle)
    }

    deinit { handle.withLock { handle in _ = module.functions.C_CloseSession?(handle) } }

    /// Whether the user of the token is logged in, in this session and so in all of this process.
    func isLoggedIn() throws(ReturnValue) -> Bool {
        try handle.withLock { handle throws(ReturnValue) in
            var info = CK_SESSION_INFO()
            try unsafe ReturnValue.check(module.functions.C_GetSessionInfo?(handle, &info), "C_GetSessionInfo")
            return [CK_STATE(CKS_RO_USER_FUNCTIONS), CK_STATE(CKS_RW_USER_FUNCTIONS)].contains(info.state)
        }
    }

    /// Presents `pin` once; nil where the token has a keypad of its own.
    func logIn(_ pin: UnsafeBufferPointer<UInt8>?) throws(ReturnValue) {
        try handle.withLock { handle throws(ReturnValue) in
            let bytes = unsafe UnsafeMutablePointer(mutating: pin?.baseAddress)
            let count = unsafe CK_ULONG(pin?.count ?? 0)
            try unsafe ReturnValue.check(
                module.functions.C_Login?(handle, CK_USER_TYPE(CKU_USER), bytes, count),
                "C_Login"
            )
        }
    }

    // MARK: - Objects

    /// At most `limit` objects that have all attributes of `template`.
    func objects(_ template: Template, limit: Int) throws(ReturnValue) -> [CK_OBJECT_HANDLE] {
        try handle.withLock { handle throws(ReturnValue) in
            let started = unsafe template.withAttributes { attributes, count in
                unsafe module.functions.C_FindObjectsInit?(handle, attributes, count)
            }
            try ReturnValue.check(started, "C_FindObjectsInit")
            defer { _ = module.functions.C_FindObjectsFinal?(handle) }
            var found: [CK_OBJECT_HANDLE] = []
            // Some modules give fewer than they have; none left is the only end (section 5.7).
            while found.count < limit {
                var page = [CK_OBJECT_HANDLE](repeating: 0, count: limit - found.count)
                var count: CK_ULONG = 0
                let result = unsafe module.functions.C_FindObjects?(handle, &page, CK_ULONG(page.count), &count)
                try ReturnValue.check(result, "C_FindObjects")
                if count == 0 { break }
                found += page.prefix(Int(clamping: count))
            }
            return found
        }
    }

    /// The attribute `type` of `object`; nil where it has none or does not give it out.
    func value(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(ReturnValue) -> [UInt8]? {
        try handle.withLock { handle throws(ReturnValue) in
            var attribute = unsafe CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
            let measured = unsafe module.functions.C_GetAttributeValue?(handle, object, &attribute, 1)
            let refusals = [CK_RV(CKR_ATTRIBUTE_SENSITIVE), CK_RV(CKR_ATTRIBUTE_TYPE_INVALID)]
            if let measured, refusals.contains(measured) { return nil }
            try ReturnValue.check(measured, "C_GetAttributeValue")
            guard unsafe attribute.ulValueLen <= 65_536 else { return nil }
            var value = unsafe [UInt8](repeating: 0, count: Int(attribute.ulValueLen))
            if value.isEmpty { return value }
            let read = unsafe value.withUnsafeMutableBytes { bytes in
                unsafe attribute.pValue = bytes.baseAddress
                return unsafe module.functions.C_GetAttributeValue?(handle, object, &attribute, 1)
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
        try handle.withLock { handle throws(ReturnValue) in
            let result = unsafe template.withAttributes { attributes, count in
                unsafe module.functions.C_SetAttributeValue?(handle, object, attributes, count)
            }
            try ReturnValue.check(result, "C_SetAttributeValue")
        }
    }

    func destroy(_ object: CK_OBJECT_HANDLE) throws(ReturnValue) {
        try handle.withLock { handle throws(ReturnValue) in
            try ReturnValue.check(module.functions.C_DestroyObject?(handle, object), "C_DestroyObject")
        }
    }

    // MARK: - Keys

    /// The handles of a new key pair.
    func generateKeyPair(
        _ mechanism: CK_MECHANISM_TYPE,
        public publicTemplate: Template,
        private privateTemplate: Template
    ) throws(ReturnValue) -> KeyPair {
        try handle.withLock { handle throws(ReturnValue) in
            var mechanism = unsafe CK_MECHANISM(mechanism: mechanism, pParameter: nil, ulParameterLen: 0)
            var pair = KeyPair()
            let result = unsafe publicTemplate.withAttributes { publics, publicCount in
                unsafe privateTemplate.withAttributes { privates, privateCount in
                    unsafe module.functions.C_GenerateKeyPair?(
                        handle,
                        &mechanism,
                        publics,
                        publicCount,
                        privates,
                        privateCount,
                        &pair.public,
                        &pair.private
                    )
                }
            }
            try ReturnValue.check(result, "C_GenerateKeyPair")
            return pair
        }
    }

    /// What the token returns for `data`, signed by `key`.
    func sign(
        _ data: [UInt8],
        _ mechanism: CK_MECHANISM_TYPE,
        with key: CK_OBJECT_HANDLE
    ) throws(ReturnValue) -> [UInt8] {
        try handle.withLock { handle throws(ReturnValue) in
            var mechanism = unsafe CK_MECHANISM(mechanism: mechanism, pParameter: nil, ulParameterLen: 0)
            let started = unsafe module.functions.C_SignInit?(handle, &mechanism, key)
            try ReturnValue.check(started, "C_SignInit")
            var data = data
            // Longer than any signature of ours: one that did not fit would leave the session in the midst of signing.
            var signature = [UInt8](repeating: 0, count: 512)
            var count = CK_ULONG(signature.count)
            let signed = unsafe module.functions.C_Sign?(handle, &data, CK_ULONG(data.count), &signature, &count)
            try ReturnValue.check(signed, "C_Sign")
            return Array(signature.prefix(Int(clamping: count)))
        }
    }
}

/// The handles of the two halves of a key, which hold for as long as the token stays.
struct KeyPair: Hashable, Sendable {
    var `public`: CK_OBJECT_HANDLE = 0
    var `private`: CK_OBJECT_HANDLE = 0
}
