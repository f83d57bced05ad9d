import Licence
package import OpenSSL
import Publication

/// Asks for the passphrase of a key; the text names the key for the person who is asked.
package typealias PassphrasePrompt = (String) throws -> Secret

/// The authority's keys, each opened when first needed and then kept for as long as the program runs.
final class KeyRing {
    private let home: Home
    private let prompt: PassphrasePrompt
    private var open: [KeyID: PrivateKey] = [:]

    init(home: Home, prompt: @escaping PassphrasePrompt) {
        self.home = home
        self.prompt = prompt
    }

    func key(of trusted: TrustedKey) throws -> PrivateKey {
        let id = trusted.certificate.publicKey.id
        return try key(id.description, of: trusted.certificate, "\(trusted.name.zh) (key \(trusted.number))")
    }

    func root(_ certificate: Certificate) throws -> PrivateKey { try key(Home.root, of: certificate, "the root") }

    private func key(_ name: String, of certificate: Certificate, _ description: String) throws -> PrivateKey {
        let id = certificate.publicKey.id
        if let key = open[id] { return key }
        let key = try home.key(name, of: certificate, passphrase: prompt(description))
        open[id] = key
        return key
    }
}
