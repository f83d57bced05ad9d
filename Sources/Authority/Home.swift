import Foundation
package import OpenSSL
import Publication
package import Token

/// Where an authority, or its root alone, lives: one folder.
///
/// ```
/// licet.sqlite   the registry                           root.crt       the trust anchor, to be given to verifiers
/// keys/          encrypted PKCS#8, or a token's URI     certificates/  one of each key
/// cross/         by which roots vouch for each other    publication/   what is published unless another place is named
/// log/           the authority's log, with every tile
/// ```
///
/// Where the root is kept apart, its folder has `root.crt`, `keys`, `cross` and `trust-list`, the newest that it signed.
package struct Home {
    package let path: String
    /// What opening a key file costs whoever tries passphrases.
    let keyCost: PrivateKey.ScryptCost

    /// `path` may end in `/`, as a shell completes it.
    package init(path: String, keyCost: PrivateKey.ScryptCost = .standard) {
        var trimmed = Substring(path)
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = trimmed.isEmpty ? path : String(trimmed)
        self.keyCost = keyCost
    }

    package var registry: String { "\(path)/licet.sqlite" }
    package var rootCertificate: String { "\(path)/root.crt" }
    package var publication: String { "\(path)/publication" }
    /// The newest trust list that a root kept apart has signed.
    var answered: String { "\(path)/trust-list" }
    /// Held while the root signs.
    var rootLock: String { "\(path)/root.lock" }
    /// What this registry published last.
    package var published: String { "\(path)/published" }
    /// What the registry published last that was here before another was put back: where the log must go on.
    package var publishedBefore: String { "\(path)/published-before" }
    /// The trust list that it published last.
    package var publishedTrustList: String { "\(path)/published-trust-list" }
    /// The log as this authority keeps it, with every tile; what is published of it is a copy.
    package var log: String { "\(path)/log" }
    /// The witnesses that are asked to sign the log, unless others are named.
    package var witnesses: String { "\(path)/witnesses" }
    /// Held while a publication is written.
    package var publishLock: String { "\(path)/publish.lock" }

    private static let maximumKeyFile = 65_536

    func keyFile(_ name: String) -> String { "\(path)/keys/\(name).key" }
    private func uriFile(_ name: String) -> String { "\(path)/keys/\(name).uri" }
    func certificateFile(_ name: String) -> String { "\(path)/certificates/\(name).crt" }

    func makeFolders() throws(PublicationError) {
        try DurableFile.makeFolder(path, mode: 0o700)
        try DurableFile.makeFolder("\(path)/keys", mode: 0o700)
        try DurableFile.makeFolder("\(path)/certificates", mode: 0o755)
    }

    /// Refuses a home that others could have put keys, or the name of a library to load, into.
    package func checkOwnership() throws(AuthorityError) {
        let parts = [
            path, "\(path)/keys", "\(path)/certificates", "\(path)/cross", rootCertificate, answered, registry,
        ]
        for part in parts where DurableFile.mayBeWrittenByOthers(part) {
            throw AuthorityError(.key, "\(part) may be written by others; `chmod go-w` it, and ask who had access")
        }
    }

    // MARK: - The root and those before it

    /// The trust anchor.
    package func readRoot() throws -> Certificate {
        let certificate = try Certificate(pem: DurableFile.read(rootCertificate, limit: 65_536))
        guard certificate.isAuthority else {
            throw AuthorityError(.key, "\(rootCertificate) is no certificate of a root")
        }
        return certificate
    }

    /// By which this root and those before it vouch for each other, where there was more than one.
    ///
    /// What a rollover left behind that was broken off is not among them.
    package func crossCertificates() throws -> [Certificate] {
        let kept = try keptCrossCertificates()
        var roots = [try readRoot()]
        var next = 0
        while next < roots.count {
            // The certificate of a root that was is signed by the one that followed, and may certify only.
            roots += kept.filter { !$0.isForSignatures && $0.isIssued(by: roots[next]) && !roots.contains($0) }
            next += 1
        }
        let ids = Set(roots.map(\.publicKey.id))
        return kept.filter { one in ids.contains(one.publicKey.id) && roots.contains { one.isIssued(by: $0) } }
    }

    /// All that lies there.
    func keptCrossCertificates() throws -> [Certificate] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/cross")) ?? []
        return try names.filter { $0.hasSuffix(".crt") }.sorted().map {
            try Certificate(pem: DurableFile.read("\(path)/cross/\($0)", limit: 65_536))
        }
    }

    /// Keeps cross-certificates, each under the digest of its bytes.
    func save(cross certificates: [Certificate]) throws {
        try DurableFile.makeFolder("\(path)/cross")
        for certificate in certificates {
            let name = Digest(of: certificate.der).description.prefix(16)
            try DurableFile.write(certificate.pem, to: "\(path)/cross/\(name).crt")
        }
    }

    // MARK: - Keys

    package func hasKey(_ name: String) -> Bool {
        [keyFile(name), uriFile(name)].contains { FileManager.default.fileExists(atPath: $0) }
    }

    /// The names of all keys that lie here.
    package func keyNames() -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/keys")) ?? []
        return Set(files.filter { $0.hasSuffix(".key") || $0.hasSuffix(".uri") }.map { String($0.dropLast(4)) })
            .sorted()
    }

    /// Where the key is kept, for people.
    package func place(of name: String) -> String { (try? tokenURI(name))?.description ?? keyFile(name) }

    /// Makes a key, keeps it, and lends it; nothing of it stays when `use` throws, unless `isNeeded` says that something names it.
    ///
    /// It is named after its identifier; `label` is what a token calls it.
    func withNewKey<Result>(
        _ algorithm: Algorithm,
        in place: KeyPlace,
        label: String,
        isNeeded: (KeyID) -> Bool = { _ in false },
        _ use: (any Signer) throws -> Result
    ) throws -> Result {
        switch place {
        case .file(let passphrase):
            let key = try PrivateKey(algorithm: algorithm)
            let file = keyFile(key.publicKey.id.description)
            try DurableFile.write(key.encryptedPEM(passphrase: passphrase, cost: keyCost), to: file, mode: 0o600)
            do { return try use(key) } catch {
                if !isNeeded(key.publicKey.id) { unlink(file) }
                throw error
            }
        case .token(let token):
            do {
                let key = try token.generateKey(algorithm: algorithm, label: label)
                let file = uriFile(key.publicKey.id.description)
                do {
                    try DurableFile.write(Array("\(key.uri)\n".utf8), to: file, mode: 0o600)
                    return try use(TokenSigner(key))
                } catch {
                    if !isNeeded(key.publicKey.id) {
                        unlink(file)
                        try? token.delete(key)
                    }
                    throw error
                }
            } catch let error as TokenError { throw AuthorityError(error) }
        }
    }

    /// The token's name for the key; nil when it is kept in a file.
    package func tokenURI(_ name: String) throws -> TokenURI? {
        let path = uriFile(name)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        // Whoever writes the file says which library is loaded.
        try checkMode(path)
        let line = try DurableFile.read(path, limit: 4_096).prefix { $0 != 0x0A }
        do { return try TokenURI(String(decoding: line, as: UTF8.self)) } catch {
            throw AuthorityError(.key, "\(path): \(error.reason)")
        }
    }

    /// Refuses a key file that is missing or open to others, before anybody types a passphrase.
    package func checkKeyFile(_ name: String) throws {
        let path = keyFile(name)
        guard FileManager.default.fileExists(atPath: path) else {
            throw AuthorityError(.key, "\(path) cannot be read: no such file or directory")
        }
        try checkMode(path)
    }

    private func checkMode(_ path: String) throws(AuthorityError) {
        if DurableFile.isOpenToOthers(path) {
            throw AuthorityError(.key, "\(path) may be read by others; `chmod 600` it, and ask who had access")
        }
    }

    /// Opens a key that is kept in a file.
    func fileKey(_ name: String, passphrase: Secret) throws -> PrivateKey {
        try checkKeyFile(name)
        let path = keyFile(name)
        let pem: [UInt8]
        do { pem = try DurableFile.read(path, limit: Self.maximumKeyFile) } catch {
            throw AuthorityError(.key, "\(path) cannot be read: \(error.reason)")
        }
        do { return try PrivateKey(encryptedPEM: pem, passphrase: passphrase) } catch {
            let isUndecrypted = error.call == "PKCS8_decrypt"
            throw AuthorityError(
                isUndecrypted ? .passphrase : .key,
                isUndecrypted ? "the passphrase does not open \(path)" : "\(path) is damaged (\(error.description))"
            )
        }
    }
}
