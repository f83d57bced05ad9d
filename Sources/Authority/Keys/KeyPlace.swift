package import OpenSSL
package import Token

/// Where a new private key is to be kept, and what will open it.
package enum KeyPlace {
    /// A file of the home, encrypted under the passphrase.
    case file(passphrase: Secret)
    /// A PKCS#11 token that is logged in; the key is made inside and never leaves it.
    case token(Token)
}

/// What somebody is asked for before a key can be used.
package struct SecretRequest {
    package enum Kind {
        case passphrase, pin
        /// Of a key that one person has.
        case officerPassphrase
    }

    package let kind: Kind
    /// The key, or the token, in the words of the person who is asked.
    package let subject: String

    package init(kind: Kind, subject: String) {
        self.kind = kind
        self.subject = subject
    }
}

/// A passphrase or a PIN, and whether a person gave it just now: a file gives a wrong PIN again and again until the token locks.
package struct GivenSecret {
    package let secret: Secret
    package let isUnattended: Bool

    package init(_ secret: Secret, isUnattended: Bool) {
        self.secret = secret
        self.isUnattended = isUnattended
    }
}

/// Asks for what opens a key.
package typealias SecretPrompt = (SecretRequest) throws -> GivenSecret

extension KeyPlace {
    /// A token that is named by its URI and logged in.
    package init(token uri: String, prompt: SecretPrompt, subject: String) throws {
        do { try self.init(token: TokenURI(uri), prompt: prompt, subject: subject) } catch let error as TokenError {
            throw AuthorityError(error)
        }
    }

    /// Whether the token is there; nobody logs in.
    package static func check(token uri: TokenURI) throws {
        do { _ = try Token(uri) } catch { throw AuthorityError(error) }
    }

    /// A token that is logged in.
    package init(token uri: TokenURI, prompt: SecretPrompt, subject: String) throws {
        do {
            let token = try Token(uri)
            let given = try prompt(SecretRequest(kind: .pin, subject: "the token of \(subject)"))
            try token.logIn(pin: given.secret, isUnattended: given.isUnattended)
            self = .token(token)
        } catch let error as TokenError { throw AuthorityError(error) }
    }
}
