import CPKCS11
package import OpenSSL

/// A key that signs inside its token; threads that sign at once take turns.
package final class TokenKey: Signer {
    let token: Token
    let pair: KeyPair
    private let curve: Curve
    package let publicKey: PublicKey
    /// Names the key for any later process; holds no PIN.
    package let uri: TokenURI

    init(_ token: Token, _ pair: KeyPair, _ curve: Curve, _ publicKey: PublicKey) throws(TokenError) {
        let half = pair.private
        let (id, label) = try token.located { () throws(ReturnValue) in
            let id = try token.session.value(CK_ATTRIBUTE_TYPE(CKA_ID), of: half)
            return (id, try token.session.value(CK_ATTRIBUTE_TYPE(CKA_LABEL), of: half))
        }
        self.token = token
        self.pair = pair
        self.curve = curve
        self.publicKey = publicKey
        uri = try token.uri(id: id, label: label)
    }

    /// Returns the raw signature of `message`, made by the token and found good with the public key.
    ///
    /// - Throws: ``TokenError/Code/removed`` where the token, the session or the key is gone: log in to it anew.
    package func signature(of message: [UInt8]) throws(TokenError) -> [UInt8] {
        let signature = try token.located { () throws(ReturnValue) in
            try token.session.sign(curve.input(of: message), curve.signing, with: pair.private)
        }
        guard publicKey.verifies(signature, of: message) else {
            throw TokenError(
                .failed,
                "\(token.place) returned what is no signature of the key \(publicKey.id); sign nothing more with it"
            )
        }
        return signature
    }
}

extension Token {
    /// The URI of a key in this token, with no more than a URI can hold.
    func uri(id: [UInt8]?, label: [UInt8]?) throws(TokenError) -> TokenURI {
        /// Part of the URI only if it comes back as it was.
        func usable(_ text: String?) -> String? {
            guard let text, (try? TokenURI(token: "t", object: text)) != nil, !text.contains("\u{FFFD}") else {
                return nil
            }
            return text
        }
        return try TokenURI(
            token: usable(identity.label),
            serial: usable(identity.serial),
            slot: usable(identity.label) == nil && usable(identity.serial) == nil ? UInt(slot) : nil,
            id: id.flatMap { $0.isEmpty ? nil : $0 },
            object: usable(label.flatMap { String(validating: $0, as: UTF8.self) }),
            modulePath: session.module.path
        )
    }
}
