import CPKCS11
package import OpenSSL

extension Token {
    /// Makes a key inside the token, for signing alone, that can never leave it; CKA_ID is its ``KeyID``.
    ///
    /// What was made is destroyed again where a later step fails.
    ///
    /// - Throws: ``TokenError/Code/unsupported``; ``TokenError/Code/disobedient`` where the token made another kind of key.
    package func generateKey(algorithm: Algorithm, label: String) throws(TokenError) -> TokenKey {
        guard let curve = Curve.all.first(where: { $0.algorithm == algorithm }) else {
            let known = Curve.all.map(\.algorithm.rawValue).joined(separator: " and ")
            throw TokenError(.unsupported, "\(algorithm.rawValue) keys are not made in tokens; \(known) keys are")
        }
        do { _ = try TokenURI(object: label) } catch {
            throw TokenError(.uri, "the label of the new key does not fit its URI: \(error.reason)")
        }
        try requireLogin()
        try requireMechanisms(of: curve)
        let writable = try writableSession()
        let pair = try generate(curve, label: Array(label.utf8), in: writable)
        do { return try finished(pair, curve, in: writable) } catch {
            let isDestroyed = [pair.private, pair.public].map { (try? writable.destroy($0)) != nil }
            guard isDestroyed == [true, true] else {
                let advice = "what was made could not be deleted: do it with the token's tool, by the label \(label)"
                throw TokenError(error.code, "\(error.reason); \(advice)")
            }
            throw error
        }
    }

    private func requireMechanisms(of curve: Curve) throws(TokenError) {
        let mechanisms = try located { () throws(ReturnValue) in
            try unsafe session.module.list("C_GetMechanismList") { functions, mechanisms, count in
                unsafe functions.C_GetMechanismList?(slot, mechanisms, count)
            }
        }
        guard mechanisms.contains(curve.generation), mechanisms.contains(curve.signing) else {
            throw TokenError(
                .unsupported,
                "\(place) cannot make and use \(curve.algorithm.rawValue) keys; choose another algorithm or token"
            )
        }
    }

    private func generate(_ curve: Curve, label: [UInt8], in session: Session) throws(TokenError) -> KeyPair {
        var last = ReturnValue(call: "C_GenerateKeyPair", value: CK_RV(CKR_DOMAIN_PARAMS_INVALID))
        // Tokens know a curve by its name or by its number; which, only trying tells.
        for parameters in curve.parameters {
            var publicHalf = Template()
            for type in [CKA_TOKEN, CKA_VERIFY] { publicHalf.set(CK_ATTRIBUTE_TYPE(type), true) }
            for type in [CKA_PRIVATE, CKA_ENCRYPT, CKA_WRAP] { publicHalf.set(CK_ATTRIBUTE_TYPE(type), false) }
            publicHalf.set(CK_ATTRIBUTE_TYPE(CKA_EC_PARAMS), parameters)
            publicHalf.set(CK_ATTRIBUTE_TYPE(CKA_LABEL), label)
            var privateHalf = Template()
            for type in [CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_SIGN] {
                privateHalf.set(CK_ATTRIBUTE_TYPE(type), true)
            }
            privateHalf.set(CK_ATTRIBUTE_TYPE(CKA_EXTRACTABLE), false)
            for (type, _) in Self.otherUses { privateHalf.set(type, false) }
            privateHalf.set(CK_ATTRIBUTE_TYPE(CKA_LABEL), label)
            do {
                return try session.generateKeyPair(curve.generation, public: publicHalf, private: privateHalf)
            } catch { last = error }
            if last.isOfSomethingGone { break }
        }
        throw last.error(place)
    }

    /// Names the new key by its identifier, and looks whether it is what was asked for.
    private func finished(_ pair: KeyPair, _ curve: Curve, in session: Session) throws(TokenError) -> TokenKey {
        let name = "the new key"
        for (type, wanted, text) in Self.promises {
            let isSo = try located { () throws(ReturnValue) in try session.flag(type, of: pair.private) }
            guard isSo == wanted else {
                throw TokenError(
                    .disobedient,
                    "\(place) made a key of which \(text) is not \(wanted); use another token"
                )
            }
        }
        for (type, text) in Self.otherUses {
            let isSo = try located { () throws(ReturnValue) in try session.flag(type, of: pair.private) }
            guard isSo != true else {
                throw TokenError(.disobedient, "\(place) made a key that may do more than sign (\(text)); use another")
            }
        }
        let publicKey = try publicKey(pair.public, curve, naming: name)
        var id = Template()
        id.set(CK_ATTRIBUTE_TYPE(CKA_ID), publicKey.id.bytes)
        try located { () throws(ReturnValue) in
            try session.set(id, of: pair.private)
            try session.set(id, of: pair.public)
        }
        let key = try TokenKey(self, pair, usableCurve(of: pair.private, naming: name), publicKey)
        guard key.uri.id == publicKey.id.bytes else {
            throw TokenError(.disobedient, "\(place) does not keep the identifier of a key (CKA_ID); use another token")
        }
        // A key that cannot sign is found out now, and not when its certificate is published.
        _ = try key.signature(of: Array("a first signature".utf8))
        return key
    }

    private static let promises: [(CK_ATTRIBUTE_TYPE, Bool, String)] = [
        (CK_ATTRIBUTE_TYPE(CKA_TOKEN), true, "CKA_TOKEN"),
        (CK_ATTRIBUTE_TYPE(CKA_PRIVATE), true, "CKA_PRIVATE"),
        (CK_ATTRIBUTE_TYPE(CKA_SENSITIVE), true, "CKA_SENSITIVE"),
        (CK_ATTRIBUTE_TYPE(CKA_ALWAYS_SENSITIVE), true, "CKA_ALWAYS_SENSITIVE"),
        (CK_ATTRIBUTE_TYPE(CKA_EXTRACTABLE), false, "CKA_EXTRACTABLE"),
        (CK_ATTRIBUTE_TYPE(CKA_NEVER_EXTRACTABLE), true, "CKA_NEVER_EXTRACTABLE"),
        (CK_ATTRIBUTE_TYPE(CKA_LOCAL), true, "CKA_LOCAL"),
    ]

    private static let otherUses: [(CK_ATTRIBUTE_TYPE, String)] = [
        (CK_ATTRIBUTE_TYPE(CKA_DECRYPT), "CKA_DECRYPT"),
        (CK_ATTRIBUTE_TYPE(CKA_UNWRAP), "CKA_UNWRAP"),
        (CK_ATTRIBUTE_TYPE(CKA_DERIVE), "CKA_DERIVE"),
        (CK_ATTRIBUTE_TYPE(CKA_SIGN_RECOVER), "CKA_SIGN_RECOVER"),
    ]
}
