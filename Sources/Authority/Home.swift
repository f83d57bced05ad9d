import Foundation
import OpenSSL
import Publication

/// Where an authority lives: one folder.
///
/// ```
/// licet.sqlite   the registry           root.crt       the trust anchor, to be given to verifiers
/// keys/          encrypted PKCS#8       certificates/  one of each key
/// publication/   what is published unless another place is named
/// ```
package struct Home {
    package let path: String

    /// `path` may end in `/`, as a shell completes it.
    package init(path: String) {
        let trimmed = path.reversed().drop { $0 == "/" }
        self.path = trimmed.isEmpty ? path : String(trimmed.reversed())
    }

    package var registry: String { "\(path)/licet.sqlite" }
    package var rootCertificate: String { "\(path)/root.crt" }
    package var publication: String { "\(path)/publication" }
    /// Held while a publication is written.
    var publishLock: String { "\(path)/publish.lock" }

    /// The name of the root's key.
    static let root = "root"

    func keyFile(_ name: String) -> String { "\(path)/keys/\(name).key" }
    func certificateFile(_ name: String) -> String { "\(path)/certificates/\(name).crt" }

    func makeFolders() throws(PublicationError) {
        try DurableFile.makeFolder(path, mode: 0o700)
        try DurableFile.makeFolder("\(path)/keys", mode: 0o700)
        try DurableFile.makeFolder("\(path)/certificates", mode: 0o755)
    }

    /// Writes a new key and its certificate, both named after the key's identifier unless `name` says otherwise.
    func save(_ key: PrivateKey, _ certificate: Certificate, name: String? = nil, passphrase: Secret) throws {
        let name = name ?? key.publicKey.id.description
        try DurableFile.write(key.encryptedPEM(passphrase: passphrase), to: keyFile(name), mode: 0o600)
        try DurableFile.write(certificate.pem, to: certificateFile(name))
    }

    /// Opens the key of `certificate`.
    ///
    /// - Throws: ``AuthorityError/Code/key`` when the file is missing, readable by others, damaged, or of another key, and when
    ///   the passphrase is wrong.
    func key(_ name: String, of certificate: Certificate, passphrase: Secret) throws -> PrivateKey {
        let path = keyFile(name)
        if DurableFile.isOpenToOthers(path) {
            throw AuthorityError(.key, "\(path) may be read by others; `chmod 600` it, and ask who had access")
        }
        let pem: [UInt8]
        do { pem = try DurableFile.read(path, limit: 65_536) } catch {
            throw AuthorityError(.key, "\(path) cannot be read: \(error.reason)")
        }
        let key: PrivateKey
        do { key = try PrivateKey(encryptedPEM: pem, passphrase: passphrase) } catch {
            let isUndecrypted = error.call == "PKCS8_decrypt"
            throw AuthorityError(
                isUndecrypted ? .passphrase : .key,
                isUndecrypted ? "the passphrase does not open \(path)" : "\(path) is damaged (\(error.description))"
            )
        }
        guard key.publicKey.subjectPublicKeyInfo == certificate.publicKey.subjectPublicKeyInfo else {
            throw AuthorityError(.key, "\(path) is not the key of its certificate")
        }
        return key
    }
}
