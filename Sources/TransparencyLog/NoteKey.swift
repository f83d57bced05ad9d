import Foundation
package import OpenSSL

/// The name and the public key of who signs notes: a log (type 1), or a witness (type 4).
package struct NoteKey: Hashable, Sendable {
    package let name: String
    package let kind: Kind
    /// Ed25519.
    private let raw: [UInt8]

    package enum Kind: UInt8, Sendable {
        /// Ed25519 over the text (C2SP signed-note, “Ed25519 signatures”).
        case log = 0x01
        /// Ed25519 with the time of day (C2SP tlog-cosignature).
        case witness = 0x04
    }

    /// Nil where the key is none of Ed25519, or the name is none of a key.
    package init?(name: String, kind: Kind, key: PublicKey) {
        guard key.algorithm == .edDSA, SignedNote.isName(name) else { return nil }
        self.name = name
        self.kind = kind
        raw = Array(key.subjectPublicKeyInfo.suffix(32))
    }

    /// Reads `name+keyID+key` (C2SP signed-note, “Verifier keys”).
    package init(verifierKey text: String) throws(LogError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, SignedNote.isName(parts[0]),
            let data = SignedNote.canonicalBase64(Array(parts[2].utf8)), data.count == 33,
            let kind = Kind(rawValue: data[0])
        else { throw LogError(.malformed, "\(text.prefix(80)) is no verifier key of Ed25519: name+identifier+key") }
        self.name = parts[0]
        self.kind = kind
        raw = Array(data.dropFirst())
        guard id.hexadecimal == parts[1], (try? publicKey) != nil else {
            throw LogError(.malformed, "\(text.prefix(80)) has an identifier that is not of its key")
        }
    }

    /// Whether it is the same key under whatever name.
    package func isSameKey(as other: NoteKey) -> Bool { raw == other.raw }

    package var verifierKey: String { "\(name)+\(id.hexadecimal)+\(Data([kind.rawValue] + raw).base64EncodedString())" }

    /// 4 bytes.
    package var id: [UInt8] { Array(Digest(of: Array(name.utf8) + [0x0A, kind.rawValue] + raw).bytes.prefix(4)) }

    /// RFC 8410, section 4.
    package var publicKey: PublicKey {
        get throws(OpenSSLError) { try PublicKey(subjectPublicKeyInfo: Self.prefix + raw) }
    }

    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]

    /// Whether a signature says that it is of this key.
    package func isNamed(by signature: SignedNote.Signature) -> Bool { signature.name == name && signature.keyID == id }

    /// The signature of this key under `note`; nil where it has none.
    ///
    /// - Throws: ``LogError/Code/wrongSignature`` where it has one that does not verify.
    package func signature(under note: SignedNote) throws(LogError) -> Signed? {
        guard let found = note.signatures.first(where: { isNamed(by: $0) }) else { return nil }
        guard let key = try? publicKey, let time = time(of: found),
            key.verifies(Array(found.bytes.suffix(64)), of: signedText(of: note.text, at: time.seconds))
        else { throw LogError(.wrongSignature, "the signature of \(name) does not verify") }
        return Signed(time: time.isThere ? time.seconds : nil)
    }

    /// That a key has signed a note.
    package struct Signed: Hashable {
        /// When a witness did, in Unix time; nil of a log.
        package let time: UInt64?
    }

    private func time(of signature: SignedNote.Signature) -> (seconds: UInt64, isThere: Bool)? {
        switch kind {
        case .log: return signature.bytes.count == 64 ? (0, false) : nil
        case .witness:
            guard signature.bytes.count == 72 else { return nil }
            let seconds = signature.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            return seconds <= UInt64(Int64.max) ? (seconds, true) : nil
        }
    }

    private func signedText(of text: String, at time: UInt64) -> [UInt8] {
        switch kind {
        case .log: Array(text.utf8)
        case .witness: Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
        }
    }

    /// Signs `text`; a witness says that it was at `time`, in Unix time.
    package func signature(of text: String, by signer: any Signer, at time: UInt64 = 0) throws -> SignedNote.Signature {
        let signature = try signer.signature(of: signedText(of: text, at: time))
        let stamp = kind == .witness ? (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) } : []
        return SignedNote.Signature(name: name, keyID: id, bytes: stamp + signature)
    }
}
