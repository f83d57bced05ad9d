import CPKCS11

extension Session {
    /// The handles of a new key pair.
    func generateKeyPair(
        _ mechanism: CK_MECHANISM_TYPE,
        public publicTemplate: Template,
        private privateTemplate: Template
    ) throws(ReturnValue) -> KeyPair {
        try module.withFunctions { functions throws(ReturnValue) in
            var mechanism = unsafe CK_MECHANISM(mechanism: mechanism, pParameter: nil, ulParameterLen: 0)
            var pair = KeyPair()
            let result = unsafe publicTemplate.withAttributes { publics, publicCount in
                unsafe privateTemplate.withAttributes { privates, privateCount in
                    unsafe functions.C_GenerateKeyPair?(
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
        try module.withFunctions { functions throws(ReturnValue) in
            var mechanism = unsafe CK_MECHANISM(mechanism: mechanism, pParameter: nil, ulParameterLen: 0)
            let started = unsafe functions.C_SignInit?(handle, &mechanism, key)
            try ReturnValue.check(started, "C_SignInit")
            var data = data
            // Longer than any signature of ours: one that did not fit would leave the session in the midst of signing.
            var signature = [UInt8](repeating: 0, count: 512)
            var count = CK_ULONG(signature.count)
            let signed = unsafe functions.C_Sign?(handle, &data, CK_ULONG(data.count), &signature, &count)
            try ReturnValue.check(signed, "C_Sign")
            return Array(signature.prefix(Int(clamping: count)))
        }
    }
}
