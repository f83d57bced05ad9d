import CPKCS11
package import OpenSSL

extension Token {
    /// The key that `uri` means by its `id` and `object`; the rest of it must fit this token.
    ///
    /// - Throws: ``TokenError/Code/noKey``, ``TokenError/Code/severalKeys``; ``TokenError/Code/unsupported`` for a key that may
    ///   not sign, may leave the token, or is of a curve that is not known here.
    package func key(_ uri: TokenURI) throws(TokenError) -> TokenKey {
        guard uri.id != nil || uri.object != nil else {
            throw TokenError(.uri, "the pkcs11: URI names no key; add id=… or object=…")
        }
        guard identity.matches(uri), uri.slot == nil || uri.slot == UInt(slot) else {
            throw TokenError(
                .noKey,
                "\(uri.naming(.key)) is said to be in a token \(uri.naming(.token)), not in \(place)"
            )
        }
        return try key(id: uri.id, label: uri.object, naming: uri.naming(.key))
    }

    /// The key that was made here with the identifier `id`.
    package func key(_ id: KeyID) throws(TokenError) -> TokenKey {
        try key(id: id.bytes, label: nil, naming: "key \(id)")
    }

    /// Destroys `key`, which this token made or found, for ever.
    package func delete(_ key: TokenKey) throws(TokenError) {
        // By the handles of another token another key would go.
        guard key.token === self else {
            throw TokenError(
                .noKey,
                "the key \(key.publicKey.id) was not opened here, in \(place); nothing was deleted"
            )
        }
        let writable = try writableSession()
        try located { () throws(ReturnValue) in
            try writable.destroy(key.pair.private)
            try writable.destroy(key.pair.public)
        }
    }

    /// A session that may change the token, which is still the one that was opened.
    func writableSession() throws(TokenError) -> Session {
        try located { () throws(ReturnValue) in
            let writable = try Session(session.module, slot: slot, mayWrite: true)
            // Had the token been changed for another, whose handles may be the same, the first session would be gone.
            _ = try session.isLoggedIn()
            return writable
        }
    }

    private func key(id: [UInt8]?, label: String?, naming name: String) throws(TokenError) -> TokenKey {
        try requireLogin()
        let halves = try located { () throws(ReturnValue) in
            try session.objects(keys(CK_OBJECT_CLASS(CKO_PRIVATE_KEY), id, label.map { Array($0.utf8) }), limit: 2)
        }
        guard let half = halves.first else {
            throw TokenError(.noKey, "\(place) has no private key \(name); there: \(try keyList())")
        }
        guard halves.count == 1 else {
            throw TokenError(.severalKeys, "\(place) has several private keys \(name); name one by id=… and object=…")
        }
        let curve = try usableCurve(of: half, naming: name)
        let (other, publicKey) = try publicHalf(of: half, curve, naming: name)
        return try TokenKey(self, KeyPair(public: other, private: half), curve, publicKey)
    }

    /// Private keys are not seen before the login.
    func requireLogin() throws(TokenError) {
        let info = try located { () throws(ReturnValue) in try Self.info(slot, session.module) }
        if info.flags & CK_FLAGS(CKF_LOGIN_REQUIRED) == 0 { return }
        guard try located(session.isLoggedIn) else {
            throw TokenError(.noPIN, "\(place) asks for its PIN first; log in")
        }
    }

    private func keys(_ kind: CK_OBJECT_CLASS, _ id: [UInt8]?, _ label: [UInt8]?) -> Template {
        var template = Template()
        template.set(CK_ATTRIBUTE_TYPE(CKA_CLASS), kind)
        if let id { template.set(CK_ATTRIBUTE_TYPE(CKA_ID), id) }
        if let label { template.set(CK_ATTRIBUTE_TYPE(CKA_LABEL), label) }
        return template
    }

    /// The private keys of the token, for a message.
    private func keyList() throws(TokenError) -> String {
        let (ids, isWhole) = try located { () throws(ReturnValue) in
            let found = try session.objects(keys(CK_OBJECT_CLASS(CKO_PRIVATE_KEY), nil, nil), limit: 9)
            var ids: [String] = []
            for key in found.prefix(8) {
                let id = try session.value(CK_ATTRIBUTE_TYPE(CKA_ID), of: key)
                let label = try session.value(CK_ATTRIBUTE_TYPE(CKA_LABEL), of: key)
                ids.append((try? uri(id: id, label: label))?.naming(.key) ?? "one without a name")
            }
            return (ids, found.count <= 8)
        }
        return ids.isEmpty ? "none" : ids.joined(separator: ", ") + (isWhole ? "" : " and more")
    }

    // MARK: - Checks

    /// The curve of a private key that may sign and cannot leave the token.
    func usableCurve(of half: CK_OBJECT_HANDLE, naming name: String) throws(TokenError) -> Curve {
        func flag(_ type: CK_ATTRIBUTE_TYPE) throws(TokenError) -> Bool? {
            try located { () throws(ReturnValue) in try session.flag(type, of: half) }
        }
        func refusal(_ what: String) -> TokenError { TokenError(.unsupported, "\(name) in \(place) \(what)") }

        if try flag(CK_ATTRIBUTE_TYPE(CKA_SIGN)) != true { throw refusal("may not sign (CKA_SIGN); make one that may") }
        guard try flag(CK_ATTRIBUTE_TYPE(CKA_EXTRACTABLE)) == false, try flag(CK_ATTRIBUTE_TYPE(CKA_SENSITIVE)) == true
        else { throw refusal("may leave the token (CKA_EXTRACTABLE, CKA_SENSITIVE); make one that may not") }
        if try flag(CK_ATTRIBUTE_TYPE(CKA_ALWAYS_AUTHENTICATE)) == true {
            throw refusal("asks for the PIN at each signature (CKA_ALWAYS_AUTHENTICATE); make one that does not")
        }
        let (type, parameters) = try located { () throws(ReturnValue) in
            let type = try session.value(CK_ATTRIBUTE_TYPE(CKA_KEY_TYPE), of: half)
            return (type, try session.value(CK_ATTRIBUTE_TYPE(CKA_EC_PARAMS), of: half))
        }
        let curve = Curve.all.first { curve in
            type == Template.bytes(curve.keyType) && curve.parameters.contains { $0 == parameters }
        }
        guard let curve else { throw refusal("is of a kind that is not known here; P-256 and Ed25519 are") }
        return curve
    }

    private func publicHalf(
        of half: CK_OBJECT_HANDLE,
        _ curve: Curve,
        naming name: String
    ) throws(TokenError) -> (CK_OBJECT_HANDLE, PublicKey) {
        let others = try located { () throws(ReturnValue) in
            let id = try session.value(CK_ATTRIBUTE_TYPE(CKA_ID), of: half) ?? []
            return try session.objects(keys(CK_OBJECT_CLASS(CKO_PUBLIC_KEY), id, nil), limit: 2)
        }
        guard let other = others.first else {
            throw TokenError(.noKey, "\(place) has no public key with the id of \(name); write it there with its tool")
        }
        guard others.count == 1 else {
            throw TokenError(.severalKeys, "\(place) has several public keys with the id of \(name); delete the others")
        }
        return (other, try publicKey(other, curve, naming: name))
    }

    func publicKey(_ half: CK_OBJECT_HANDLE, _ curve: Curve, naming name: String) throws(TokenError) -> PublicKey {
        let point = try located { () throws(ReturnValue) in
            try session.value(CK_ATTRIBUTE_TYPE(CKA_EC_POINT), of: half)
        }
        guard let key = point.flatMap(curve.publicKey) else {
            throw TokenError(.failed, "\(place) gives as public key of \(name) no point of the curve (CKA_EC_POINT)")
        }
        return key
    }
}
