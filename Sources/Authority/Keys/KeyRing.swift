import Foundation
import Licence
package import OpenSSL
package import Publication
package import Registry
package import Token

/// The keys of a home, each opened when first needed and then kept for as long as the program runs.
package final class KeyRing {
    private let home: Home
    private let prompt: SecretPrompt
    private var open: [KeyID: any Signer] = [:]
    /// The passphrase that a key of the authority was opened with last: those that were made together have the same.
    private var last: Secret?
    /// By the name and serial number of the token; one log-in is for all its keys.
    private var tokens: [String: Token] = [:]

    /// The newest trust list as it was read last: reading one of thousands of offices takes a while.
    private var newest: (digest: Digest, list: TrustList)?

    init(home: Home, prompt: @escaping SecretPrompt) {
        self.home = home
        self.prompt = prompt
    }

    package func signer(of trusted: TrustedKey) throws -> any Signer {
        let id = trusted.certificate.publicKey.id
        return try signer(
            id.description,
            of: trusted.certificate.publicKey,
            SecretRequest(kind: .passphrase, subject: "\(trusted.name.zh) (key \(trusted.number))")
        )
    }

    package func signer(of officer: Officer) throws -> any Signer {
        try signer(
            officer.key.id.description,
            of: officer.key,
            SecretRequest(kind: .officerPassphrase, subject: "officer \(officer.name)")
        )
    }

    /// The trust list of `record`, which `read` reads unless it is the one that was read last.
    package func list(_ record: TrustListRecord, read: () throws -> TrustList) throws -> TrustList {
        let digest = Digest(of: record.bytes)
        let list = if let newest, newest.digest == digest { newest.list } else { try read() }
        newest = (digest, list)
        guard list.sequence == record.sequence, list.issuedAt == record.issuedAt, list.nextUpdate == record.nextUpdate
        else {
            throw AuthorityError(
                .key,
                "trust list \(list.sequence) is in the registry with another number or other times than it says; somebody has tampered with "
                    + "it, `licet doctor` says more"
            )
        }
        return list
    }

    /// The root's key, unless it is kept apart.
    package func root(_ certificate: Certificate) throws -> any Signer {
        let name = certificate.publicKey.id.description
        guard home.hasKey(name) else {
            throw AuthorityError(
                .rootOffline,
                "the root's key is not here; `licet authority request` writes what to take to it"
            )
        }
        return try signer(name, of: certificate.publicKey, SecretRequest(kind: .passphrase, subject: "the root"))
    }

    /// - Throws: ``AuthorityError/Code/key`` when the key is missing, may be read by others, is damaged or of another certificate, when
    ///   its token does not answer; ``AuthorityError/Code/passphrase`` when passphrase or PIN do not open it.
    private func signer(_ name: String, of publicKey: PublicKey, _ request: SecretRequest) throws -> any Signer {
        let id = publicKey.id
        if let key = open[id] { return key }
        let key: any Signer
        if let uri = try home.tokenURI(name) {
            key = try tokenKey(uri, request.subject)
        } else {
            try home.checkKeyFile(name)
            key = try openedByTheLast(name, request) ?? asked(name, request)
        }
        guard key.publicKey.subjectPublicKeyInfo == publicKey.subjectPublicKeyInfo else {
            throw AuthorityError(.key, "what \(home.place(of: name)) holds is not the key of that name")
        }
        open[id] = key
        return key
    }

    /// Nobody types the same twice.
    private func openedByTheLast(_ name: String, _ request: SecretRequest) throws -> PrivateKey? {
        guard request.kind == .passphrase, let last else { return nil }
        do { return try home.fileKey(name, passphrase: last) } catch let error as AuthorityError
            where error.code == .passphrase
        { return nil }
    }

    private func asked(_ name: String, _ request: SecretRequest) throws -> PrivateKey {
        let given = try prompt(request)
        let key = try home.fileKey(name, passphrase: given.secret)
        if request.kind == .passphrase { last = given.secret }
        return key
    }

    private func tokenKey(_ uri: TokenURI, _ description: String) throws -> any Signer {
        do {
            let name = try uri.ofToken.description
            let token = try tokens[name] ?? Token(uri)
            if tokens[name] == nil {
                let given = try prompt(SecretRequest(kind: .pin, subject: "the token of \(description)"))
                try token.logIn(pin: given.secret, isUnattended: given.isUnattended)
                tokens[name] = token
            }
            return TokenSigner(try token.key(uri))
        } catch let error as TokenError { throw AuthorityError(error) }
    }
}

/// A key in a token, whose errors are the authority's.
final class TokenSigner: Signer {
    let key: TokenKey

    init(_ key: TokenKey) { self.key = key }

    var publicKey: PublicKey { key.publicKey }

    func signature(of message: [UInt8]) throws -> [UInt8] {
        do throws(TokenError) { return try key.signature(of: message) } catch { throw AuthorityError(error) }
    }
}

extension TokenURI {
    /// The same token without a key.
    fileprivate var ofToken: TokenURI {
        get throws(TokenError) {
            try TokenURI(
                token: token,
                serial: serial,
                manufacturer: manufacturer,
                model: model,
                slot: slot,
                modulePath: modulePath
            )
        }
    }
}

extension AuthorityError {
    package init(_ error: TokenError) {
        let isSecret = [.wrongPIN, .pinAtRisk, .pinLocked, .noPIN].contains(error.code)
        self.init(isSecret ? .passphrase : .key, error.reason)
    }
}
